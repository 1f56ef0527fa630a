//! Gates that ask for at least a plan, for the highest, or for a paid one.

use super::change::{Change, ChangeKind, Findings, Subject, Verdict};
use crate::catalog::{Catalog, Plan};

/// Compares which gates about plans the customers of each plan pass. Plans that either catalog lacks are told elsewhere.
pub(super) fn compare(before: &Catalog, after: &Catalog, findings: &mut Findings) {
    let both = || {
        let plans = before.plans_in_order().into_iter().map(|(_, plan)| plan);
        plans.filter(|plan| after.plan(plan.name()).is_some())
    };
    for plan in both() {
        let subject = Subject::Plan(plan.name().to_owned());
        for asked in both() {
            let passes = |catalog: &Catalog| is_at_least(catalog, plan, asked);
            let words = |passes| Some(if passes { "at least" } else { "below" });
            let (old, next) = (passes(before), passes(after));
            let change = Change::new(&subject, ChangeKind::PlanOrder, asked.name());
            findings.add_if_told(
                Verdict::of(&old, &next),
                change.from(words(old)).to(words(next)),
            );
        }
        let passes = |catalog: &Catalog| highest(catalog) == Some(plan.name());
        let change = Change::new(&subject, ChangeKind::HighestPlan, plan.name());
        let change = change.from(highest(before)).to(highest(after));
        if passes(before) != passes(after) {
            findings.add(Verdict::of(&passes(before), &passes(after)), change);
        }
        let paid =
            |catalog: &Catalog| catalog.plan_at(catalog.default_plan()).name() != plan.name();
        let words = |paid| Some(if paid { "paid" } else { "the default plan" });
        let (old, next) = (paid(before), paid(after));
        let change = Change::new(&subject, ChangeKind::Paid, plan.name());
        findings.add_if_told(
            Verdict::of(&old, &next),
            change.from(words(old)).to(words(next)),
        );
    }
}

fn is_at_least(catalog: &Catalog, plan: &Plan, asked: &Plan) -> bool {
    let rank = |plan: &Plan| catalog.rank(catalog.plan_id(plan.name())?);
    matches!((rank(plan), rank(asked)), (Some(plan), Some(asked)) if plan >= asked)
}

fn highest(catalog: &Catalog) -> Option<&str> {
    let highest = catalog.plan_order().last()?;
    Some(catalog.plan_at(*highest).name())
}
