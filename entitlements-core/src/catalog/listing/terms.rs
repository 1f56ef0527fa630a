//! Terms in the shapes that the catalog itself has for them.

use std::collections::BTreeMap;

use super::named;
use crate::catalog::{
    AddonLimit, Catalog, Cycle, Limit, LimitDefinition, LimitKind, LimitTerm, Overage, Period,
    Price, RateTerm, Retention,
};
use crate::strict::json::ObjectWriter;

const UNLIMITED: &str = "unlimited";

/// A number, or the word `unlimited`.
fn number(into: &mut ObjectWriter, name: &str, limit: Limit) {
    match limit {
        Limit::AtMost(most) => into.number(name, most),
        Limit::Unlimited => into.string(name, UNLIMITED),
    };
}

fn number_or_null(into: &mut ObjectWriter, name: &str, limit: Option<Limit>) {
    match limit {
        Some(limit) => number(into, name, limit),
        None => {
            into.null(name);
        }
    }
}

/// What a plan says about a limit.
pub(super) fn limit(into: &mut ObjectWriter, name: &str, term: LimitTerm) {
    let mut by = ObjectWriter::new();
    match term {
        LimitTerm::Fixed(limit) => return number(into, name, limit),
        LimitTerm::Licensed { plus, default } => {
            by.boolean("licensed", true).number("plus", plus);
            number_or_null(&mut by, "default", default);
        }
        LimitTerm::Quantity { default } => {
            by.boolean("quantity", true);
            number_or_null(&mut by, "default", default);
        }
    }
    into.object(name, by);
}

/// What an add-on does to a limit.
pub(super) fn addon_limit(into: &mut ObjectWriter, name: &str, change: AddonLimit) {
    match change {
        AddonLimit::Add(add) => {
            let mut by = ObjectWriter::new();
            by.number("add", add);
            into.object(name, by);
        }
        AddonLimit::AtLeast(least) => number(into, name, least),
    }
}

pub(super) fn rate(into: &mut ObjectWriter, name: &str, term: RateTerm) {
    match term {
        RateTerm::AtMost(rate) => {
            let mut term = ObjectWriter::new();
            term.number("requests", rate.requests())
                .number("per_seconds", rate.per().as_secs())
                .number("burst", rate.burst());
            into.object(name, term);
        }
        RateTerm::Unlimited => {
            into.string(name, UNLIMITED);
        }
    }
}

/// How long things are kept.
pub(super) fn retention(kept: &BTreeMap<String, Retention>) -> ObjectWriter {
    let mut retention = ObjectWriter::new();
    for (name, kept) in kept {
        match kept {
            Retention::Flag(flag) => retention.boolean(name, *flag),
            Retention::Days(days) => retention.number(name, *days),
            Retention::Unlimited => retention.string(name, UNLIMITED),
        };
    }
    retention
}

pub(super) fn price(into: &mut ObjectWriter, catalog: &Catalog, price: Option<&Price>) {
    let Some(price) = price else {
        into.null("price");
        return;
    };
    let seats = price.per_seat_of();
    let per = match price.per() {
        Cycle::Month => "month",
        Cycle::Year => "year",
    };
    let mut entry = ObjectWriter::new();
    entry
        .string("currency", price.currency())
        .number_or_null("monthly_cents", price.monthly_cents())
        .number_or_null("annual_cents", price.annual_cents())
        .string("per", per)
        .string_or_null(
            "per_seat_of",
            seats.map(|(limit, _)| catalog.limit_at(limit).name()),
        )
        .number_or_null("free_seats", seats.map(|(_, free)| free));
    into.object("price", entry);
}

/// What a limit is; members that its kind has no use for are left out.
pub(super) fn definition(limit: &LimitDefinition) -> ObjectWriter {
    let mut entry = ObjectWriter::new();
    named(&mut entry, limit.title(), limit.description());
    match limit.kind() {
        LimitKind::Count => {
            entry.string("kind", "count");
        }
        LimitKind::Metered {
            period,
            warn_at,
            overage,
        } => {
            entry
                .string("kind", "metered")
                .string("period", period_word(*period))
                .numbers("warn_at", warn_at.iter().copied());
            match overage {
                Overage::Block => entry.string("overage", "block"),
                Overage::Allow => entry.string("overage", "allow"),
                Overage::Percent(percent) => {
                    let mut beyond = ObjectWriter::new();
                    beyond.number("percent", *percent);
                    entry.object("overage", beyond)
                }
            };
        }
        LimitKind::Concurrent { lease } => {
            entry
                .string("kind", "concurrent")
                .number("lease_seconds", lease.as_secs());
        }
    }
    entry
}

const fn period_word(period: Period) -> &'static str {
    match period {
        Period::Hour => "hour",
        Period::Day => "day",
        Period::Month => "month",
        Period::Year => "year",
        Period::Billing => "billing",
    }
}
