//! What a limit counts, over which time, and what happens beyond it.

use super::change::{Change, ChangeKind, Findings, Subject, Verdict};
use crate::catalog::{LimitDefinition, LimitKind, Overage, Period};
use crate::strict::duration;

pub(super) fn compare(
    name: &str,
    old: &LimitDefinition,
    next: &LimitDefinition,
    findings: &mut Findings,
) {
    let mut add = |verdict, old: String, next: String| {
        let change = Change::new(&Subject::Everyone, ChangeKind::LimitKind, name);
        findings.add_if_told(verdict, change.from(Some(old)).to(Some(next)));
    };
    let (old, next) = (old.kind(), next.kind());
    add(weigh_kinds(old, next), kind_text(old), kind_text(next));
    if let (
        LimitKind::Metered {
            warn_at, overage, ..
        },
        LimitKind::Metered {
            warn_at: next_warn_at,
            overage: next_overage,
            ..
        },
    ) = (old, next)
    {
        let verdict = Verdict::of(&beyond(*overage), &beyond(*next_overage));
        add(verdict, overage_text(*overage), overage_text(*next_overage));
        add(
            Verdict::Neither,
            warnings_text(warn_at),
            warnings_text(next_warn_at),
        );
    }
}

/// As many in a longer time are fewer.
fn weigh_kinds(old: &LimitKind, next: &LimitKind) -> Verdict {
    let length = |kind: &LimitKind| match kind {
        LimitKind::Metered { period, .. } => match period {
            Period::Hour => Some(1),
            Period::Day => Some(2),
            Period::Month => Some(3),
            Period::Year => Some(4),
            Period::Billing => None,
        },
        LimitKind::Count | LimitKind::Concurrent { .. } => None,
    };
    match (length(old), length(next)) {
        (Some(old), Some(next)) => Verdict::of(&next, &old),
        _ => Verdict::Neither,
    }
}

fn kind_text(kind: &LimitKind) -> String {
    match kind {
        LimitKind::Count => "counted".to_owned(),
        LimitKind::Concurrent { lease } => format!("leases of {}", duration::write(*lease)),
        LimitKind::Metered { period, .. } => {
            let period = match period {
                Period::Hour => "an hour",
                Period::Day => "a day",
                Period::Month => "a month",
                Period::Year => "a year",
                Period::Billing => "a billing period",
            };
            format!("metered, so many {period}")
        }
    }
}

/// How many percent beyond the limit are let through.
const fn beyond(overage: Overage) -> u64 {
    match overage {
        Overage::Block => 0,
        Overage::Percent(percent) => percent as u64,
        Overage::Allow => u64::MAX,
    }
}

fn overage_text(overage: Overage) -> String {
    match overage {
        Overage::Block => "refused beyond the limit".to_owned(),
        Overage::Allow => "allowed beyond the limit".to_owned(),
        Overage::Percent(percent) => format!("allowed up to {percent} % beyond the limit"),
    }
}

fn warnings_text(warn_at: &[u32]) -> String {
    if warn_at.is_empty() {
        return "no warnings".to_owned();
    }
    let percentages: Vec<_> = warn_at
        .iter()
        .map(|percent| format!("{percent} %"))
        .collect();
    format!("warns at {}", percentages.join(", "))
}
