//! Small catalogs: three features, two limits, a rate, up to four plans in an order that may lack some.

use std::fmt::Write;
use std::sync::Arc;

use entitlements_core::Catalog;
use entitlements_tests::scenario::engine;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;

pub(crate) const FEATURES: [&str; 3] = ["audit", "scim", "sso"];

/// `self_hosted` is the base plan where it is there; `community` else.
pub(crate) const PLANS: [&str; 4] = ["business", "community", "enterprise", "self_hosted"];

pub(crate) fn panel_or_random() -> impl Strategy<Value = Arc<Catalog>> {
    prop_oneof![
        1 => Just(()).prop_map(|()| engine::catalog("panel.toml")),
        3 => random(),
    ]
}

fn random() -> impl Strategy<Value = Arc<Catalog>> {
    let order = subsequence(PLANS.to_vec(), 0..=3).prop_shuffle();
    let plans = vec(
        (
            subsequence(FEATURES.to_vec(), 0..=3),
            term(),
            term(),
            rate(),
        ),
        PLANS.len(),
    );
    (order, plans, any::<bool>(), any::<bool>()).prop_map(|(order, plans, self_hosted, listed)| {
        let is_there = |plan: &str| self_hosted || plan != "self_hosted";
        let order: Vec<_> = order.into_iter().filter(|plan| is_there(plan)).collect();
        let grants = if listed { "listed" } else { "plan_and_listed" };
        let mut toml = format!(
            "schema = 1\n[product]\nname = \"P\"\ndefault_plan = \"community\"\n{}\n[license]\ngrants = \"{grants}\"\n",
            if order.is_empty() { String::new() } else { format!("plan_order = {order:?}") }
        );
        for feature in FEATURES {
            writeln!(toml, "[features.{feature}]").unwrap();
        }
        toml.push_str("[limits.users]\n[limits.projects]\n[rates.api]\n");
        toml.push_str("[addons.seats]\nlimits = { users = { add = 5 } }\n");
        toml.push_str("[addons.floor]\nlimits = { users = 8 }\nfeatures = [\"scim\"]\n");
        for (name, (features, users, projects, rate)) in PLANS.iter().zip(plans) {
            if is_there(name) {
                writeln!(
                    toml,
                    "[plans.{name}]\nfeatures = {features:?}\nlimits = {{ users = {users}, projects = {projects} }}\nrates = {{ api = {rate} }}"
                )
                .unwrap();
            }
        }
        Arc::new(Catalog::from_toml(&toml).unwrap_or_else(|error| panic!("{error}\n{toml}")))
    })
}

fn term() -> impl Strategy<Value = String> {
    prop_oneof![
        (0_u8..20).prop_map(|number| number.to_string()),
        Just("\"unlimited\"".to_owned()),
        (0_u8..20, 0_u8..4).prop_map(|(default, plus)| format!(
            "{{ licensed = true, plus = {plus}, default = {default} }}"
        )),
    ]
}

fn rate() -> impl Strategy<Value = String> {
    prop_oneof![
        (
            1_u8..9,
            prop_oneof![Just("1s"), Just("7s"), Just("1m")],
            1_u8..99
        )
            .prop_map(|(requests, per, burst)| format!(
                "{{ requests = {requests}, per = \"{per}\", burst = {burst} }}"
            )),
        Just("\"unlimited\"".to_owned()),
    ]
}
