//! Everything that an account has.

use std::collections::{BTreeMap, BTreeSet};

use entitlements_core::account::{Override, OverrideValue};
use entitlements_core::{DeploymentMode, Limit, RateTerm};

use super::bucket::Speed;
use super::catalog::{Plan, Term};
use super::source::{Gives, Source, of_license, of_subscription};
use super::{Number, Pace, State, World, license};

/// What an account has at the time of the request.
#[derive(Debug, Clone)]
pub struct Has {
    /// The features that are in force.
    pub features: BTreeSet<String>,
    /// How many there may be.
    pub limits: BTreeMap<String, Number>,
    /// How fast it may be.
    pub rates: BTreeMap<String, Pace>,
    /// The plan in force.
    pub plan: String,
    /// The status of all that is held.
    pub status: State,
    /// Features, limits and rates that an override replaces.
    pub(super) overridden_features: BTreeSet<String>,
    pub(super) overridden_limits: BTreeSet<String>,
    pub(super) overridden_rates: BTreeSet<String>,
    /// Sources that expired.
    pub(super) expired: Vec<Source>,
    /// D10: the states of the licenses that are held.
    pub(super) licenses: Vec<State>,
}

/// R1 to R8.
#[must_use]
pub fn has(world: &World) -> Has {
    let base_name = base_plan(world);
    let sold = &world.terms;
    // R2: it would count twice.
    let is_of_subscription = |id: &Option<String>| {
        sold.plan.is_some() && sold.license_id.is_some() && sold.license_id == *id
    };
    let licenses = license::counting(world).into_iter();
    let mut sources: Vec<Source> = licenses
        .filter(|license| !is_of_subscription(&license.id))
        .map(|license| of_license(world, license))
        .collect();
    let mut licenses: Vec<State> = sources.iter().map(|source| source.state).collect();
    if world.forged {
        licenses.push(State::Invalid);
    }
    let subscription = of_subscription(world);
    // D10 says no word of subscriptions; one counts as a license here.
    let is_sold = |source: &&Source| source.plan.is_some();
    licenses.extend(
        subscription
            .iter()
            .filter(is_sold)
            .map(|source| source.state),
    );
    sources.extend(subscription);

    // R5
    let Gives {
        mut features,
        mut limits,
        mut rates,
    } = base(world);
    let (in_force, others): (Vec<Source>, Vec<Source>) = sources
        .into_iter()
        .partition(|source| source.state.is_in_force());
    for source in &in_force {
        features.extend(source.gives.features.clone());
        for (limit, number) in &source.gives.limits {
            let before = limits[limit];
            limits.insert(limit.clone(), before.max(*number));
        }
        for (rate, pace) in &source.gives.rates {
            let before = rates[rate];
            rates.insert(rate.clone(), before.max(*pace));
        }
    }

    // R7
    let mut plan = base_name;
    let mut best = (rank(world, &plan), plan.clone());
    for source in &in_force {
        if let Some(name) = &source.plan {
            let this = (rank(world, name), name.clone());
            if this > best {
                best = this;
                plan.clone_from(name);
            }
        }
    }
    // S9 and R7; add-ons without a plan are no subscription.
    let of_sources = in_force.iter().chain(&others);
    let of_sources = of_sources.filter(|source| source.is_license || source.plan.is_some());
    let status = of_sources
        .map(|source| source.state)
        .chain(licenses.iter().copied())
        .max()
        .unwrap_or(State::Unlicensed);

    // R6
    let (mut overridden_features, mut overridden_limits) = (BTreeSet::new(), BTreeSet::new());
    for (name, on) in counting_overrides(world, |value| match value {
        OverrideValue::Feature(name, on) => Some((name.as_str().to_owned(), *on)),
        _ => None,
    }) {
        if world.product.features.contains(&name) {
            if on {
                features.insert(name.clone());
            } else {
                features.remove(&name);
            }
            overridden_features.insert(name);
        }
    }
    for (name, number) in counting_overrides(world, |value| match value {
        OverrideValue::Limit(name, Limit::AtMost(most)) => {
            Some((name.as_str().to_owned(), Number::AtMost(*most)))
        }
        OverrideValue::Limit(name, Limit::Unlimited) => {
            Some((name.as_str().to_owned(), Number::Unlimited))
        }
        _ => None,
    }) {
        if world.product.limits.contains(&name) {
            limits.insert(name.clone(), number);
            overridden_limits.insert(name);
        }
    }
    let mut overridden_rates = BTreeSet::new();
    for (name, pace) in counting_overrides(world, |value| match value {
        OverrideValue::Rate(name, term) => Some((name.as_str().to_owned(), pace(*term))),
        _ => None,
    }) {
        if world.product.rates.contains(&name) {
            rates.insert(name.clone(), pace);
            overridden_rates.insert(name);
        }
    }
    let expired = others
        .into_iter()
        .filter(|source| source.state == State::Expired);
    Has {
        features,
        limits,
        rates,
        plan,
        status,
        overridden_features,
        overridden_limits,
        overridden_rates,
        expired: expired.collect(),
        licenses,
    }
}

