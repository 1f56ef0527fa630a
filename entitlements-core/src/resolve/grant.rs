//! R3 and R4: what one source gives.

use std::collections::BTreeMap;

use super::addons::Addition;
use super::offer::Offer;
use super::sources::Source;
use crate::catalog::{
    AddonLimit, FeatureSet, Id, LimitId, LimitTerm, PlanId, Rate, RateTerm, Retention,
};
use crate::{Catalog, Limit};

/// What a source gives, by itself.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) features: FeatureSet,
    /// One a limit of the catalog; none where the source does not say.
    pub(super) limits: Vec<Option<Limit>>,
    /// One a rate of the catalog; none where the source does not say.
    pub(super) rates: Vec<Option<RateTerm>>,
    pub(super) retention: BTreeMap<String, Retention>,
}

impl Grant {
    /// What a source gives: its plan, what it lists and its add-ons.
    pub(super) fn of(catalog: &Catalog, base: PlanId, source: Source<'_>) -> Self {
        let offer = Offer::of(catalog, base, source);
        let mut grant = Self::without_addons(catalog, base, &offer);
        offer.addons.additions().for_each(|step| grant.add(step));
        grant
    }

    /// What a source gives by its plan and what it lists.
    pub(super) fn without_addons(catalog: &Catalog, base: PlanId, offer: &Offer<'_>) -> Self {
        Self {
            features: features(catalog, offer),
            limits: catalog
                .limits()
                .map(|(id, _)| limit(catalog, base, offer, id))
                .collect(),
            rates: rates(catalog, offer),
            retention: offer
                .plan
                .map(|plan| plan.retention().clone())
                .unwrap_or_default(),
        }
    }

    /// Takes one step of adding an add-on.
    pub(super) fn add(&mut self, step: Addition<'_>) {
        let addon = match step {
            Addition::Adds(addon) => {
                self.features.union(&addon.features);
                join_retention(&mut self.retention, addon.retention());
                addon
            }
            Addition::Raises(addon) => addon,
        };
        for &(id, change) in addon.limits() {
            let Some(limit) = self.limits.get_mut(id.index()) else {
                continue;
            };
            match (step, change) {
                (Addition::Adds(_), AddonLimit::Add(more)) => {
                    *limit = Some(limit.unwrap_or(Limit::AtMost(0)).plus(more));
                }
                (Addition::Raises(_), AddonLimit::AtLeast(least)) => {
                    *limit = Some(limit.map_or(least, |limit| limit.max(least)));
                }
                (Addition::Adds(_), AddonLimit::AtLeast(_))
                | (Addition::Raises(_), AddonLimit::Add(_)) => {}
            }
        }
    }
}

/// R3: the plan's features, plus those listed, minus those listed `false`.
fn features(catalog: &Catalog, offer: &Offer<'_>) -> FeatureSet {
    let mut features = offer
        .plan
        .map(|plan| plan.features.clone())
        .unwrap_or_default();
    for (name, on) in offer.features {
        match catalog.feature_id(name) {
            Some(id) if *on => features.insert(id),
            Some(id) => features.remove(id),
            None => {}
        }
    }
    features
}

/// R4: the plan's value, and the number that is named or bought as the plan lets it count.
fn limit(catalog: &Catalog, base: PlanId, offer: &Offer<'_>, id: LimitId) -> Option<Limit> {
    let listed = offer.listed_limit(catalog.limit_at(id).name());
    let Some(plan) = offer.plan else {
        return listed;
    };
    let larger = |value: Limit| listed.map_or(value, |listed| listed.max(value));
    let base_value = || without_license(catalog, base, id);
    Some(match plan.limit(id) {
        LimitTerm::Fixed(limit) => larger(limit),
        LimitTerm::Licensed { plus, default } => match listed {
            Some(listed) => listed.plus(plus),
            None => default.unwrap_or_else(base_value),
        },
        LimitTerm::Quantity { default } => {
            let bought = offer.quantity.or(default);
            larger(bought.unwrap_or_else(base_value))
        }
    })
}

/// What a plan gives to whoever has no license: a fixed number, or the default of one that is licensed or bought.
pub(super) fn without_license(catalog: &Catalog, plan: PlanId, id: LimitId) -> Limit {
    let own = |plan: PlanId| match catalog.plan_at(plan).limit(id) {
        LimitTerm::Fixed(limit) => Some(limit),
        LimitTerm::Licensed { default, .. } | LimitTerm::Quantity { default } => default,
    };
    // INVARIANT: the catalog's checks see to it that the default plan gives every limit a value.
    own(plan)
        .or_else(|| own(catalog.default_plan()))
        .unwrap_or(Limit::AtMost(0))
}

/// The plan's rates, the key's requests in place of the plan's where it names some; the burst scales with them.
fn rates(catalog: &Catalog, offer: &Offer<'_>) -> Vec<Option<RateTerm>> {
    catalog
        .rates()
        .map(|(id, definition)| {
            let term = offer.plan?.rate(id);
            Some(match offer.listed_rate(definition.name()) {
                Some(requests) => scaled(term, requests),
                None => term,
            })
        })
        .collect()
}

fn scaled(term: RateTerm, requests: Limit) -> RateTerm {
    let (RateTerm::AtMost(rate), Limit::AtMost(requests)) = (term, requests) else {
        return RateTerm::Unlimited;
    };
    let burst = u128::from(rate.burst) * u128::from(requests) / u128::from(rate.requests.max(1));
    RateTerm::AtMost(Rate {
        requests,
        per: rate.per,
        burst: u64::try_from(burst).unwrap_or(u64::MAX).max(1),
    })
}

/// The larger of each.
pub(super) fn join_retention(
    into: &mut BTreeMap<String, Retention>,
    from: &BTreeMap<String, Retention>,
) {
    for (name, value) in from {
        let known = into.entry(name.clone()).or_insert(*value);
        *known = (*known).max(*value);
    }
}
