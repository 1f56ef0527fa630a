//! What a scenario's route demands.

use std::time::Duration;

use entitlements_core::allowlist::{FixedAllowlist, WhenEmpty};
use entitlements_core::{OnUnavailable, Requirement};
use serde::Deserialize;

use super::rates::{self, By, Cost, OwnRate, Told};

/// Terms, demanded in the order that they are written in.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Require {
    One(Box<Terms>),
    Several(Vec<Terms>),
}

impl Require {
    /// The requirement.
    #[must_use]
    pub fn requirement(&self) -> Requirement {
        self.terms()
            .iter()
            .fold(Requirement::default(), |all, terms| terms.add_to(all))
    }

    /// Whether anything is counted.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.terms().iter().any(Terms::counts)
    }

    fn terms(&self) -> &[Terms] {
        match self {
            Self::One(terms) => std::slice::from_ref(&**terms),
            Self::Several(terms) => terms,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    #[serde(default)]
    feature: Option<String>,
    #[serde(default)]
    any_of: Option<Vec<String>>,
    #[serde(default)]
    all_of: Option<Vec<String>>,
    #[serde(default)]
    plan_at_least: Option<String>,
    #[serde(default)]
    paid: bool,
    #[serde(default)]
    enterprise: bool,
    #[serde(default)]
    valid_license: bool,
    /// The account's own list.
    #[serde(default)]
    ip_allowlist: bool,
    /// A list of the application's own.
    #[serde(default)]
    fixed_allowlist: Option<Vec<String>>,
    #[serde(default)]
    when_empty: Empty,
    #[serde(default)]
    limit: Option<String>,
    #[serde(default)]
    give_back: Option<String>,
    #[serde(default)]
    lease: Option<String>,
    /// Of `limit` and `give_back`.
    #[serde(default)]
    amount: Option<u64>,
    #[serde(default)]
    rate: Option<String>,
    #[serde(default)]
    fixed_rate: Option<OwnRate>,
    /// Of the rate, as is `cost`.
    #[serde(default)]
    by: By,
    #[serde(default)]
    cost: Option<Cost>,
}

impl Terms {
    const fn counts(&self) -> bool {
        let limits = self.limit.is_some() || self.give_back.is_some() || self.lease.is_some();
        limits || self.rate.is_some() || self.fixed_rate.is_some()
    }

    fn add_to(&self, mut all: Requirement) -> Requirement {
        if let Some(features) = &self.all_of {
            all = all.and_all_features(features.clone());
        }
        if let Some(features) = &self.any_of {
            all = all.and_any_feature(features.clone());
        }
        if let Some(feature) = &self.feature {
            all = all.and_feature(feature.clone());
        }
        if self.paid {
            all = all.and_paid();
        }
        if let Some(plan) = &self.plan_at_least {
            all = all.and_plan_at_least(plan.clone());
        }
        if self.enterprise {
            all = all.and_enterprise();
        }
        if self.valid_license {
            all = all.and_valid_license();
        }
        if let Some(ranges) = &self.fixed_allowlist {
            let ranges = ranges.iter().map(String::as_str);
            let list = FixedAllowlist::new(ranges, self.when_empty.into());
            all = all.and_fixed_allowlist(list.expect("ranges are ranges"));
        }
        if self.ip_allowlist {
            all = all.and_ip_allowlist();
        }
        let amount = self.amount.unwrap_or(1);
        if let Some(limit) = &self.limit {
            all = all.and_limit(limit).amount(amount);
        }
        if let Some(limit) = &self.give_back {
            all = all.and_give_back(limit).amount(amount);
        }
        if let Some(limit) = &self.lease {
            all = all.and_lease(limit);
        }
        let counted = |all: Requirement| rates::cost(all.by(self.by.key()), self.cost.as_ref());
        if let Some(rate) = &self.rate {
            all = counted(all.and_rate(rate));
        }
        if let Some(own) = &self.fixed_rate {
            all = counted(all.and_fixed_rate(own.rate()));
        }
        all
    }
}

/// What a list of the application's own means without a range.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Empty {
    AllowAll,
    #[default]
    DenyAll,
}

impl From<Empty> for WhenEmpty {
    fn from(empty: Empty) -> Self {
        match empty {
            Empty::AllowAll => Self::AllowAll,
            Empty::DenyAll => Self::DenyAll,
        }
    }
}

/// How the gate acts, whatever it demands.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    pub(super) on_methods: Option<Vec<String>>,
    pub(super) shadow: bool,
    pub(super) on_unavailable: Option<Unavailable>,
    pub(super) settle_at_body_end: bool,
    pub(super) rate_headers: Told,
    pub(super) legacy_rate_headers: bool,
}

/// What the gate does where the answer cannot be determined.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unavailable {
    Deny,
    Allow,
    /// Seconds.
    LastKnown(u64),
}

impl From<Unavailable> for OnUnavailable {
    fn from(then: Unavailable) -> Self {
        match then {
            Unavailable::Deny => Self::Deny,
            Unavailable::Allow => Self::Allow,
            Unavailable::LastKnown(seconds) => Self::LastKnown(Duration::from_secs(seconds)),
        }
    }
}

/// Tells a gate how to act: core's, or that of an adapter, which has the same names but for rates, whose are said.
macro_rules! ruled {
    ($gate:expr, $rules:expr, $headers:ident, $legacy:ident) => {{
        let (rules, gate) = ($rules, $gate);
        let mut gate = gate.$headers(rules.rate_headers.into());
        if rules.legacy_rate_headers {
            gate = gate.$legacy();
        }
        if let Some(methods) = &rules.on_methods {
            gate = gate.on_methods(methods.clone());
        }
        if rules.shadow {
            gate = gate.shadow();
        }
        if let Some(then) = rules.on_unavailable {
            gate = gate.on_unavailable(then.into());
        }
        if rules.settle_at_body_end {
            gate = gate.settle(entitlements_core::Settle::AtBodyEnd);
        }
        gate
    }};
}
pub(super) use ruled;