/// R6: of several for one name the newest that has not ended, and of two of one age the one with the larger id.
fn counting_overrides<T>(
    world: &World,
    of_kind: impl Fn(&OverrideValue) -> Option<(String, T)>,
) -> BTreeMap<String, T> {
    let mut newest: BTreeMap<String, (&Override, T)> = BTreeMap::new();
    for this in &world.terms.overrides {
        let has_ended = this
            .ends_at
            .is_some_and(|end| end.unix_seconds() <= world.now);
        let Some((name, value)) = of_kind(&this.value) else {
            continue;
        };
        let age = |this: &Override| (this.created_at, this.id.clone());
        let is_newer = newest
            .get(&name)
            .is_none_or(|(known, _)| age(known) < age(this));
        if !has_ended && is_newer {
            newest.insert(name, (this, value));
        }
    }
    newest
        .into_iter()
        .map(|(name, (_, value))| (name, value))
        .collect()
}

/// R1
pub(super) fn base_plan(world: &World) -> String {
    let product = &world.product;
    if world.mode == DeploymentMode::SelfHosted && product.plans.contains_key("self_hosted") {
        "self_hosted".to_owned()
    } else {
        product.default_plan.clone()
    }
}

/// R1
pub(super) fn base(world: &World) -> Gives {
    let plan = &world.product.plans[&base_plan(world)];
    let number = |term: &Term| match *term {
        Term::Fixed(number) => number,
        Term::Licensed { default, .. } | Term::Quantity { default } => {
            default.expect("C10: the base plan has a value for everybody")
        }
    };
    let limits = plan.limits.iter();
    Gives {
        features: plan.features.clone(),
        limits: limits
            .map(|(name, term)| (name.clone(), number(term)))
            .collect(),
        rates: paces(world, plan),
    }
}

/// What a plan gives of every rate.
pub(super) fn paces(world: &World, plan: &Plan) -> BTreeMap<String, Pace> {
    let rates = world.product.rates.iter();
    rates.map(|rate| (rate.clone(), plan.pace(rate))).collect()
}

fn pace(term: RateTerm) -> Pace {
    match term {
        RateTerm::Unlimited => Pace::Unlimited,
        RateTerm::AtMost(rate) => Pace::AtMost(Speed {
            requests: rate.requests(),
            seconds: rate.per().as_secs(),
            burst: rate.burst(),
        }),
    }
}

/// R7: how high a plan is.
fn rank(world: &World, plan: &str) -> usize {
    let order = &world.product.plan_order;
    match order.iter().position(|known| known == plan) {
        Some(place) => place + 2,
        None if plan != base_plan(world) => 1,
        None => 0,
    }
}

/// The height of a plan that can be compared.
pub(super) fn place(world: &World, plan: &str) -> Option<usize> {
    world
        .product
        .plan_order
        .iter()
        .position(|known| known == plan)
}

/// R7 and D8: whether a plan would be the one in force, were there nothing but it and the base plan.
pub(super) fn is_above_base(world: &World, plan: &str) -> bool {
    rank(world, plan) > rank(world, &base_plan(world))
}
