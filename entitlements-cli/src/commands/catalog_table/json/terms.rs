//! Terms in the shapes that the catalog itself has for them.

use std::collections::BTreeMap;

use entitlements_core::catalog::{
    AddonLimit, Cycle, LimitDefinition, LimitKind, LimitTerm, Overage, Period, Price, RateTerm,
    Retention,
};
use entitlements_core::{Catalog, Limit};
use serde::Serialize;

const UNLIMITED: &str = "unlimited";

/// A number, or the word `unlimited`.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Number {
    AtMost(u64),
    Word(&'static str),
}

impl Number {
    const fn of(limit: Limit) -> Self {
        match limit {
            Limit::AtMost(most) => Self::AtMost(most),
            Limit::Unlimited => Self::Word(UNLIMITED),
        }
    }
}

/// What a plan says about a limit.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Term {
    Fixed(Number),
    Licensed {
        licensed: bool,
        plus: u64,
        default: Option<Number>,
    },
    Quantity {
        quantity: bool,
        default: Option<Number>,
    },
    /// A kind of term that this version has no shape for.
    Other(String),
}

impl Term {
    pub(super) fn of(term: LimitTerm) -> Self {
        match term {
            LimitTerm::Fixed(limit) => Self::Fixed(Number::of(limit)),
            LimitTerm::Licensed { plus, default } => Self::Licensed {
                licensed: true,
                plus,
                default: default.map(Number::of),
            },
            LimitTerm::Quantity { default } => Self::Quantity {
                quantity: true,
                default: default.map(Number::of),
            },
            other => Self::Other(other.to_string()),
        }
    }
}

/// What an add-on does to a limit.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum AddonTerm {
    Add {
        add: u64,
    },
    AtLeast(Number),
    /// A kind of term that this version has no shape for.
    Other(String),
}

impl AddonTerm {
    pub(super) fn of(limit: AddonLimit) -> Self {
        match limit {
            AddonLimit::Add(add) => Self::Add { add },
            AddonLimit::AtLeast(least) => Self::AtLeast(Number::of(least)),
            other => Self::Other(other.to_string()),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum RateEntry {
    AtMost {
        requests: u64,
        per_seconds: u64,
        burst: u64,
    },
    Word(&'static str),
}

impl RateEntry {
    pub(super) const fn of(term: RateTerm) -> Self {
        match term {
            RateTerm::AtMost(rate) => Self::AtMost {
                requests: rate.requests(),
                per_seconds: rate.per().as_secs(),
                burst: rate.burst(),
            },
            RateTerm::Unlimited => Self::Word(UNLIMITED),
        }
    }
}

/// How long something is kept.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Kept {
    Flag(bool),
    Days(u64),
    Word(String),
}

pub(super) fn kept(retention: &BTreeMap<String, Retention>) -> BTreeMap<&str, Kept> {
    let value = |value: &Retention| match value {
        Retention::Flag(flag) => Kept::Flag(*flag),
        Retention::Days(days) => Kept::Days(*days),
        other => Kept::Word(other.to_string()),
    };
    retention
        .iter()
        .map(|(name, kept)| (name.as_str(), value(kept)))
        .collect()
}

#[derive(Serialize)]
pub(super) struct PriceEntry<'a> {
    currency: &'a str,
    monthly_cents: Option<u64>,
    annual_cents: Option<u64>,
    per: &'static str,
    per_seat_of: Option<&'a str>,
    free_seats: Option<u64>,
}

impl<'a> PriceEntry<'a> {
    pub(super) fn of(catalog: &'a Catalog, price: &'a Price) -> Self {
        let seats = price.per_seat_of();
        Self {
            currency: price.currency(),
            monthly_cents: price.monthly_cents(),
            annual_cents: price.annual_cents(),
            per: if price.per() == Cycle::Year {
                "year"
            } else {
                "month"
            },
            per_seat_of: seats.map(|(limit, _)| catalog.limit_at(limit).name()),
            free_seats: seats.map(|(_, free)| free),
        }
    }
}

/// What a limit is; members that its kind has no use for are left out.
#[derive(Serialize)]
pub(super) struct LimitEntry<'a> {
    name: &'a str,
    description: Option<&'a str>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warn_at: Option<&'a [u32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overage: Option<OverageEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lease_seconds: Option<u64>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum OverageEntry {
    Word(&'static str),
    Percent { percent: u32 },
}

impl<'a> LimitEntry<'a> {
    pub(super) fn of(limit: &'a LimitDefinition) -> Self {
        let entry = |kind| Self {
            name: limit.title(),
            description: limit.description(),
            kind,
            period: None,
            warn_at: None,
            overage: None,
            lease_seconds: None,
        };
        match limit.kind() {
            LimitKind::Metered {
                period,
                warn_at,
                overage: beyond,
            } => Self {
                period: Some(period_word(*period)),
                warn_at: Some(warn_at),
                overage: Some(overage(*beyond)),
                ..entry("metered")
            },
            LimitKind::Concurrent { lease } => Self {
                lease_seconds: Some(lease.as_secs()),
                ..entry("concurrent")
            },
            _ => entry("count"),
        }
    }
}

const fn period_word(period: Period) -> &'static str {
    match period {
        Period::Hour => "hour",
        Period::Day => "day",
        Period::Month => "month",
        Period::Year => "year",
        _ => "billing",
    }
}

const fn overage(overage: Overage) -> OverageEntry {
    match overage {
        Overage::Allow => OverageEntry::Word("allow"),
        Overage::Percent(percent) => OverageEntry::Percent { percent },
        _ => OverageEntry::Word("block"),
    }
}
