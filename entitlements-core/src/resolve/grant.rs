//! R3 and R4: what one source gives.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{
    Addon, AddonLimit, FeatureSet, Grants, Id, LimitId, LimitTerm, Plan, PlanId, Rate, RateTerm,
    Retention,
};
use crate::license::License;
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

/// What a license gives: its plan, what it lists and its add-ons; with `grants = "listed"` the listed features and
/// limits alone.
pub(super) fn of_license(catalog: &Catalog, base: PlanId, license: &License) -> Grant {
    match catalog.license().grants() {
        Grants::PlanAndListed => by_plan(catalog, base, license),
        Grants::Listed => Grant {
            features: features(catalog, None, license),
            limits: catalog
                .limits()
                .map(|(id, _)| limit(catalog, base, None, license, id))
                .collect(),
            rates: catalog.rates().map(|_| None).collect(),
            retention: BTreeMap::new(),
        },
    }
}

fn by_plan(catalog: &Catalog, base: PlanId, license: &License) -> Grant {
    let plan = license.plan().and_then(|plan| catalog.plan(plan));
    let mut grant = Grant {
        features: features(catalog, plan, license),
        limits: catalog
            .limits()
            .map(|(id, _)| limit(catalog, base, plan, license, id))
            .collect(),
        rates: rates(catalog, plan, license),
        retention: plan
            .map(|plan| plan.retention().clone())
            .unwrap_or_default(),
    };
    let addons = addons_in_force(catalog, license);
    for addon in &addons {
        add_addon(&mut grant, addon);
    }
    for addon in &addons {
        raise_limits(&mut grant, addon);
    }
    grant
}

/// R3: the plan's features, plus those listed, minus those listed `false`.
fn features(catalog: &Catalog, plan: Option<&Plan>, license: &License) -> FeatureSet {
    let mut features = plan.map(|plan| plan.features.clone()).unwrap_or_default();
    for (name, on) in license.features() {
        match catalog.feature_id(name) {
            Some(id) if *on => features.insert(id),
            Some(id) => features.remove(id),
            None => {}
        }
    }
    features
}

/// R4: the plan's value, and the key's number as the plan lets it count.
fn limit(
    catalog: &Catalog,
    base: PlanId,
    plan: Option<&Plan>,
    license: &License,
    id: LimitId,
) -> Option<Limit> {
    let name = catalog.limit_at(id).name();
    let listed = license
        .limits()
        .iter()
        .find(|(limit, _)| limit == name)
        .map(|(_, limit)| *limit);
    let Some(plan) = plan else {
        return listed;
    };
    let base_value = || without_license(catalog, base, id);
    Some(match (plan.limit(id), listed) {
        (LimitTerm::Fixed(limit), listed) => listed.map_or(limit, |listed| listed.max(limit)),
        (LimitTerm::Licensed { plus, .. }, Some(listed)) => listed.plus(plus),
        (LimitTerm::Licensed { default, .. }, None) => default.unwrap_or_else(base_value),
        (LimitTerm::Quantity { default }, listed) => {
            let value = default.unwrap_or_else(base_value);
            listed.map_or(value, |listed| listed.max(value))
        }
    })
}

/// What a plan gives to whoever has no license: a fixed number, or the default of a licensed one.
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
fn rates(catalog: &Catalog, plan: Option<&Plan>, license: &License) -> Vec<Option<RateTerm>> {
    catalog
        .rates()
        .map(|(id, definition)| {
            let listed = license
                .rates()
                .iter()
                .find(|(rate, _)| rate == definition.name());
            let term = plan.map(|plan| plan.rate(id));
            match (listed, term) {
                (Some((_, requests)), Some(term)) => Some(scaled(term, *requests)),
                (_, term) => term,
            }
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

/// The license's add-ons whose `requires` its plan meets.
fn addons_in_force<'a>(catalog: &'a Catalog, license: &License) -> Vec<&'a Addon> {
    let plan = license.plan().and_then(|plan| catalog.plan_id(plan));
    addons(catalog, license)
        .filter(|addon| is_for(addon, plan))
        .collect()
}

/// The license's add-ons that its plan cannot have.
pub(crate) fn inapplicable_addons<'a>(
    catalog: &'a Catalog,
    license: &License,
) -> impl Iterator<Item = &'a Addon> {
    let plan = license.plan().and_then(|plan| catalog.plan_id(plan));
    addons(catalog, license).filter(move |addon| !is_for(addon, plan))
}

/// The license's add-ons, each once however often the key names it (I6).
fn addons<'a>(catalog: &'a Catalog, license: &License) -> impl Iterator<Item = &'a Addon> {
    let named = license
        .addons()
        .iter()
        .filter_map(|name| catalog.addon_id(name));
    let named: BTreeSet<_> = named.collect();
    named.into_iter().map(|id| catalog.addon_at(id))
}

/// Whether an add-on may be added to this plan.
fn is_for(addon: &Addon, plan: Option<PlanId>) -> bool {
    addon.requires().is_empty() || plan.is_some_and(|plan| addon.requires().contains(&plan))
}

/// What adds up.
fn add_addon(grant: &mut Grant, addon: &Addon) {
    grant.features.union(&addon.features);
    for &(id, change) in addon.limits() {
        if let (AddonLimit::Add(more), Some(limit)) = (change, grant.limits.get_mut(id.index())) {
            *limit = Some(limit.unwrap_or(Limit::AtMost(0)).plus(more));
        }
    }
    join_retention(&mut grant.retention, addon.retention());
}

/// What replaces a smaller number, once everything is added: so the order of add-ons does not matter (I6).
fn raise_limits(grant: &mut Grant, addon: &Addon) {
    for &(id, change) in addon.limits() {
        if let (AddonLimit::AtLeast(least), Some(limit)) =
            (change, grant.limits.get_mut(id.index()))
        {
            *limit = Some(limit.map_or(least, |limit| limit.max(least)));
        }
    }
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
