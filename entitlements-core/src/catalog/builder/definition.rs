use std::time::Duration;

use super::shared::{self, call_with, labelled};
use crate::catalog::document::{Draft, Item};
use crate::catalog::{Overage, Period};

/// A feature, for [`CatalogBuilder::feature`](super::CatalogBuilder::feature).
#[derive(Debug, Clone)]
#[must_use]
pub struct FeatureBuilder {
    pub(super) name: String,
    pub(super) draft: Draft,
}

impl FeatureBuilder {
    /// Begins a feature with this name, which license keys, gates and the API use.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            draft: Draft::default(),
        }
    }
}

labelled!(FeatureBuilder);

impl From<&str> for FeatureBuilder {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// A rate, for [`CatalogBuilder::rate`](super::CatalogBuilder::rate).
#[derive(Debug, Clone)]
#[must_use]
pub struct RateBuilder {
    pub(super) name: String,
    pub(super) draft: Draft,
}

impl RateBuilder {
    /// Begins a rate with this name, which license keys, gates and the API use.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            draft: Draft::default(),
        }
    }
}

labelled!(RateBuilder);

impl From<&str> for RateBuilder {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// A limit of one of three kinds, for [`CatalogBuilder::limit`](super::CatalogBuilder::limit).
#[derive(Debug, Clone)]
#[must_use]
pub struct LimitBuilder {
    pub(super) name: String,
    pub(super) draft: Draft,
}

impl LimitBuilder {
    /// Begins a limit on things that exist: users, projects.
    pub fn count(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            draft: Draft::default(),
        }
    }

    /// Begins a limit on things that happen, counted anew in each period.
    pub fn metered(name: &str, period: Period) -> Self {
        let mut limit = Self::count(name);
        let period = match period {
            Period::Hour => "hour",
            Period::Day => "day",
            Period::Month => "month",
            Period::Year => "year",
            Period::Billing => "billing",
        };
        limit
            .draft
            .set("kind", String::new(), Item::text("metered"));
        limit.draft.set("period", String::new(), Item::text(period));
        limit
    }

    /// Begins a limit on leases that lapse by themselves: nodes, connections.
    pub fn concurrent(name: &str, lease: Duration) -> Self {
        let mut limit = Self::count(name);
        limit
            .draft
            .set("kind", String::new(), Item::text("concurrent"));
        limit
            .draft
            .set("lease", String::new(), Item::duration(lease));
        limit
    }

    /// Says at which percentages of a metered limit to warn, rising; 90 and 100 by default.
    pub fn warn_at(mut self, percentages: impl IntoIterator<Item = u32>) -> Self {
        let item = |number: u32| (call_with("warn_at", number), Item::Integer(number.into()));
        let items = percentages.into_iter().map(item).collect();
        self.draft.set("warn_at", String::new(), Item::Array(items));
        self
    }

    /// Says what happens beyond a metered limit; by default it is refused.
    pub fn overage(mut self, overage: Overage) -> Self {
        let item = match overage {
            Overage::Block => Item::text("block"),
            Overage::Allow => Item::text("allow"),
            Overage::Percent(percent) => {
                let mut table = Draft::default();
                table.set("percent", String::new(), Item::Integer(percent.into()));
                Item::Table(table)
            }
        };
        self.draft.set("overage", ".overage()".into(), item);
        self
    }
}

labelled!(LimitBuilder);

impl From<&str> for LimitBuilder {
    fn from(name: &str) -> Self {
        Self::count(name)
    }
}
