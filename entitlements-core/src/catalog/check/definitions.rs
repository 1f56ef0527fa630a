use std::time::Duration;

use super::Section;
use super::duration::duration;
use super::fields::{Field, Fields};
use super::report::{Report, choice, quoted};
use crate::catalog::document::Value;
use crate::catalog::label::Label;
use crate::catalog::{LimitDefinition, LimitKind, Overage, Period, RateDefinition};

/// The keys of everything that has a name for people.
pub(super) const LABEL: [&str; 2] = ["name", "description"];

const LIMIT: [&str; 7] = [
    "name",
    "description",
    "kind",
    "period",
    "warn_at",
    "overage",
    "lease",
];

const PERIODS: [(&str, Period); 5] = [
    ("hour", Period::Hour),
    ("day", Period::Day),
    ("month", Period::Month),
    ("year", Period::Year),
    ("billing", Period::Billing),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Count,
    Metered,
    Concurrent,
}

const KINDS: [(&str, Kind); 3] = [
    ("count", Kind::Count),
    ("metered", Kind::Metered),
    ("concurrent", Kind::Concurrent),
];

/// The name and description that are for people.
pub(super) fn label(name: &str, fields: &Fields<'_>, report: &mut Report<'_>) -> Label {
    let title = fields.get("name").and_then(|title| title.line(report));
    let description = fields
        .get("description")
        .and_then(|text| text.string(report));
    Label {
        name: name.to_owned(),
        title: title.map(str::to_owned),
        description: description.map(str::to_owned),
    }
}

pub(super) fn rates(tables: &Section<'_>, report: &mut Report<'_>) -> Vec<RateDefinition> {
    let definitions = tables.iter().filter_map(|(name, spot, node)| {
        let fields = Fields::of(spot, node, format!("rate {}", quoted(name)), &LABEL, report)?;
        Some(RateDefinition {
            label: label(name, &fields, report),
        })
    });
    definitions.collect()
}

pub(super) fn limits(tables: &Section<'_>, report: &mut Report<'_>) -> Vec<LimitDefinition> {
    let definitions = tables.iter().filter_map(|(name, spot, node)| {
        let fields = Fields::of(
            spot,
            node,
            format!("limit {}", quoted(name)),
            &LIMIT,
            report,
        )?;
        let label = label(name, &fields, report);
        Some(LimitDefinition {
            label,
            kind: kind(&fields, report)?,
        })
    });
    definitions.collect()
}

/// C7 to C9: the three kinds and what belongs to each.
fn kind(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<LimitKind> {
    let kind = match fields.get("kind") {
        None => Kind::Count,
        Some(field) => field.word(&KINDS, report)?,
    };
    for (key, owner, word) in [
        ("period", Kind::Metered, "metered"),
        ("warn_at", Kind::Metered, "metered"),
        ("overage", Kind::Metered, "metered"),
        ("lease", Kind::Concurrent, "concurrent"),
    ] {
        if let Some(spot) = fields.key(key).filter(|_| owner != kind) {
            let message = format!("`{key}` belongs to limits with `kind = \"{word}\"` only");
            report.add(spot, fields.about(&message));
        }
    }
    Some(match kind {
        Kind::Count => LimitKind::Count,
        Kind::Metered => {
            let period = fields
                .need("period", report)
                .and_then(|period| period.word(&PERIODS, report));
            let warn_at = fields
                .get("warn_at")
                .map_or_else(|| vec![90, 100], |field| warn_at(&field, report));
            let overage = fields
                .get("overage")
                .map_or(Some(Overage::Block), |field| overage(&field, report));
            LimitKind::Metered {
                period: period?,
                warn_at,
                overage: overage?,
            }
        }
        Kind::Concurrent => {
            let lease = fields
                .need("lease", report)
                .and_then(|lease| duration(&lease, report));
            LimitKind::Concurrent {
                lease: lease.unwrap_or(Duration::ZERO),
            }
        }
    })
}

fn warn_at(field: &Field<'_>, report: &mut Report<'_>) -> Vec<u32> {
    let mut percentages: Vec<u32> = Vec::new();
    for item in field.items(report) {
        let number = item.integer(1..=100, "a percentage", report);
        let Some(number) = number.and_then(|number| u32::try_from(number).ok()) else {
            continue;
        };
        if percentages.last().is_some_and(|last| *last >= number) {
            report.add(
                &item.node.spot,
                format!("{} must rise, but `{number}` does not", field.what),
            );
        }
        percentages.push(number);
    }
    percentages
}

fn overage(field: &Field<'_>, report: &mut Report<'_>) -> Option<Overage> {
    match &field.node.value {
        Value::String(_) => field.word(
            &[("block", Overage::Block), ("allow", Overage::Allow)],
            report,
        ),
        Value::Table(_) => {
            let fields = Fields::of(
                &field.node.spot,
                field.node,
                field.what.clone(),
                &["percent"],
                report,
            )?;
            let most = 1_000_000;
            let percent =
                fields
                    .need("percent", report)?
                    .integer(1..=most, "a percentage", report)?;
            u32::try_from(percent).ok().map(Overage::Percent)
        }
        _ => field.wrong(
            &format!("{} or `{{ percent = 25 }}`", choice(&["block", "allow"])),
            report,
        ),
    }
}
