use crate::Catalog;
use crate::catalog::{Plan, PlanId};

impl Catalog {
    /// Every plan as a table shows them: those of [`plan_order`](Self::plan_order) low to high, then the others by code.
    #[must_use]
    pub fn plans_in_order(&self) -> Vec<(PlanId, &Plan)> {
        let ranked = self.plan_order().iter().map(|id| (*id, self.plan_at(*id)));
        let others = self.plans().filter(|(id, _)| self.rank(*id).is_none());
        ranked.chain(others).collect()
    }
}
