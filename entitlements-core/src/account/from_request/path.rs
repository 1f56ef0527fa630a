use super::ResolveAccount;
use crate::{AccountId, RequestHead};

/// The account that a segment of the path names: 0 is the first, so that 1 of `/orgs/acme/users` is `acme`.
///
/// The path says which account is asked for, not whether the caller belongs to it: that is the application's
/// authentication to see to. The path is that which the layer sees: a router that nests takes its part away. A
/// segment with percent-encoding names no account, because it would be a second spelling.
///
/// ```
/// use entitlements_core::account::PathAccount;
///
/// let resolver = PathAccount::segment(1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathAccount {
    segment: usize,
}

impl PathAccount {
    /// The segment with this number, counted from 0.
    #[must_use]
    pub const fn segment(number: usize) -> Self {
        Self { segment: number }
    }
}

impl ResolveAccount for PathAccount {
    #[inline]
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        let path = head.path().strip_prefix('/')?;
        let segment = path.split('/').nth(self.segment)?;
        AccountId::from_request(segment).filter(|_| !segment.contains('%'))
    }
}
