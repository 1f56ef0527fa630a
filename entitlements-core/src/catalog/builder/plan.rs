use std::time::Duration;

use super::PriceBuilder;
use super::shared::{self, call, call_with, labelled, limit_item, sold};
use crate::catalog::document::{Draft, Item};
use crate::catalog::{Limit, LimitTerm, Retention};

/// A plan, for [`CatalogBuilder::plan`](super::CatalogBuilder::plan).
#[derive(Debug, Clone)]
#[must_use]
pub struct PlanBuilder {
    pub(super) name: String,
    pub(super) draft: Draft,
}

sold!(PlanBuilder);
labelled!(PlanBuilder);

impl PlanBuilder {
    /// Builds on another plan: its features stay, its limits, rates and retention until they are named anew.
    pub fn extends(mut self, plan: &str) -> Self {
        self.draft
            .set("extends", call("extends", plan), Item::text(plan));
        self
    }

    /// Allows this many; 0 is none.
    pub fn limit(self, limit: &str, most: u64) -> Self {
        self.term("limit", limit, limit_item(Limit::AtMost(most)))
    }

    /// Allows any number.
    pub fn unlimited(self, limit: &str) -> Self {
        self.term("unlimited", limit, limit_item(Limit::Unlimited))
    }

    /// Allows what the license or the subscription says.
    pub fn limit_term(self, limit: &str, term: LimitTerm) -> Self {
        let mut table = Draft::default();
        let mut flag = |key: &str, default: Option<Limit>| {
            table.set(key, String::new(), Item::Boolean(true));
            if let Some(default) = default {
                table.set("default", String::new(), limit_item(default));
            }
        };
        match term {
            LimitTerm::Fixed(fixed) => return self.term("limit_term", limit, limit_item(fixed)),
            LimitTerm::Licensed { plus, default } => {
                flag("licensed", default);
                table.set("plus", String::new(), Item::Integer(plus.into()));
            }
            LimitTerm::Quantity { default } => flag("quantity", default),
        }
        self.term("limit_term", limit, Item::Table(table))
    }

    /// Allows `requests` per `per`, and as many at once.
    pub fn rate(self, rate: &str, requests: u64, per: Duration) -> Self {
        self.rate_with_burst(rate, requests, per, requests)
    }

    /// Allows `requests` per `per`, and `burst` at once.
    pub fn rate_with_burst(mut self, rate: &str, requests: u64, per: Duration, burst: u64) -> Self {
        let mut table = Draft::default();
        table.set("requests", String::new(), Item::Integer(requests.into()));
        table.set("per", String::new(), Item::duration(per));
        table.set("burst", String::new(), Item::Integer(burst.into()));
        self.draft.fill("rates", |rates| {
            rates.add(rate, call("rate", rate), Item::Table(table));
        });
        self
    }

    /// Takes off the rate that a plan below has set.
    pub fn unlimited_rate(mut self, rate: &str) -> Self {
        let unlimited = Item::text("unlimited");
        self.draft.fill("rates", |rates| {
            rates.add(rate, call("unlimited_rate", rate), unlimited);
        });
        self
    }

    /// Lets it be tried for this many days.
    pub fn trial_days(mut self, days: u32) -> Self {
        self.draft.set(
            "trial_days",
            call_with("trial_days", days),
            Item::Integer(days.into()),
        );
        self
    }

    /// Keeps it for this many days while a subscription is past due; 7 by default.
    pub fn past_due_grace_days(mut self, days: u32) -> Self {
        let call = call_with("past_due_grace_days", days);
        self.draft
            .set("past_due_grace_days", call, Item::Integer(days.into()));
        self
    }

    fn term(mut self, method: &str, limit: &str, item: Item) -> Self {
        self.draft.fill("limits", |limits| {
            limits.add(limit, call(method, limit), item);
        });
        self
    }
}
