//! License keys around [`NOW`]: in force, in grace, expired and not valid yet.

use entitlements_core::testing::NOW;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::catalogs::FEATURES;

/// Claims of a license; the id is one of few, so that some meet.
pub(crate) fn license(plans: Vec<String>) -> impl Strategy<Value = Map<String, Value>> {
    let ids = prop_oneof![
        1 => Just(None),
        2 => select(vec!["a", "b"]).prop_map(Some),
    ];
    // Few times, so that some of these meet too.
    let expires = select(vec![-40_i64, -20, -1, 0, 1, 30]);
    let begins = || option::of(select(vec![-50_i64, -10, 0, 1, 20]));
    let times = (expires, begins(), begins(), select(vec![0_u8, 1, 20, 40]));
    let listed = vec((select(FEATURES.to_vec()), any::<bool>()), 0..3);
    let limits = (option::of(number()), option::of(number()));
    let addons = subsequence(vec!["floor", "seats"], 0..=2).prop_shuffle();
    (ids, select(plans), times, listed, limits, addons).prop_map(
        |(id, plan, (expires, not_before, issued, grace), listed, (users, projects), addons)| {
            let at = |days: i64| json!(NOW.unix_seconds() + days * 86_400);
            let mut claims = Map::new();
            let mut say = |name: &str, value: Value| claims.insert(name.to_owned(), value);
            id.map(|id| say("jti", json!(id)));
            say("tier", json!(plan));
            say("exp", at(expires));
            not_before.map(|days| say("nbf", at(days.min(expires))));
            issued.map(|days| say("iat", at(days.min(expires))));
            say("grace_days", json!(grace));
            let features: Map<_, _> = listed
                .into_iter()
                .map(|(name, on)| (name.to_owned(), json!(on)))
                .collect();
            say("features", Value::Object(features));
            let named = [("users", users), ("projects", projects)];
            let limits: Map<_, _> = named
                .into_iter()
                .filter_map(|(name, number)| Some((name.to_owned(), number?)))
                .collect();
            say("limits", Value::Object(limits));
            say("addons", json!(addons));
            claims
        },
    )
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_u8..30).prop_map(|number| json!(number)),
        Just(json!(u64::MAX)),
        Just(Value::Null),
    ]
}
