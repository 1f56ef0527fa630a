//! R3: which add-ons of a source count, and in which steps they are added.

use std::collections::BTreeSet;

use crate::Catalog;
use crate::catalog::{Addon, PlanId};
use crate::license::License;

/// The add-ons that a source names, each once however often it names them, in the order of names (I6).
#[derive(Debug, Default)]
pub(super) struct Addons<'a> {
    /// Those that its plan can have.
    pub(super) applicable: Vec<&'a Addon>,
    /// Those that its plan cannot have.
    pub(super) inapplicable: Vec<&'a Addon>,
}

impl<'a> Addons<'a> {
    pub(super) fn of<'n>(
        catalog: &'a Catalog,
        plan: Option<PlanId>,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let ids = names.into_iter().filter_map(|name| catalog.addon_id(name));
        let ids: BTreeSet<_> = ids.collect();
        let (applicable, inapplicable) = ids
            .into_iter()
            .map(|id| catalog.addon_at(id))
            .partition(|addon| is_for(addon, plan));
        Self {
            applicable,
            inapplicable,
        }
    }

    pub(super) fn of_license(catalog: &'a Catalog, license: &License) -> Self {
        let plan = license.plan().and_then(|plan| catalog.plan_id(plan));
        Self::of(catalog, plan, license.addons().iter().map(String::as_str))
    }

    /// What is done with those that count, in steps: first everything that adds up, then what replaces a smaller number. So
    /// the order of add-ons does not matter (I6).
    pub(super) fn additions(&self) -> impl Iterator<Item = Addition<'a>> {
        let adds = self.applicable.iter().copied().map(Addition::Adds);
        adds.chain(self.applicable.iter().copied().map(Addition::Raises))
    }
}

/// One step of adding an add-on to what its source gives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Addition<'a> {
    /// Its features, its retention, and what it adds to limits.
    Adds(&'a Addon),
    /// The numbers that replace a smaller one.
    Raises(&'a Addon),
}

impl<'a> Addition<'a> {
    pub(super) const fn addon(self) -> &'a Addon {
        match self {
            Self::Adds(addon) | Self::Raises(addon) => addon,
        }
    }
}

/// Whether an add-on may be added to this plan.
fn is_for(addon: &Addon, plan: Option<PlanId>) -> bool {
    addon.requires().is_empty() || plan.is_some_and(|plan| addon.requires().contains(&plan))
}

/// The license's add-ons that its plan cannot have.
pub(crate) fn inapplicable_addons<'a>(
    catalog: &'a Catalog,
    license: &License,
) -> impl Iterator<Item = &'a Addon> {
    Addons::of_license(catalog, license)
        .inapplicable
        .into_iter()
}
