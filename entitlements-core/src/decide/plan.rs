//! D7 to D9: plans. D9, the highest plan, is D7 with the last of `plan_order`.

use crate::catalog::PlanId;
use crate::resolve::EntitlementSet;

/// D7: the plan in force is the demanded one or higher; one that `plan_order` lacks is lower than all.
pub(super) fn is_at_least(plan: PlanId, set: &EntitlementSet) -> bool {
    set.catalog().rank(set.plan_in_force_id()) >= set.catalog().rank(plan)
}

/// D8: the plan in force is not the base plan.
pub(super) fn is_paid(set: &EntitlementSet) -> bool {
    set.plan_in_force_id() != set.base_plan_id()
}
