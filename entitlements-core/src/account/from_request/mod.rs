//! A1 to A3: whose request it is, told from a verified place.
//!
//! A resolver reads the head of a request and says which account it is for. It never waits: an application that has to look
//! accounts up does so in its authentication, and puts the [`AccountId`] into the request.

mod api_key;
mod closure;
mod extension;
mod fixed;
mod header;
mod host;
mod path;

pub use api_key::{ApiKeyAccount, ApiKeys};
pub use closure::{AccountBy, account_by};
pub use extension::ExtensionAccount;
pub use fixed::FixedAccount;
pub use header::{DangerousHeaderAccount, dangerous_account_from_header};
pub use host::HostAccount;
pub use path::PathAccount;

use super::AccountId;
use crate::RequestHead;

/// Says whose request it is.
///
/// The account must come from a verified place: what the application's authentication put into the request
/// ([`ExtensionAccount`]), an API key ([`ApiKeys`]), the tenant's host name ([`HostAccount`]), a segment of the path
/// ([`PathAccount`]), or one and the same for all ([`FixedAccount`]). A closure over the head is one by [`account_by`].
///
/// ```
/// use entitlements_core::account::{AccountId, ResolveAccount};
/// use entitlements_core::RequestHead;
///
/// /// Every shop has its own port behind the proxy.
/// struct ByPort;
///
/// impl ResolveAccount for ByPort {
///     fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
///         let (_, port) = head.host()?.rsplit_once(':')?;
///         AccountId::from_request(port)
///     }
/// }
/// ```
pub trait ResolveAccount: Send + Sync + 'static {
    /// The account, or none where the request does not say whose it is (A3).
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId>;
}

/// One resolver in two places.
impl<R: ResolveAccount + ?Sized> ResolveAccount for std::sync::Arc<R> {
    #[inline]
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        R::resolve(self, head)
    }
}

/// The longest id that a request may name, in bytes (A2).
const LONGEST: usize = 128;

impl AccountId {
    /// An id that a request names: 1 to 128 bytes of visible ASCII, and neither `anonymous`, which is nobody's, nor a dot or two, which
    /// clients take out of paths (A2).
    #[must_use]
    #[inline]
    pub fn from_request(text: &str) -> Option<Self> {
        let is_id = (1..=LONGEST).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && !matches!(text, "anonymous" | "." | "..");
        is_id.then(|| Self::new(text))
    }
}
