use std::collections::BTreeMap;

use super::feature::FeatureSet;
use super::label::Label;
use super::limit::LimitTerm;
use super::rate::RateTerm;
use super::table::{FeatureId, Id, LimitId, PlanId, RateId};

/// The name of the plan that self-hosted deployments stand on, where a catalog has it (R1).
pub(crate) const SELF_HOSTED: &str = "self_hosted";

/// A named bundle of features, limits and rates, with what it extends already joined in.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub(crate) label: Label,
    pub(crate) extends: Option<PlanId>,
    pub(crate) features: FeatureSet,
    /// One a limit of the catalog, in the order of [`LimitId`].
    pub(crate) limits: Box<[LimitTerm]>,
    /// One a rate of the catalog, in the order of [`RateId`].
    pub(crate) rates: Box<[RateTerm]>,
    pub(crate) retention: BTreeMap<String, Retention>,
    pub(crate) price: Option<Price>,
    pub(crate) stripe_prices: Vec<String>,
    pub(crate) trial_days: Option<u32>,
    pub(crate) past_due_grace_days: u32,
}

impl Plan {
    /// The plan that this one builds on.
    #[must_use]
    pub const fn extends(&self) -> Option<PlanId> {
        self.extends
    }

    /// Whether the plan has the feature, by itself or by what it extends.
    #[must_use]
    #[inline]
    pub fn has(&self, feature: FeatureId) -> bool {
        self.features.contains(feature)
    }

    /// What the plan says about a limit: by itself, by what it extends, or by the default plan.
    #[must_use]
    pub fn limit(&self, limit: LimitId) -> LimitTerm {
        let none = LimitTerm::Fixed(super::Limit::AtMost(0));
        self.limits.get(limit.index()).copied().unwrap_or(none)
    }

    /// How fast the plan lets something happen; unlimited where neither it nor what it extends says.
    #[must_use]
    pub fn rate(&self, rate: RateId) -> RateTerm {
        self.rates
            .get(rate.index())
            .copied()
            .unwrap_or(RateTerm::Unlimited)
    }

    /// How long things are kept, by name.
    #[must_use]
    pub const fn retention(&self) -> &BTreeMap<String, Retention> {
        &self.retention
    }

    /// What it costs, if the catalog says.
    #[must_use]
    pub const fn price(&self) -> Option<&Price> {
        self.price.as_ref()
    }

    /// The Stripe prices that stand for this plan.
    #[must_use]
    pub fn stripe_prices(&self) -> &[String] {
        &self.stripe_prices
    }

    /// How many days it may be tried, if at all.
    #[must_use]
    pub const fn trial_days(&self) -> Option<u32> {
        self.trial_days
    }

    /// For how many days a subscription that is past due keeps the plan.
    #[must_use]
    pub const fn past_due_grace_days(&self) -> u32 {
        self.past_due_grace_days
    }
}

/// How long something is kept, or a promise about how it is kept. The larger of two is [`Ord::max`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Retention {
    /// A promise that is made or not, such as `audit_immutable`.
    Flag(bool),
    /// This many days.
    Days(u64),
    /// For ever.
    Unlimited,
}

/// What a plan or an add-on costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    pub(crate) currency: String,
    pub(crate) monthly_cents: Option<u64>,
    pub(crate) annual_cents: Option<u64>,
    pub(crate) per: Cycle,
    pub(crate) seats: Option<PerSeat>,
}

/// How often a price is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cycle {
    /// Each month.
    Month,
    /// Each year.
    Year,
}

/// A price that is multiplied by a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PerSeat {
    pub(crate) limit: LimitId,
    pub(crate) free: u64,
}

impl Price {
    /// The currency's three letters (ISO 4217).
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// Cents a month when paid monthly.
    #[must_use]
    pub const fn monthly_cents(&self) -> Option<u64> {
        self.monthly_cents
    }

    /// Cents a year when paid annually.
    #[must_use]
    pub const fn annual_cents(&self) -> Option<u64> {
        self.annual_cents
    }

    /// The cycle that a pricing table shows first; where the catalog does not say, monthly if it has a monthly price.
    #[must_use]
    pub const fn per(&self) -> Cycle {
        self.per
    }

    /// The limit that counts the seats and how many are free, where the price is per seat.
    #[must_use]
    pub fn per_seat_of(&self) -> Option<(LimitId, u64)> {
        self.seats.as_ref().map(|seats| (seats.limit, seats.free))
    }
}
