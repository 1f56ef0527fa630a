//! The catalog as programs read it, with `extends` joined in. The README describes the members; they stay.

mod terms;

use std::collections::BTreeMap;

use entitlements_core::Catalog;
use entitlements_core::catalog::{Addon, Plan, PlanId};
use serde::Serialize;

use terms::{AddonTerm, Kept, LimitEntry, PriceEntry, RateEntry, Term, kept};

type ByName<'a, T> = BTreeMap<&'a str, T>;

#[derive(Serialize)]
pub(super) struct Product<'a> {
    product: &'a str,
    upgrade_url: Option<&'a str>,
    default_plan: &'a str,
    plans: Vec<PlanEntry<'a>>,
    addons: Vec<AddonEntry<'a>>,
    features: ByName<'a, Label<'a>>,
    limits: ByName<'a, LimitEntry<'a>>,
    rates: ByName<'a, Label<'a>>,
}

#[derive(Serialize)]
struct Label<'a> {
    name: &'a str,
    description: Option<&'a str>,
}

#[derive(Serialize)]
struct PlanEntry<'a> {
    code: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    /// Its place in `plan_order`, from 0; null for a plan that cannot be compared.
    order: Option<usize>,
    default: bool,
    extends: Option<&'a str>,
    features: Vec<&'a str>,
    limits: ByName<'a, Term>,
    rates: ByName<'a, RateEntry>,
    retention: ByName<'a, Kept>,
    price: Option<PriceEntry<'a>>,
    trial_days: Option<u32>,
    past_due_grace_days: u32,
    stripe_prices: &'a [String],
}

#[derive(Serialize)]
struct AddonEntry<'a> {
    code: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    requires: Vec<&'a str>,
    features: Vec<&'a str>,
    limits: ByName<'a, AddonTerm>,
    retention: ByName<'a, Kept>,
    price: Option<PriceEntry<'a>>,
    stripe_prices: &'a [String],
}

impl<'a> Product<'a> {
    pub(super) fn of(catalog: &'a Catalog) -> Self {
        Self {
            product: catalog.product_name(),
            upgrade_url: catalog.upgrade_url(),
            default_plan: catalog.plan_at(catalog.default_plan()).name(),
            plans: catalog
                .plans_in_order()
                .into_iter()
                .map(|(id, plan)| PlanEntry::of(catalog, id, plan))
                .collect(),
            addons: catalog
                .addons()
                .map(|(_, addon)| AddonEntry::of(catalog, addon))
                .collect(),
            features: catalog
                .features()
                .map(|(_, feature)| {
                    (
                        feature.name(),
                        Label {
                            name: feature.title(),
                            description: feature.description(),
                        },
                    )
                })
                .collect(),
            limits: catalog
                .limits()
                .map(|(_, limit)| (limit.name(), LimitEntry::of(limit)))
                .collect(),
            rates: catalog
                .rates()
                .map(|(_, rate)| {
                    (
                        rate.name(),
                        Label {
                            name: rate.title(),
                            description: rate.description(),
                        },
                    )
                })
                .collect(),
        }
    }
}

impl<'a> PlanEntry<'a> {
    fn of(catalog: &'a Catalog, id: PlanId, plan: &'a Plan) -> Self {
        Self {
            code: plan.name(),
            name: plan.title(),
            description: plan.description(),
            order: catalog.rank(id),
            default: id == catalog.default_plan(),
            extends: plan.extends().map(|parent| catalog.plan_at(parent).name()),
            features: catalog
                .features()
                .filter(|(id, _)| plan.has(*id))
                .map(|(_, feature)| feature.name())
                .collect(),
            limits: catalog
                .limits()
                .map(|(id, limit)| (limit.name(), Term::of(plan.limit(id))))
                .collect(),
            rates: catalog
                .rates()
                .map(|(id, definition)| (definition.name(), RateEntry::of(plan.rate(id))))
                .collect(),
            retention: kept(plan.retention()),
            price: plan.price().map(|price| PriceEntry::of(catalog, price)),
            trial_days: plan.trial_days(),
            past_due_grace_days: plan.past_due_grace_days(),
            stripe_prices: plan.stripe_prices(),
        }
    }
}

impl<'a> AddonEntry<'a> {
    fn of(catalog: &'a Catalog, addon: &'a Addon) -> Self {
        let limits = addon.limits().iter();
        let limits =
            limits.map(|(id, change)| (catalog.limit_at(*id).name(), AddonTerm::of(*change)));
        Self {
            code: addon.name(),
            name: addon.title(),
            description: addon.description(),
            requires: addon
                .requires()
                .iter()
                .map(|plan| catalog.plan_at(*plan).name())
                .collect(),
            features: catalog
                .features()
                .filter(|(id, _)| addon.has(*id))
                .map(|(_, feature)| feature.name())
                .collect(),
            limits: limits.collect(),
            retention: kept(addon.retention()),
            price: addon.price().map(|price| PriceEntry::of(catalog, price)),
            stripe_prices: addon.stripe_prices(),
        }
    }
}
