//! U10: the denial of what does not fit under a limit, and where there would be room.

use super::reason::plans_above;
use crate::catalog::{LimitId, LimitTerm, PlanId};
use crate::denial::DenialKind;
use crate::resolve::EntitlementSet;
use crate::{Denial, Limit};

/// The denial of `amount` more where `used` are there.
pub(crate) fn limit_denial(set: &EntitlementSet, limit: LimitId, used: u64, amount: u64) -> Denial {
    let would_fit = |limit: Limit| {
        used.checked_add(amount)
            .map_or(limit.at_most().is_none(), |total| limit.allows(total))
    };
    let ended = set.ended().iter().find(|ended| {
        let had = ended.limit(limit);
        had.is_some_and(would_fit)
    });
    let catalog = set.catalog();
    // What an override replaces, no plan changes (R6).
    let is_overridden = set.is_limit_overridden(limit);
    let has_room = |plan: PlanId| {
        !is_overridden
            && match catalog.plan_at(plan).limit(limit) {
                LimitTerm::Fixed(limit) => would_fit(limit),
                // As many as are bought.
                LimitTerm::Licensed { .. } | LimitTerm::Quantity { .. } => true,
            }
    };
    let kind = DenialKind::LimitExceeded {
        limit: catalog.limit_at(limit).name().to_owned(),
        allowed: set.limit_id(limit).at_most().unwrap_or(u64::MAX),
        used,
        expired_at: ended.map(|ended| ended.expired_at()),
        resets_at: None,
    };
    Denial::with_plans(kind, set, plans_above(set, has_room))
}
