use super::shared::{call, call_with};
use crate::catalog::document::{Draft, Item};

/// Which claim says what, for [`LicenseBuilder::claims`](super::LicenseBuilder::claims).
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ClaimsBuilder {
    pub(super) draft: Draft,
}

macro_rules! claims {
    ($($(#[$docs:meta])* $name:ident)*) => {
        impl ClaimsBuilder {
            $(
                $(#[$docs])*
                pub fn $name(self, claim: &str) -> Self {
                    self.text(stringify!($name), claim)
                }
            )*
        }
    };
}

claims! {
    /// Names the claim of the license's id; `jti` by default.
    id
    /// Says what an id must start with; anything by default.
    id_prefix
    /// Names the claim of the customer; `sub` by default.
    customer
    /// Names the claim of the plan; `tier` by default.
    plan
    /// Names the claim of the features; `features` by default.
    features
    /// Names the claim that is an object of all limits; `limits` by default.
    limits
    /// Names the claim of the add-ons; `addons` by default.
    addons
    /// Names the claim of the expiry, a number of seconds; `exp` by default.
    expires
    /// Names the claim of the days of grace; `grace_days` by default.
    grace_days
    /// Names the claim of the deployments that the key is bound to; `deployment_ids` by default.
    deployments
    /// Names the claim of the fingerprint that the key is bound to; `instance` by default.
    instance
    /// Names the claim that marks a trial; `trial` by default.
    trial
}

impl ClaimsBuilder {
    /// Begins with claims as they are named by default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the claim that holds the SHA-256 of the trimmed lower-case customer.
    pub fn customer_sha256(self, claim: &str) -> Self {
        self.table("customer", "customer_sha256", claim, "hash", "sha256")
    }

    /// Names the claim of the expiry, written in RFC 3339.
    pub fn expires_rfc3339(self, claim: &str) -> Self {
        self.table("expires", "expires_rfc3339", claim, "format", "rfc3339")
    }

    /// Says what keys call a plan.
    pub fn plan_value(self, value: &str, plan: &str) -> Self {
        self.entry("plan_values", "plan_value", value, plan)
    }

    /// Names the claim of one limit, where each has its own.
    pub fn limit(self, limit: &str, claim: &str) -> Self {
        self.entry("limits", "limit", limit, claim)
    }

    /// Names the claim of a rate's requests by its path, such as `limits.api_rate`.
    pub fn rate(self, rate: &str, path: &str) -> Self {
        self.entry("rates", "rate", rate, path)
    }

    /// Says which numbers in limits mean unlimited; -1 by default.
    pub fn unlimited(mut self, numbers: impl IntoIterator<Item = i64>) -> Self {
        let item = |number: i64| (call_with("unlimited", number), Item::Integer(number.into()));
        let items = numbers.into_iter().map(item).collect();
        self.draft
            .set("unlimited", String::new(), Item::Array(items));
        self
    }

    fn text(mut self, key: &str, text: &str) -> Self {
        self.draft.set(key, call(key, text), Item::text(text));
        self
    }

    fn entry(mut self, table: &str, method: &str, key: &str, value: &str) -> Self {
        self.draft.fill(table, |table| {
            table.add(key, call(method, key), Item::text(value));
        });
        self
    }

    fn table(mut self, key: &str, method: &str, claim: &str, how: &str, word: &str) -> Self {
        let mut table = Draft::default();
        table.set("claim", String::new(), Item::text(claim));
        table.set(how, String::new(), Item::text(word));
        self.draft.set(key, call(method, claim), Item::Table(table));
        self
    }
}
