//! Who may manage: the application says, request by request.

use std::fmt;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;

use http::request::Parts;

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Says whether a request may do what a route does.
///
/// It sees the head of the request, with the extensions that the application's authentication put there, and never the
/// body: a stranger's body is not read. Closures are guards:
///
/// ```
/// use entitlements_admin::{Access, Guard};
/// use http::request::Parts;
///
/// #[derive(Clone)]
/// struct User { name: &'static str, is_admin: bool }
///
/// fn admins() -> impl Guard {
///     |head: &Parts| match head.extensions.get::<User>() {
///         Some(user) if user.is_admin => Access::granted(user.name),
///         Some(_) => Access::Forbidden,
///         None => Access::Unauthenticated,
///     }
/// }
/// # let _ = admins();
/// ```
pub trait Guard: Send + Sync + 'static {
    /// Looks at the head of a request.
    ///
    /// # Cancel safety
    /// It may be dropped at any point, when the client goes away.
    fn check<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Access>;
}

impl<F> Guard for F
where
    F: Fn(&Parts) -> Access + Send + Sync + 'static,
{
    fn check<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Access> {
        Box::pin(ready(self(head)))
    }
}

/// One guard in two places.
impl<G: Guard + ?Sized> Guard for Arc<G> {
    fn check<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Access> {
        G::check(self, head)
    }
}

/// What a [`Guard`] says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// It may, and this is who asks.
    Granted(Principal),
    /// Nobody can be told from it, or the credentials are wrong: 401.
    Unauthenticated,
    /// It is known who asks, and they may not: 403.
    Forbidden,
}

impl Access {
    /// It may, and whoever asks has this name.
    #[must_use]
    pub fn granted(name: impl AsRef<str>) -> Self {
        Self::Granted(Principal::new(name))
    }
}

/// Who asks, by a name that may be written to logs. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Principal {
    name: Arc<str>,
}

impl Principal {
    /// Whoever has this name; never a token or a password.
    #[must_use]
    pub fn new(name: impl AsRef<str>) -> Self {
        Self {
            name: name.as_ref().into(),
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Principal({:?})", self.name())
    }
}
