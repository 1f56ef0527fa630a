//! Licenses around the time of the request, with each boundary before, at and after.

use entitlements_tests::oracle::{License, Number};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::worlds::{DAY, NOW};

/// A license for a catalog with these plans, features, limits and add-ons.
pub(crate) fn license(names: &crate::worlds::Names) -> impl Strategy<Value = License> + use<> {
    let expires = select(vec![
        -40 * DAY,
        -20 * DAY - 1,
        -20 * DAY,
        -20 * DAY + 1,
        -14 * DAY - 1,
        -14 * DAY,
        -14 * DAY + 1,
        -1,
        0,
        1,
        91,
        30 * DAY,
        30 * DAY,
    ]);
    let begins = || {
        option::weighted(
            0.3,
            select(vec![-50 * DAY, -1, 0, 59, 60, 61, 89, 90, 91, DAY]),
        )
    };
    let grace = option::of(select(vec![0_i64, 1, 14, 20, 40]));
    let ids = prop_oneof![
        1 => Just(None),
        3 => select(vec!["a", "b", "c"]).prop_map(|id| Some(id.to_owned())),
    ];
    let mut features = names.features.clone();
    features.push("ghost".to_owned());
    let mut limits = names.limits.clone();
    limits.push("ghosts".to_owned());
    let listed = vec((select(features), prop::bool::weighted(0.6)), 0..3);
    let limits = vec((select(limits), number()), 0..3);
    let addons = subsequence(names.addons.clone(), 0..=names.addons.len().min(2)).prop_shuffle();
    let deployments = prop_oneof![
        6 => Just(vec![]),
        1 => Just(vec!["here".to_owned(), "there".to_owned()]),
        1 => Just(vec!["there".to_owned()]),
    ];
    let plan = if names.plan_may_be_missing {
        option::weighted(0.7, select(names.plans.clone())).boxed()
    } else {
        select(names.plans.clone()).prop_map(Some).boxed()
    };
    (
        ids,
        plan,
        (expires, grace, begins(), begins()),
        listed,
        limits,
        (addons, deployments),
    )
        .prop_map(
            |(
                id,
                plan,
                (expires, grace_days, not_before, issued_at),
                listed,
                limits,
                (addons, deployments),
            )| {
                // A map has each name once: the last counts.
                let features: std::collections::BTreeMap<_, _> = listed.into_iter().collect();
                let limits: std::collections::BTreeMap<_, _> = limits.into_iter().collect();
                License {
                    id,
                    plan,
                    expires: NOW + expires,
                    grace_days,
                    not_before: not_before.map(|at| NOW + at.min(expires)),
                    issued_at: issued_at.map(|at| NOW + at.min(expires)),
                    features: features.into_iter().collect(),
                    limits: limits.into_iter().collect(),
                    addons,
                    deployments,
                }
            },
        )
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        8 => (0_u64..30).prop_map(Number::AtMost),
        1 => Just(Number::AtMost(u64::MAX)),
        1 => Just(Number::Unlimited),
    ]
}
