//! R7: the plan in force and the plan shown.

use super::sources::Judged;
use crate::Catalog;
use crate::catalog::PlanId;

/// The best source: by status, then by plan, then by the later expiry; of equals a license, the one with the larger id.
/// Add-ons alone are none: they have no plan to show.
pub(super) fn best<'a, 'l>(sources: &'a [Judged<'l>]) -> Option<&'a Judged<'l>> {
    sources
        .iter()
        .filter(|judged| judged.is_held())
        .max_by_key(|judged| {
            (
                judged.status,
                judged.rank,
                judged.expires_at.is_none(),
                judged.expires_at,
                judged.source.license().map(|license| license.id()),
            )
        })
}

/// The highest plan among base and sources in force. A plan that `plan_order` lacks is below all that it has, and above
/// the base plan where that is not in it either, also where a source is for the base plan.
pub(super) fn plan_in_force(catalog: &Catalog, base: PlanId, sources: &[Judged<'_>]) -> PlanId {
    sources
        .iter()
        .filter(|judged| judged.is_in_force())
        .filter_map(|judged| judged.plan.map(|plan| (judged.rank, plan != base, plan)))
        .chain([(catalog.rank(base), false, base)])
        .max()
        .map_or(base, |(_, _, plan)| plan)
}
