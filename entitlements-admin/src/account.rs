//! Whose account a request reads.

use entitlements_core::{AccountId, ResolveAccount};
use http::request::Parts;

use crate::head::Head;

/// Says which account a request may read: any [`ResolveAccount`], or a closure over the request's head.
///
/// The account must come from a verified place, such as what the application's authentication put into the extensions
/// of the request.
///
/// ```
/// use entitlements_admin::TellAccount;
/// use entitlements_core::{AccountId, FixedAccount};
/// use http::request::Parts;
///
/// fn takes<Kind>(_: impl TellAccount<Kind>) {}
///
/// takes(FixedAccount(AccountId::LOCAL));
/// takes(|head: &Parts| head.extensions.get::<AccountId>().cloned());
/// ```
pub trait TellAccount<Kind>: Send + Sync + 'static {
    /// The account, or none where the request does not say whose it is: 401.
    fn account(&self, head: &Parts) -> Option<AccountId>;
}

/// Resolvers, which layers take too.
#[derive(Debug)]
pub struct ByResolver(());

/// Closures over `http`'s type.
#[derive(Debug)]
pub struct ByClosure(());

impl<R: ResolveAccount> TellAccount<ByResolver> for R {
    fn account(&self, head: &Parts) -> Option<AccountId> {
        self.resolve(&Head(head))
    }
}

impl<F> TellAccount<ByClosure> for F
where
    F: Fn(&Parts) -> Option<AccountId> + Send + Sync + 'static,
{
    fn account(&self, head: &Parts) -> Option<AccountId> {
        self(head)
    }
}
