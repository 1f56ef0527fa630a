use std::net::IpAddr;

use super::ChangedBy;

/// Who asks for a change of a list: nobody is to lock themselves out by mistake (W9).
///
/// ```
/// use entitlements_core::allowlist::AllowlistCaller;
///
/// let ann = AllowlistCaller::at("192.0.2.7".parse().ok());
/// // She was told that the change locks her out, and wants it all the same.
/// let ann = ann.insisting();
/// # assert_eq!(ann.address, "192.0.2.7".parse().ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllowlistCaller {
    /// The caller's address, as it is told of requests; none where it cannot be.
    pub address: Option<IpAddr>,
    /// Whether the caller insists on what may lock it out.
    pub may_lock_out: bool,
}

impl AllowlistCaller {
    /// Somebody at this address; at none where it cannot be told.
    #[must_use]
    pub const fn at(address: Option<IpAddr>) -> Self {
        Self {
            address,
            may_lock_out: false,
        }
    }

    /// Nobody who could be locked out, such as the program that sets an account up.
    #[must_use]
    pub const fn nobody() -> Self {
        Self::at(None).insisting()
    }

    /// Who insists on the change also where it may lock it out.
    #[must_use]
    pub const fn insisting(mut self) -> Self {
        self.may_lock_out = true;
        self
    }

    pub(crate) const fn entitled(self, is_entitled: bool) -> ChangedBy {
        ChangedBy {
            is_entitled,
            address: self.address,
            may_lock_out: self.may_lock_out,
        }
    }
}
