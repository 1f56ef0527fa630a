//! R3: what a source says, in the same words for licenses and subscriptions.

use super::addons::Addons;
use super::sources::{Source, plan_beneath};
use crate::account::AccountTerms;
use crate::catalog::{Grants, Plan, PlanId};
use crate::license::License;
use crate::{Catalog, Limit};

/// What a source says, before the catalog's rules make numbers of it.
#[derive(Debug, Default)]
pub(super) struct Offer<'a> {
    /// The plan that it gives.
    pub(super) plan: Option<&'a Plan>,
    /// Features that it lists, on or taken from its plan.
    pub(super) features: &'a [(String, bool)],
    /// Limits that it names.
    pub(super) limits: &'a [(String, Limit)],
    /// Rates that it names, in requests per the plan's time.
    pub(super) rates: &'a [(String, Limit)],
    /// How many were bought, for limits that the plan sets by quantity.
    pub(super) quantity: Option<Limit>,
    pub(super) addons: Addons<'a>,
}

impl<'a> Offer<'a> {
    pub(super) fn of(catalog: &'a Catalog, base: PlanId, source: Source<'a>) -> Self {
        match source {
            Source::License(held) => Self::of_license(catalog, &held.license),
            Source::Subscription(terms) => Self::of_subscription(catalog, base, terms),
        }
    }

    /// The key's plan, what it lists and its add-ons; with `grants = "listed"` the listed features and limits alone.
    fn of_license(catalog: &'a Catalog, license: &'a License) -> Self {
        let listed = Self {
            features: license.features(),
            limits: license.limits(),
            ..Self::default()
        };
        match catalog.license().grants() {
            Grants::Listed => listed,
            Grants::PlanAndListed => Self {
                plan: license.plan().and_then(|plan| catalog.plan(plan)),
                rates: license.rates(),
                addons: Addons::of_license(catalog, license),
                ..listed
            },
        }
    }

    /// A subscription lists nothing. Add-ons without a plan stand on the base plan.
    fn of_subscription(catalog: &'a Catalog, base: PlanId, terms: &'a AccountTerms) -> Self {
        let plan = plan_beneath(catalog, base, terms);
        let addons = terms.addons.iter().map(|name| name.as_str());
        Self {
            plan: plan.map(|plan| catalog.plan_at(plan)),
            quantity: terms.quantity.map(Limit::AtMost),
            addons: Addons::of(catalog, plan, addons),
            ..Self::default()
        }
    }

    /// The number that it names for a limit.
    pub(super) fn listed_limit(&self, name: &str) -> Option<Limit> {
        find(self.limits, name)
    }

    /// The requests that it names for a rate.
    pub(super) fn listed_rate(&self, name: &str) -> Option<Limit> {
        find(self.rates, name)
    }
}

fn find(listed: &[(String, Limit)], name: &str) -> Option<Limit> {
    let (_, value) = listed.iter().find(|(listed, _)| listed == name)?;
    Some(*value)
}
