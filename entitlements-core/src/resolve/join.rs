//! R5: sources and base plan join.

use std::collections::BTreeMap;

use super::grant::{Grant, join_retention, without_license};
use crate::catalog::{FeatureSet, PlanId, RateTerm, Retention};
use crate::{Catalog, Limit};

/// Everything in force: features by union, the rest by the larger.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) features: FeatureSet,
    /// Features that only a source in grace gives.
    pub(super) grace_features: FeatureSet,
    pub(super) limits: Vec<Limit>,
    pub(super) rates: Vec<RateTerm>,
    pub(super) retention: BTreeMap<String, Retention>,
}

impl Joined {
    /// The base plan alone.
    pub(super) fn base(catalog: &Catalog, base: PlanId) -> Self {
        let plan = catalog.plan_at(base);
        Self {
            features: plan.features.clone(),
            grace_features: FeatureSet::default(),
            limits: catalog
                .limits()
                .map(|(id, _)| without_license(catalog, base, id))
                .collect(),
            rates: catalog.rates().map(|(id, _)| plan.rate(id)).collect(),
            retention: plan.retention().clone(),
        }
    }

    /// Adds what a source in force gives, and whether it is so for its days of grace alone.
    pub(super) fn add(&mut self, grant: &Grant, is_in_grace: bool) {
        for feature in grant.features.iter() {
            let had = self.features.contains(feature);
            if !is_in_grace {
                self.grace_features.remove(feature);
            } else if !had {
                self.grace_features.insert(feature);
            }
            self.features.insert(feature);
        }
        for (limit, given) in self.limits.iter_mut().zip(&grant.limits) {
            *limit = given.map_or(*limit, |given| given.max(*limit));
        }
        for (rate, given) in self.rates.iter_mut().zip(&grant.rates) {
            *rate = given.map_or(*rate, |given| given.max(*rate));
        }
        join_retention(&mut self.retention, &grant.retention);
    }
}
