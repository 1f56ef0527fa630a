//! What a plan's customers have, before and after.

use super::base::Base;
use super::change::{Change, ChangeKind, Findings, Subject, Verdict};
use super::terms::{self, Side};
use super::wording::count_days;
use crate::catalog::{Catalog, Plan};

/// Compares every plan with the one that its customers will have.
pub(super) fn compare_all(
    before: &Catalog,
    after: &Catalog,
    bases: (&Base<'_>, &Base<'_>),
    findings: &mut Findings,
) {
    for (_, plan) in before.plans_in_order() {
        let subject = Subject::Plan(plan.name().to_owned());
        let successor = successor(before, after, plan);
        match successor {
            Some(next) => compare(&subject, (plan, next), bases, findings),
            None => gone(&subject, plan, None, findings),
        }
        if let Some(next) = successor.filter(|next| next.name() != plan.name()) {
            gone(&subject, plan, Some(next), findings);
        }
    }
    for (_, plan) in after.plans_in_order() {
        if before.plan(plan.name()).is_none() {
            let subject = Subject::Plan(plan.name().to_owned());
            let change =
                Change::new(&subject, ChangeKind::Plan, plan.name()).to(Some(plan.title()));
            findings.add(Verdict::Gain, change);
        }
    }
    base_plans(before, after, bases, findings);
}

/// The plan of the next catalog that stands for `plan`: the one of its name, or the one that its keys are read as.
fn successor<'a>(before: &Catalog, after: &'a Catalog, plan: &Plan) -> Option<&'a Plan> {
    let mapped = |value: &str| after.plan(after.license.claims.plan_values.get(value)?);
    let old_values = &before.license.claims.plan_values;
    let old_values = old_values.iter().filter(|(_, code)| *code == plan.name());
    let read_as = || {
        mapped(plan.name()).or_else(|| {
            old_values
                .map(|(value, _)| value)
                .find_map(|value| mapped(value))
        })
    };
    after.plan(plan.name()).or_else(read_as)
}

fn gone(subject: &Subject, plan: &Plan, successor: Option<&Plan>, findings: &mut Findings) {
    // Whoever has a key keeps what the successor gives; a subscription that is stored by the old code does not.
    let after = successor.map(|next| format!("keys are read as plan `{}`", next.name()));
    let change = Change::new(subject, ChangeKind::Plan, plan.name())
        .from(Some(plan.title()))
        .to(after);
    findings.add(Verdict::Loss, change);
}

/// R1: those who hold nothing, where another plan now stands for them.
fn base_plans(
    before: &Catalog,
    after: &Catalog,
    bases: (&Base<'_>, &Base<'_>),
    findings: &mut Findings,
) {
    let defaults = (
        before.plan_at(before.default_plan()),
        after.plan_at(after.default_plan()),
    );
    let pairs = [
        (Subject::Unlicensed, Some(defaults)),
        (
            Subject::UnlicensedSelfHosted,
            bases.0.self_hosted().zip(bases.1.self_hosted()),
        ),
    ];
    let mut told = None;
    for (subject, pair) in pairs {
        let Some((old, next)) = pair else { continue };
        let codes = (old.name(), next.name());
        if codes.0 == codes.1 || told.replace(codes) == Some(codes) {
            continue;
        }
        let change = Change::new(&subject, ChangeKind::DefaultPlan, "default_plan");
        findings.add(
            Verdict::Neither,
            change.from(Some(codes.0)).to(Some(codes.1)),
        );
        terms::compare(
            &subject,
            Side {
                plan: old,
                base: bases.0,
            },
            Side {
                plan: next,
                base: bases.1,
            },
            findings,
        );
    }
}

fn compare(
    subject: &Subject,
    (old, next): (&Plan, &Plan),
    bases: (&Base<'_>, &Base<'_>),
    findings: &mut Findings,
) {
    terms::compare(
        subject,
        Side {
            plan: old,
            base: bases.0,
        },
        Side {
            plan: next,
            base: bases.1,
        },
        findings,
    );
    let trial = |plan: &Plan| plan.trial_days().unwrap_or(0);
    days(
        subject,
        ChangeKind::TrialDays,
        "trial_days",
        (trial(old), trial(next)),
        findings,
    );
    let grace = (old.past_due_grace_days(), next.past_due_grace_days());
    days(
        subject,
        ChangeKind::PastDueGraceDays,
        "past_due_grace_days",
        grace,
        findings,
    );
    let price =
        |plan: &Plan, base: &Base<'_>| plan.price().map(|price| base.catalog().price_text(price));
    let change = Change::new(subject, ChangeKind::Price, "price");
    findings.add_if_told(
        Verdict::Neither,
        change.from(price(old, bases.0)).to(price(next, bases.1)),
    );
    super::product::labels(
        subject,
        next.name(),
        (old.title(), next.title()),
        (old.description(), next.description()),
        findings,
    );
}

/// Adds days that are fewer, more or the same.
pub(super) fn days(
    subject: &Subject,
    kind: ChangeKind,
    name: &str,
    (before, after): (u32, u32),
    findings: &mut Findings,
) {
    let change = Change::new(subject, kind, name);
    let text = |days: u32| Some(count_days(days.into()));
    findings.add_if_told(
        Verdict::of(&before, &after),
        change.from(text(before)).to(text(after)),
    );
}
