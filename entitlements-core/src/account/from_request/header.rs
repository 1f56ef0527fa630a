use super::ResolveAccount;
use crate::{AccountId, RequestHead};

/// Believes a bare header, which anybody can send: from [`dangerous_account_from_header`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DangerousHeaderAccount {
    header: String,
}

/// The account that a header names, whoever sent it.
///
/// Only where something in front of the application sets the header on every request and removes what clients sent, such as
/// a gateway that authenticates, and nobody can reach the application past it. Else every caller picks an account.
///
/// ```
/// use entitlements_core::account::dangerous_account_from_header;
///
/// let resolver = dangerous_account_from_header("x-account");
/// ```
#[must_use]
pub fn dangerous_account_from_header(name: impl Into<String>) -> DangerousHeaderAccount {
    let mut header = name.into();
    header.make_ascii_lowercase();
    DangerousHeaderAccount { header }
}

impl ResolveAccount for DangerousHeaderAccount {
    #[inline]
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        AccountId::from_request(head.header(&self.header)?)
    }
}
