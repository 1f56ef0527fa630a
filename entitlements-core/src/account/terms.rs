use super::Override;
use crate::{AddonName, PlanName, Timestamp};

/// What an account was sold, and what was changed for it: everything of an account that decides what it has.
///
/// Most accounts of a product have equal terms, so stores keep each once and share it.
///
/// ```
/// use entitlements_core::account::{AccountTerms, SubscriptionStatus};
///
/// let terms = AccountTerms::on_plan("business");
/// assert_eq!(terms.status, SubscriptionStatus::Active);
/// assert!(AccountTerms::default().is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AccountTerms {
    /// The plan of its subscription; none where it has none.
    pub plan: Option<PlanName>,
    /// The state of the subscription.
    pub status: SubscriptionStatus,
    /// When the subscription ends by itself: the end of a trial, or of a period after which it was cancelled.
    pub ends_at: Option<Timestamp>,
    /// How many were bought, for limits that the plan sets by `quantity`.
    pub quantity: Option<u64>,
    /// What was bought on top, each once, in the order of names.
    pub addons: Vec<AddonName>,
    /// The id of the license that was signed for the subscription, which does not count here beside it (R2).
    pub license_id: Option<String>,
    /// What an operator changed for this account alone, the oldest first.
    pub overrides: Vec<Override>,
}

impl AccountTerms {
    /// An active subscription to this plan.
    #[must_use]
    pub fn on_plan(plan: impl Into<PlanName>) -> Self {
        Self {
            plan: Some(plan.into()),
            ..Self::default()
        }
    }

    /// Whether nothing was sold and nothing changed: such an account has what everybody has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The state of an account's subscription (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SubscriptionStatus {
    /// It is paid.
    #[default]
    Active,
    /// It is being tried, and counts as paid.
    Trialing,
    /// A payment failed; it stays in force for the plan's `past_due_grace_days`.
    PastDue {
        /// When it should have been paid.
        since: Timestamp,
    },
    /// It was cancelled and is over.
    Cancelled {
        /// Since when.
        at: Timestamp,
    },
}

impl SubscriptionStatus {
    /// The state as one snake_case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Trialing => "trialing",
            Self::PastDue { .. } => "past_due",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}
