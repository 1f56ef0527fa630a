use super::reason::plans_above;
use crate::catalog::Plan;
use crate::{Current, Denial, DenialKind};

impl Current {
    /// A denial of the application's own, for what no gate can ask: it names the plan in force and the page to upgrade at as a gate's
    /// does, and in `available_in` the plans above the one in force that `would_do` (D13).
    ///
    /// ```
    /// use entitlements_core::{DenialKind, testing};
    ///
    /// let engine = testing::on_plan(testing::catalog(), "community");
    /// let current = engine.current();
    /// let sso = current.catalog().feature_id("sso").unwrap();
    /// // Three at a time, and with `sso` as many as want to: no catalog has a number for that.
    /// let full = DenialKind::LimitExceeded {
    ///     limit: "sessions".into(),
    ///     allowed: 3,
    ///     used: 3,
    ///     expired_at: None,
    ///     resets_at: None,
    /// };
    /// let denial = current.deny(full, |plan| plan.has(sso));
    /// assert_eq!(denial.to_string(), "limit `sessions` reached: 3 of 3 in use");
    /// assert_eq!(denial.plan(), Some("community"));
    /// assert_eq!(denial.available_in(), ["business", "enterprise"]);
    /// ```
    #[must_use]
    pub fn deny(&self, kind: DenialKind, would_do: impl Fn(&Plan) -> bool) -> Denial {
        let set = self.set();
        let plans = plans_above(set, |plan| would_do(set.catalog().plan_at(plan)));
        self.finish(Denial::with_plans(kind, set, plans))
    }
}
