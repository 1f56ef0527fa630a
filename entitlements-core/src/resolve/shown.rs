//! R7: the plan in force and the plan shown.

use super::status::Judged;
use crate::Catalog;
use crate::catalog::PlanId;

/// The best license: by status, then by plan, then by the later expiry, then by id.
pub(super) fn best<'a, 'l>(licenses: &'a [Judged<'l>]) -> Option<&'a Judged<'l>> {
    licenses.iter().max_by_key(|judged| {
        (
            judged.status,
            judged.rank,
            judged.license.expires_at(),
            judged.license.id(),
        )
    })
}

/// The highest plan among base and sources in force. A plan that `plan_order` lacks is below all that it has, and above
/// the base plan where that is not in it either, also where a license is for the base plan.
pub(super) fn plan_in_force(catalog: &Catalog, base: PlanId, licenses: &[Judged<'_>]) -> PlanId {
    licenses
        .iter()
        .filter(|judged| judged.status.is_in_force())
        .filter_map(|judged| judged.plan.map(|plan| (judged.rank, plan != base, plan)))
        .chain([(catalog.rank(base), false, base)])
        .max()
        .map_or(base, |(_, _, plan)| plan)
}
