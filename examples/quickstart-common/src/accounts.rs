//! Whose requests there are.

use entitlements_core::account::{DangerousHeaderAccount, dangerous_account_from_header};
use entitlements_core::{AccountId, RequestHead, ResolveAccount};

/// Whose request it is: for the layer, and for the management API.
#[derive(Debug, Clone)]
pub enum WhoseRequest {
    /// There is one account, and every request is its own.
    One,
    /// The account that a header names, whoever sent it: for trying out what accounts are, and never for more.
    Named(DangerousHeaderAccount),
}

impl WhoseRequest {
    pub(crate) fn told_by(header: Option<&str>) -> Self {
        match header {
            Some(name) => Self::Named(dangerous_account_from_header(name)),
            None => Self::One,
        }
    }
}

impl ResolveAccount for WhoseRequest {
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        match self {
            Self::One => Some(AccountId::LOCAL),
            Self::Named(header) => header.resolve(head),
        }
    }
}

/// Reads a header's name (RFC 9110, section 5.1): a token.
pub(crate) fn read_header_name(text: &str) -> Result<String, &'static str> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if (1..=LONGEST_HEADER).contains(&text.len()) && text.bytes().all(is_token) {
        Ok(text.to_owned())
    } else {
        Err("not the name of a header")
    }
}

/// Nobody types a longer one; a key that was typed in its place is.
const LONGEST_HEADER: usize = 64;
