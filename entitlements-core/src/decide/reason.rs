//! D11 to D13: which denial says that a term is not met, and where to get what is missing.

use super::bind::BoundTerm;
use super::feature;
use crate::Denial;
use crate::catalog::{FeatureId, PlanId};
use crate::denial::{DenialKind, Wanted};
use crate::license::LicenseStatus;
use crate::resolve::{Ended, EntitlementSet};

/// The denial for a term that is not met.
pub(super) fn denial(term: &BoundTerm, set: &EntitlementSet) -> Denial {
    let wanted = wanted(term, set);
    let kind = match set.ended().iter().find(|ended| had(term, ended, set)) {
        Some(ended) => DenialKind::LicenseExpired {
            wanted,
            expired_at: ended.expired_at(),
        },
        None => DenialKind::LicenseRequired {
            wanted,
            license_status: status_worth_saying(set),
        },
    };
    Denial::with_plans(kind, set, available_in(term, set))
}

/// What the answer says was asked for. Of several features, those that are missing.
fn wanted(term: &BoundTerm, set: &EntitlementSet) -> Wanted {
    let catalog = set.catalog();
    let name = |id: FeatureId| catalog.feature_at(id).name().to_owned();
    match term {
        BoundTerm::Feature(id) => Wanted::Feature(name(*id)),
        BoundTerm::AnyFeature(ids) => Wanted::AnyFeature(ids.iter().copied().map(name).collect()),
        BoundTerm::AllFeatures(ids) => Wanted::AllFeatures(missing(ids, set).map(name).collect()),
        BoundTerm::PlanAtLeast(plan) => Wanted::Plan(catalog.plan_at(*plan).name().to_owned()),
        BoundTerm::Paid => Wanted::PaidPlan,
        BoundTerm::ValidLicense => Wanted::ValidLicense,
    }
}

fn missing(ids: &[FeatureId], set: &EntitlementSet) -> impl Iterator<Item = FeatureId> {
    ids.iter()
        .copied()
        .filter(|id| !feature::is_in_force(*id, set))
}

/// D11: whether a license or subscription that has ended would have met the term.
fn had(term: &BoundTerm, ended: &Ended, set: &EntitlementSet) -> bool {
    let catalog = set.catalog();
    match term {
        BoundTerm::Feature(id) => ended.had(*id),
        BoundTerm::AnyFeature(ids) => ids.iter().any(|id| ended.had(*id)),
        BoundTerm::AllFeatures(ids) => missing(ids, set).all(|id| ended.had(id)),
        BoundTerm::PlanAtLeast(plan) => ended
            .plan()
            .is_some_and(|had| catalog.rank(had) >= catalog.rank(*plan)),
        BoundTerm::Paid => ended.plan().is_some_and(|had| {
            had != set.base_plan_id() && catalog.rank(had) >= catalog.rank(set.base_plan_id())
        }),
        BoundTerm::ValidLicense => ended.is_held(),
    }
}

/// D12: the status rides along where it explains why a license that is held does not help.
fn status_worth_saying(set: &EntitlementSet) -> Option<LicenseStatus> {
    let status = set.status();
    matches!(
        status,
        LicenseStatus::Revoked
            | LicenseStatus::WrongDeployment
            | LicenseStatus::NotYetValid
            | LicenseStatus::Invalid
    )
    .then_some(status)
}

/// D13: the plans that would meet the term, low to high.
///
/// With a `plan_order`, those of it above the plan in force; without one, every plan but that, by name.
fn available_in(term: &BoundTerm, set: &EntitlementSet) -> Vec<String> {
    let catalog = set.catalog();
    plans_above(set, |plan| {
        // Whoever has the plan has the base plan too (R1).
        let base = catalog.plan_at(set.base_plan_id());
        let has = |id: &FeatureId| {
            // What an override takes, no plan gives (R6).
            (catalog.plan_at(plan).has(*id) || base.has(*id)) && !set.is_taken(*id)
        };
        match term {
            BoundTerm::Feature(id) => has(id),
            BoundTerm::AnyFeature(ids) => ids.iter().any(has),
            BoundTerm::AllFeatures(ids) => ids.iter().all(has),
            BoundTerm::PlanAtLeast(wanted) => catalog.rank(plan) >= catalog.rank(*wanted),
            BoundTerm::Paid => plan != set.base_plan_id(),
            BoundTerm::ValidLicense => false,
        }
    })
}

/// D13: the plans that meet something, low to high.
pub(super) fn plans_above(set: &EntitlementSet, meets: impl Fn(PlanId) -> bool) -> Vec<String> {
    let catalog = set.catalog();
    let in_force = set.plan_in_force_id();
    let name = |plan: PlanId| catalog.plan_at(plan).name().to_owned();
    if catalog.plan_order().is_empty() {
        let others = catalog
            .plans()
            .map(|(id, _)| id)
            .filter(|id| *id != in_force);
        others.filter(|plan| meets(*plan)).map(name).collect()
    } else {
        let floor = catalog.rank(in_force).map_or(0, |rank| rank + 1);
        catalog
            .plan_order()
            .iter()
            .skip(floor)
            .filter(|plan| meets(**plan))
            .copied()
            .map(name)
            .collect()
    }
}
