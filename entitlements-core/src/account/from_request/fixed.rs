use super::ResolveAccount;
use crate::{AccountId, RequestHead};

/// The same account for every request: the one of a self-hosted product, [`AccountId::LOCAL`].
///
/// Whoever reaches the product is then judged as that account; where that shall not be everybody, the application asks for
/// credentials in front of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedAccount(pub AccountId);

impl ResolveAccount for FixedAccount {
    #[inline]
    fn resolve<H: RequestHead>(&self, _: &H) -> Option<AccountId> {
        Some(self.0.clone())
    }
}
