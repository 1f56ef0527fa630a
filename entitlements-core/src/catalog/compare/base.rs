//! What everybody has, whatever else they have (R5).

use std::collections::BTreeSet;

use crate::catalog::{
    Catalog, FeatureId, Limit, LimitId, LimitTerm, Plan, RateId, RateTerm, Retention, SELF_HOSTED,
};

/// The plans that may be the base plan: the default plan and, where the catalog has it, `self_hosted` (R1). What a
/// comparison counts on is what both of them give.
pub(super) struct Base<'a> {
    catalog: &'a Catalog,
    plans: Vec<&'a Plan>,
}

impl<'a> Base<'a> {
    pub(super) fn of(catalog: &'a Catalog) -> Self {
        let default = catalog.plan_at(catalog.default_plan());
        let self_hosted = catalog
            .plan(SELF_HOSTED)
            .filter(|plan| plan.name() != default.name());
        Self {
            catalog,
            plans: std::iter::once(default).chain(self_hosted).collect(),
        }
    }

    /// The plan of those who run the product themselves and hold nothing.
    pub(super) fn self_hosted(&self) -> Option<&'a Plan> {
        self.plans.last().copied()
    }

    pub(super) fn has(&self, feature: FeatureId) -> bool {
        self.plans.iter().all(|plan| plan.has(feature))
    }

    pub(super) fn limit(&self, limit: LimitId) -> Limit {
        let values = self.plans.iter().map(|plan| match plan.limit(limit) {
            LimitTerm::Fixed(value) => value,
            LimitTerm::Licensed { default, .. } | LimitTerm::Quantity { default } => {
                // INVARIANT: C10 gives terms of base plans a default.
                default.unwrap_or(Limit::AtMost(0))
            }
        });
        values.min().unwrap_or(Limit::AtMost(0))
    }

    pub(super) fn rate(&self, rate: RateId) -> Option<RateTerm> {
        self.plans.iter().map(|plan| plan.rate(rate)).min()
    }

    pub(super) fn retention(&self, name: &str) -> Option<Retention> {
        let values = self
            .plans
            .iter()
            .map(|plan| plan.retention().get(name).copied());
        values.min().flatten()
    }

    pub(super) const fn catalog(&self) -> &'a Catalog {
        self.catalog
    }
}

/// The names of either side, once each, sorted.
pub(super) fn names<'a>(
    before: impl IntoIterator<Item = &'a str>,
    after: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = &'a str> {
    before
        .into_iter()
        .chain(after)
        .collect::<BTreeSet<_>>()
        .into_iter()
}
