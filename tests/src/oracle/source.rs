//! What one source gives by itself.

use std::collections::{BTreeMap, BTreeSet};

use entitlements_core::account::SubscriptionStatus;

use super::catalog::{Plan, Term};
use super::license::{DAY, License};
use super::{Number, Pace, State, World, account};

/// Features, limits and rates; no rates where there are none to give.
#[derive(Debug, Clone, Default)]
pub(super) struct Gives {
    pub(super) features: BTreeSet<String>,
    pub(super) limits: BTreeMap<String, Number>,
    pub(super) rates: BTreeMap<String, Pace>,
}

/// A license or a subscription.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) gives: Gives,
    /// None where it counts as no plan.
    pub(super) plan: Option<String>,
    pub(super) state: State,
    /// When it expires or expired.
    pub(super) expires: i64,
    pub(super) is_license: bool,
}

/// R4 for a license.
pub(super) fn of_license(world: &World, license: &License) -> Source {
    let product = &world.product;
    let named: BTreeMap<_, _> = license.limits.iter().cloned().collect();
    let named: BTreeMap<_, _> = named
        .into_iter()
        .filter(|(name, _)| product.limits.contains(name))
        .collect();
    let listed = |on: bool| {
        let listed = license
            .features
            .iter()
            .filter(move |(_, is_on)| *is_on == on);
        listed
            .map(|(name, _)| name.clone())
            .filter(|name| product.features.contains(name))
    };
    let mut gives = Gives::default();
    if product.gives_only_what_is_listed {
        gives.features.extend(listed(true));
        gives.limits = named;
    } else {
        let plan_name = license.plan.as_deref().expect("a license names its plan");
        let plan = &product.plans[plan_name];
        gives.features.extend(plan.features.clone());
        gives.rates = account::paces(world, plan);
        gives.features.extend(listed(true));
        for taken in listed(false) {
            gives.features.remove(&taken);
        }
        for (limit, term) in &plan.limits {
            let named = named.get(limit).copied();
            let number = match (*term, named) {
                (Term::Licensed { plus, .. }, Some(number)) => number.plus(plus),
                (_, None) => value(world, limit, *term, None),
                (_, Some(number)) => number.max(value(world, limit, *term, None)),
            };
            gives.limits.insert(limit.clone(), number);
        }
        add_ons(world, &mut gives, &license.addons, plan_name);
    }
    Source {
        gives,
        plan: license.plan.clone(),
        state: license.state(world),
        expires: license.expires,
        is_license: true,
    }
}

/// R4 for a subscription, and R3 for an account that has add-ons and no plan; none where it gives nothing.
pub(super) fn of_subscription(world: &World) -> Option<Source> {
    let terms = &world.terms;
    if terms.plan.is_none() && terms.addons.is_empty() {
        return None;
    }
    let base = account::base_plan(world);
    let plan_name = terms
        .plan
        .as_ref()
        .map_or(base.as_str(), |plan| plan.as_str());
    let plan = world.product.plans.get(plan_name)?;
    let mut gives = Gives {
        features: plan.features.clone(),
        limits: BTreeMap::new(),
        rates: account::paces(world, plan),
    };
    for (limit, term) in &plan.limits {
        gives
            .limits
            .insert(limit.clone(), value(world, limit, *term, terms.quantity));
    }
    let addons: Vec<_> = terms
        .addons
        .iter()
        .map(|addon| addon.as_str().to_owned())
        .collect();
    add_ons(world, &mut gives, &addons, plan_name);
    Some(Source {
        gives,
        plan: terms.plan.as_ref().map(|plan| plan.as_str().to_owned()),
        state: subscription_state(world, plan),
        expires: subscription_expires(world),
        is_license: false,
    })
}

/// R2 and R7
fn subscription_state(world: &World, plan: &Plan) -> State {
    let now = world.now;
    if world
        .terms
        .ends_at
        .is_some_and(|end| end.unix_seconds() <= now)
    {
        return State::Expired;
    }
    match world.terms.status {
        SubscriptionStatus::Active | SubscriptionStatus::Trialing => State::Active,
        SubscriptionStatus::PastDue { since }
            if now < since.unix_seconds() + plan.past_due_grace_days * DAY =>
        {
            State::Grace
        }
        _ => State::Expired,
    }
}

/// R8
fn subscription_expires(world: &World) -> i64 {
    let end = world.terms.ends_at.map(|end| end.unix_seconds());
    let other = match world.terms.status {
        SubscriptionStatus::PastDue { since } => Some(since.unix_seconds()),
        SubscriptionStatus::Cancelled { at } => Some(at.unix_seconds()),
        _ => None,
    };
    [end, other].into_iter().flatten().min().unwrap_or(i64::MAX)
}

/// What a plan gives of a limit where no license names a number for it.
fn value(world: &World, limit: &str, term: Term, quantity: Option<u64>) -> Number {
    let default = match (term, quantity) {
        (Term::Fixed(number), _) => Some(number),
        (Term::Quantity { .. }, Some(bought)) => Some(Number::AtMost(bought)),
        (Term::Licensed { default, .. } | Term::Quantity { default }, _) => default,
    };
    default.unwrap_or_else(|| account::base(world).limits[limit])
}

/// R3 and the end of R4.
fn add_ons(world: &World, gives: &mut Gives, names: &[String], plan: &str) {
    let names: BTreeSet<_> = names.iter().collect();
    let addons = names
        .into_iter()
        .filter_map(|name| world.product.addons.get(name));
    let addons: Vec<_> = addons
        .filter(|addon| addon.requires.is_empty() || addon.requires.iter().any(|name| name == plan))
        .collect();
    for addon in &addons {
        gives.features.extend(addon.features.clone());
        for (limit, more) in &addon.adds {
            let before = gives.limits[limit];
            gives.limits.insert(limit.clone(), before.plus(*more));
        }
    }
    for addon in &addons {
        for (limit, number) in &addon.replaces {
            let before = gives.limits[limit];
            gives.limits.insert(limit.clone(), before.max(*number));
        }
    }
}
