use std::fmt;
use std::time::Duration;

use super::label::Label;

/// How many of something there may be.
///
/// `Unlimited` is more than any number, so the larger of two limits is [`Ord::max`].
///
/// ```
/// use entitlements_core::Limit;
///
/// assert!(Limit::Unlimited > Limit::AtMost(u64::MAX));
/// assert_eq!(Limit::AtMost(3).max(Limit::AtMost(15)), Limit::AtMost(15));
/// assert!(Limit::AtMost(3).allows(3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// This many; 0 is none.
    AtMost(u64),
    /// Any number.
    Unlimited,
}

impl Limit {
    /// Whether there may be `count` of it.
    #[must_use]
    pub const fn allows(self, count: u64) -> bool {
        match self {
            Self::AtMost(most) => count <= most,
            Self::Unlimited => true,
        }
    }

    /// The number, unless it is unlimited.
    #[must_use]
    pub const fn at_most(self) -> Option<u64> {
        match self {
            Self::AtMost(most) => Some(most),
            Self::Unlimited => None,
        }
    }

    pub(crate) const fn plus(self, more: u64) -> Self {
        match self {
            Self::AtMost(most) => Self::AtMost(most.saturating_add(more)),
            Self::Unlimited => Self::Unlimited,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => most.fmt(f),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

/// Something that is counted.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitDefinition {
    pub(crate) label: Label,
    pub(crate) kind: LimitKind,
}

impl LimitDefinition {
    /// How it is counted.
    #[must_use]
    pub const fn kind(&self) -> &LimitKind {
        &self.kind
    }
}

/// How a limit is counted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum LimitKind {
    /// Things that exist: users, projects.
    Count,
    /// Things that happen, counted anew in each period.
    Metered {
        /// When the count begins anew.
        period: Period,
        /// Percentages of the limit at which to warn, rising.
        warn_at: Vec<u32>,
        /// What happens beyond the limit.
        overage: Overage,
    },
    /// Leases that lapse by themselves: nodes, connections.
    Concurrent {
        /// How long a lease holds without being renewed.
        lease: Duration,
    },
}

impl LimitKind {
    /// Whether it counts things that exist.
    #[must_use]
    pub const fn is_count(&self) -> bool {
        matches!(self, Self::Count)
    }

    /// Whether it counts leases.
    #[must_use]
    pub const fn is_concurrent(&self) -> bool {
        matches!(self, Self::Concurrent { .. })
    }
}

/// When a metered count begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Period {
    /// Each full hour in UTC.
    Hour,
    /// Each day at midnight in UTC.
    Day,
    /// The first of each month in UTC.
    Month,
    /// The first of January in UTC.
    Year,
    /// When the subscription's billing period begins.
    Billing,
}

/// What happens beyond a metered limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overage {
    /// It is refused.
    Block,
    /// It is allowed and counted.
    Allow,
    /// It is allowed up to this many percent above the limit.
    Percent(u32),
}

/// What a plan says about a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitTerm {
    /// This much, whoever has the plan.
    Fixed(Limit),
    /// The number in the license.
    Licensed {
        /// Added to the number that the license names.
        plus: u64,
        /// Where the license names none; without it, the base plan's value.
        default: Option<Limit>,
    },
    /// The quantity of the subscription.
    Quantity {
        /// Where there is no quantity; without it, the base plan's value.
        default: Option<Limit>,
    },
}
