use std::fmt;

use super::ResolveAccount;
use crate::{AccountId, RequestHead};

/// The account that a closure tells from the head of a request; from [`account_by`].
#[derive(Clone)]
pub struct AccountBy<F>(F);

/// A closure as a resolver.
///
/// ```
/// use entitlements_core::account::{AccountId, account_by};
///
/// let resolver = account_by(|head| AccountId::from_request(head.host()?.strip_suffix(".acme.example")?));
/// ```
pub const fn account_by<F>(tell: F) -> AccountBy<F>
where
    F: Fn(&dyn RequestHead) -> Option<AccountId> + Send + Sync + 'static,
{
    AccountBy(tell)
}

impl<F> ResolveAccount for AccountBy<F>
where
    F: Fn(&dyn RequestHead) -> Option<AccountId> + Send + Sync + 'static,
{
    #[inline]
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        (self.0)(head)
    }
}

impl<F> fmt::Debug for AccountBy<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountBy(closure)")
    }
}
