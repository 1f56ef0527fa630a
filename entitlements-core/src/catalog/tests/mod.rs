//! `spec/catalog.md`, rule by rule.

mod contract;
mod files;
mod forms;
mod mistakes;
mod mistakes_license;
mod properties;

use super::{Catalog, Place};

/// The example of the specification.
const CONTRACT: &str = include_str!("contract.toml");

/// A catalog without mistakes, each line of which a test may replace.
const GOOD: &str = r#"schema = 1
[product]
name = "Acme"
default_plan = "basic"
plan_order = ["basic", "pro"]
[features.sso]
name = "SSO"
[limits.users]
name = "Users"
[limits.calls]
kind = "metered"
period = "month"
[limits.nodes]
kind = "concurrent"
lease = "90s"
[rates.api]
name = "Requests"
[plans.basic]
limits = { users = 3, calls = 10, nodes = 1 }
[plans.pro]
extends = "basic"
features = ["sso"]
rates = { api = { requests = 60, per = "1m" } }
retention = { audit_days = 30 }
stripe_prices = ["price_pro"]
[addons.extra]
requires = ["pro"]
limits = { users = { add = 1 } }
[license]
env = "ACME_KEY"
[license.claims]
plan = "tier"
"#;

/// A line of [`GOOD`] to replace, by what, and the one mistake that this makes: its line and column, a part of its
/// message, and what it suggests.
type Case<'a> = (&'a str, &'a str, (usize, usize), &'a str, Option<&'a str>);

fn check_cases(cases: &[Case<'_>]) {
    for (line, replacement, (expected_line, expected_column), fragment, suggestion) in cases {
        assert_eq!(GOOD.matches(line).count(), 1, "`{line}` is not one line");
        let text = GOOD.replacen(line, replacement, 1);
        let Err(error) = Catalog::from_toml(&text) else {
            panic!("`{replacement}` is accepted")
        };
        let [mistake] = error.mistakes() else {
            panic!("`{replacement}`: not one mistake:\n{error}")
        };
        assert!(
            mistake.message().contains(fragment),
            "`{replacement}`: {error}"
        );
        let place = Place::Line {
            line: *expected_line,
            column: *expected_column,
        };
        assert_eq!(*mistake.place(), place, "`{replacement}`: {error}");
        assert_eq!(
            mistake.suggestion(),
            *suggestion,
            "`{replacement}`: {error}"
        );
    }
}

#[test]
fn the_good_catalog_is_good() {
    Catalog::from_toml(GOOD).unwrap();
}
