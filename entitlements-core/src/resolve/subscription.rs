//! R2: whether an account's subscription is in force.

use crate::Timestamp;
use crate::account::{AccountTerms, SubscriptionStatus};
use crate::license::LicenseStatus;

/// The state of a subscription at a time, in the words for licenses (R7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SubscriptionState {
    pub(super) status: LicenseStatus,
    /// When it should have been paid, was cancelled or reaches its end, whichever is first; none while it just goes on.
    pub(super) expires_at: Option<Timestamp>,
    /// When it stops being in force, or did.
    pub(super) grace_ends_at: Option<Timestamp>,
}

/// The state at `now` of a subscription to a plan with these days of grace.
pub(super) fn state(terms: &AccountTerms, grace_days: u32, now: Timestamp) -> SubscriptionState {
    let has_ended = terms.ends_at.is_some_and(|end| end <= now);
    let (status, expires_at, grace_ends_at) = match terms.status {
        SubscriptionStatus::Active | SubscriptionStatus::Trialing => {
            (LicenseStatus::Active, None, None)
        }
        SubscriptionStatus::PastDue { since } => {
            let end = since.saturating_add_days(grace_days);
            let status = if now.is_within_days_of(grace_days, since) {
                LicenseStatus::Grace
            } else {
                LicenseStatus::Expired
            };
            (status, Some(since), Some(end))
        }
        SubscriptionStatus::Cancelled { at } => (LicenseStatus::Expired, Some(at), Some(at)),
    };
    SubscriptionState {
        status: if has_ended {
            LicenseStatus::Expired
        } else {
            status
        },
        expires_at: earlier(expires_at, terms.ends_at),
        grace_ends_at: earlier(grace_ends_at, terms.ends_at),
    }
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.into_iter().chain(b).min()
}
