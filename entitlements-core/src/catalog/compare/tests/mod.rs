//! What is a loss, what is a gain, and what is neither.

mod keys;
mod limits;
mod plans;
mod product;
mod words;

use super::{CatalogDiff, Change};
use crate::Catalog;

/// A catalog without surprises, parts of which a test replaces.
const BEFORE: &str = r#"schema = 1
product = { name = "Acme", default_plan = "free", plan_order = ["free", "pro", "max"] }
[features.sso]
[features.audit]
[features.scim]
[limits.users]
[limits.calls]
kind = "metered"
period = "month"
overage = { percent = 25 }
[rates.api]
[plans.free]
limits = { users = 3, calls = 10 }
rates = { api = { requests = 60, per = "1m" } }
[plans.pro]
extends = "free"
features = ["sso", "audit"]
limits = { users = 50 }
rates = { api = { requests = 600, per = "1m", burst = 1000 } }
retention = { audit_days = 365 }
price = { currency = "EUR", monthly_cents = 4900 }
stripe_prices = ["price_pro"]
trial_days = 14
[plans.max]
extends = "pro"
features = ["scim"]
limits = { users = "unlimited" }
[addons.extra]
requires = ["pro", "max"]
features = ["cmek"]
limits = { users = { add = 10 } }
[license]
issuer = "acme.example"
[license.claims]
plan_values = { p = "pro" }
rates = { api = "api_rate" }
"#;

fn catalog(text: &str) -> Catalog {
    Catalog::from_toml(text).unwrap()
}

/// [`BEFORE`] with each of these replaced.
fn changed(replacements: &[(&str, &str)]) -> Catalog {
    let mut text = BEFORE.to_owned();
    for (line, replacement) in replacements {
        assert_eq!(text.matches(line).count(), 1, "`{line}` is not one place");
        text = text.replacen(line, replacement, 1);
    }
    catalog(&text)
}

/// What is different after these replacements.
fn diff(replacements: &[(&str, &str)]) -> CatalogDiff {
    catalog(BEFORE).compare(&changed(replacements))
}

/// Each change on a line: `subject: kind name: before -> after`.
fn lines(changes: &[Change]) -> Vec<String> {
    let line = |change: &Change| {
        let or_none = |text: Option<&str>| text.unwrap_or("none").to_owned();
        format!(
            "{}: {} {}: {} -> {}",
            change.subject().name().unwrap_or("all"),
            change.kind().as_str(),
            change.name(),
            or_none(change.before()),
            or_none(change.after())
        )
    };
    changes.iter().map(line).collect()
}

#[track_caller]
fn check(diff: &CatalogDiff, losses: &[&str], gains: &[&str], other: &[&str]) {
    assert_eq!(lines(diff.losses()), losses, "losses");
    assert_eq!(lines(diff.gains()), gains, "gains");
    assert_eq!(lines(diff.other()), other, "other");
}

#[test]
fn a_catalog_differs_in_nothing_from_itself() {
    assert!(diff(&[]).is_empty());
}

#[test]
fn the_way_back_swaps_losses_and_gains() {
    let before = catalog(BEFORE);
    let after = changed(&[
        (r#"features = ["sso", "audit"]"#, r#"features = ["sso"]"#),
        ("users = 50", "users = 20"),
        ("audit_days = 365", "audit_days = 30"),
        ("trial_days = 14", "trial_days = 7"),
    ]);
    let (there, back) = (before.compare(&after), after.compare(&before));
    assert_eq!(there.losses().len(), 6);
    assert!(there.gains().is_empty());
    let names = |changes: &[Change]| {
        let names = changes
            .iter()
            .map(|change| (change.subject().clone(), change.name().to_owned()));
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(there.losses()), names(back.gains()));
    assert!(back.losses().is_empty());
}
