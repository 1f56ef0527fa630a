//! What the account has, compared with what the scenario says.

use std::time::Duration;

use entitlements_core::catalog::Retention;
use entitlements_core::resolve::{FeatureState, Notice};
use entitlements_core::{EntitlementSet, Limit, RateTerm};
use serde_json::{Map, Value, json};

use super::model::ExpectedSet;

/// The members that differ.
#[must_use]
pub fn differences(expected: &ExpectedSet, set: &EntitlementSet) -> Vec<String> {
    let shown = shown(set);
    let members = [
        ("status", &expected.status),
        ("plan", &expected.plan),
        ("plan_in_force", &expected.plan_in_force),
        ("features", &expected.features),
        ("grace_features", &expected.grace_features),
        ("limits", &expected.limits),
        ("rates", &expected.rates),
        ("retention", &expected.retention),
        ("warnings", &expected.warnings),
        ("errors", &expected.errors),
    ];
    members
        .into_iter()
        .filter_map(|(name, expected)| {
            let expected = expected.as_ref()?;
            let got = &shown[name];
            (got != expected)
                .then(|| format!("`{name}` of the set: expected {expected}, got {got}"))
        })
        .collect()
}

/// All that a scenario can say of a set.
#[must_use]
pub fn shown(set: &EntitlementSet) -> Value {
    let catalog = set.catalog();
    let features = |wanted: fn(FeatureState) -> bool| -> Vec<&str> {
        let mut names: Vec<&str> = catalog
            .features()
            .filter(|(id, _)| wanted(set.feature_state(*id)))
            .map(|(_, feature)| feature.name())
            .collect();
        names.sort_unstable();
        names
    };
    let limits: Map<String, Value> = catalog
        .limits()
        .map(|(id, limit)| (limit.name().to_owned(), amount(set.limit_id(id))))
        .collect();
    let rates: Map<String, Value> = catalog
        .rates()
        .map(|(id, definition)| (definition.name().to_owned(), rate(set.rate_id(id))))
        .collect();
    let retention: Map<String, Value> = set
        .retention()
        .iter()
        .map(|(name, value)| (name.clone(), period(value)))
        .collect();
    json!({
        "status": set.status().as_str(),
        "plan": set.plan_shown().name(),
        "plan_in_force": set.plan_in_force().name(),
        "features": features(FeatureState::is_enabled),
        "grace_features": features(|state| state == FeatureState::GracePeriod),
        "limits": limits,
        "rates": rates,
        "retention": retention,
        "warnings": codes(set.warnings()),
        "errors": codes(set.errors()),
    })
}

fn amount(limit: Limit) -> Value {
    limit
        .at_most()
        .map_or_else(|| json!("unlimited"), |most| json!(most))
}

fn rate(term: RateTerm) -> Value {
    match term {
        RateTerm::Unlimited => json!("unlimited"),
        RateTerm::AtMost(rate) => json!({
            "requests": rate.requests(),
            "per": written(rate.per()),
            "burst": rate.burst(),
        }),
    }
}

/// A duration as a catalog writes it, in the largest unit.
fn written(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let (size, unit) = units
        .into_iter()
        .find(|(size, _)| seconds.is_multiple_of(*size))
        .expect("1 divides everything");
    format!("{}{unit}", seconds / size)
}

fn period(retention: &Retention) -> Value {
    match retention {
        Retention::Flag(kept) => json!(kept),
        Retention::Days(days) => json!(days),
        Retention::Unlimited => json!("unlimited"),
        other => panic!("the scenarios know no retention {other:?}"),
    }
}

/// The codes in the order of their names, each once.
fn codes(notices: &[Notice]) -> Vec<&'static str> {
    let mut codes: Vec<_> = notices.iter().map(Notice::code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
