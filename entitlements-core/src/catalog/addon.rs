use std::collections::BTreeMap;

use super::feature::FeatureSet;
use super::label::Label;
use super::limit::Limit;
use super::plan::{Price, Retention};
use super::table::{FeatureId, LimitId, PlanId};

/// Something that is bought on top of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Addon {
    pub(crate) label: Label,
    pub(crate) requires: Vec<PlanId>,
    pub(crate) features: FeatureSet,
    pub(crate) limits: Vec<(LimitId, AddonLimit)>,
    pub(crate) retention: BTreeMap<String, Retention>,
    pub(crate) price: Option<Price>,
    pub(crate) stripe_prices: Vec<String>,
}

/// What an add-on does to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddonLimit {
    /// This many more.
    Add(u64),
    /// This many, where it is larger.
    AtLeast(Limit),
}

impl Addon {
    /// The plans it may be added to; any where empty.
    #[must_use]
    pub fn requires(&self) -> &[PlanId] {
        &self.requires
    }

    /// Whether it gives the feature.
    #[must_use]
    pub fn has(&self, feature: FeatureId) -> bool {
        self.features.contains(feature)
    }

    /// What it does to limits.
    #[must_use]
    pub fn limits(&self) -> &[(LimitId, AddonLimit)] {
        &self.limits
    }

    /// How long things are kept with it, by name.
    #[must_use]
    pub const fn retention(&self) -> &BTreeMap<String, Retention> {
        &self.retention
    }

    /// What it costs, if the catalog says.
    #[must_use]
    pub const fn price(&self) -> Option<&Price> {
        self.price.as_ref()
    }

    /// The Stripe prices that stand for it.
    #[must_use]
    pub fn stripe_prices(&self) -> &[String] {
        &self.stripe_prices
    }
}
