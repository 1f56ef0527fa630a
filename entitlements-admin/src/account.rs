//! Whose account a request reads.

use std::future::ready;
use std::sync::Arc;

use entitlements_core::AccountId;
use http::request::Parts;

use crate::BoxFuture;

/// Says which account a request may read.
///
/// The account must come from a verified place, such as what the application's authentication put into the extensions
/// of the request. Closures resolve accounts:
///
/// ```
/// use entitlements_admin::ResolveAccount;
/// use entitlements_core::AccountId;
/// use http::request::Parts;
///
/// fn of_session() -> impl ResolveAccount {
///     |head: &Parts| head.extensions.get::<AccountId>().cloned()
/// }
/// # let _ = of_session();
/// ```
pub trait ResolveAccount: Send + Sync + 'static {
    /// The account, or none where the request does not say whose it is: 401.
    ///
    /// # Cancel safety
    /// It may be dropped at any point, when the client goes away.
    fn resolve<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Option<AccountId>>;
}

impl<F> ResolveAccount for F
where
    F: Fn(&Parts) -> Option<AccountId> + Send + Sync + 'static,
{
    fn resolve<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Option<AccountId>> {
        Box::pin(ready(self(head)))
    }
}

/// One resolver in two places.
impl<R: ResolveAccount + ?Sized> ResolveAccount for Arc<R> {
    fn resolve<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Option<AccountId>> {
        R::resolve(self, head)
    }
}

/// The same account for every request: the one of a self-hosted product, [`AccountId::LOCAL`].
///
/// Whoever reaches the API then reads that account; where that shall not be everybody, the application asks for
/// credentials in front of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedAccount(pub AccountId);

impl ResolveAccount for FixedAccount {
    fn resolve<'a>(&'a self, _head: &'a Parts) -> BoxFuture<'a, Option<AccountId>> {
        Box::pin(ready(Some(self.0.clone())))
    }
}
