//! Catalogs, as the JSON documents that library and oracle each read for themselves.

use entitlements_tests::root;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// One of them has to be escaped in JSON.
pub(crate) const FEATURES: [&str; 4] = ["audit", "scim", "sso", "ü \"x\" \\"];
pub(crate) const LIMITS: [&str; 2] = ["projects", "users"];
const RATES: [&str; 2] = ["api", "exports"];
const PLANS: [&str; 6] = [
    "business",
    "community",
    "edge",
    "enterprise",
    "pro",
    "self_hosted",
];
pub(crate) const ADDONS: [&str; 4] = ["floor", "pack", "seats", "wide"];

/// The catalogs of the scenarios now and then, and random ones.
pub(crate) fn document() -> impl Strategy<Value = Value> {
    let files = vec![
        "addons",
        "listed",
        "no_order",
        "panel",
        "rated",
        "self_hosted",
        "sidegrade",
    ];
    prop_oneof![
        1 => select(files).prop_map(written),
        5 => random(),
    ]
}

fn written(name: &str) -> Value {
    let path = root().join(format!("spec/scenarios/catalogs/{name}.toml"));
    let text = std::fs::read_to_string(path).unwrap();
    toml::from_str(&text).unwrap()
}

#[derive(Debug, Clone)]
struct Plan {
    is_there: bool,
    features: Vec<&'static str>,
    with_default: Vec<Value>,
    terms: Vec<Option<Value>>,
    paces: Vec<Option<Value>>,
    extends: Option<usize>,
    past_due_grace_days: Option<u8>,
}

fn random() -> impl Strategy<Value = Value> {
    let plan = (
        any::<bool>(),
        subsequence(FEATURES.to_vec(), 0..=3),
        vec(term_with_default(), LIMITS.len()),
        vec(option::of(term()), LIMITS.len()),
        vec(option::weighted(0.8, pace()), RATES.len()),
        option::of(0..PLANS.len()),
        option::of(select(vec![0_u8, 1, 7, 20])),
    );
    let plan = plan.prop_map(
        |(is_there, features, with_default, terms, paces, extends, past_due_grace_days)| Plan {
            is_there,
            features,
            with_default,
            terms,
            paces,
            extends,
            past_due_grace_days,
        },
    );
    (
        vec(plan, PLANS.len()),
        option::weighted(0.8, subsequence(PLANS.to_vec(), 1..=5).prop_shuffle()),
        option::of(Just("https://example.com/a?b=\"c\"&d")),
        addons(),
        (option::of(select(vec![0_u16, 60, 90])), option::of(select(vec![0_u16, 1, 14, 20]))),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(plans, order, upgrade_url, addons, (leeway, grace), listed)| {
            let is_there = |name: &str| {
                name == "community" || plans[PLANS.iter().position(|p| *p == name).unwrap()].is_there
            };
            let tables = PLANS.iter().enumerate().filter(|(_, name)| is_there(name));
            let tables: Map<_, _> = tables
                .map(|(index, name)| ((*name).to_owned(), table(index, &plans, &is_there)))
                .collect();
            let mut product = json!({"name": "P", "default_plan": "community"});
            if let Some(order) = order {
                let order: Vec<_> = order.into_iter().filter(|name| is_there(name)).collect();
                product["plan_order"] = json!(order);
            }
            if let Some(url) = upgrade_url {
                product["upgrade_url"] = json!(url);
            }
            let mut license = Map::new();
            leeway.map(|seconds| license.insert("leeway_seconds".to_owned(), json!(seconds)));
            grace.map(|days| license.insert("grace_days".to_owned(), json!(days)));
            if listed {
                license.insert("grants".to_owned(), json!("listed"));
            }
            let empty = |names: &[&str]| -> Map<String, Value> {
                names.iter().map(|name| ((*name).to_owned(), json!({}))).collect()
            };
            let addons: Map<_, _> = ADDONS
                .iter()
                .zip(addons)
                .map(|(name, mut addon)| {
                    let requires = addon["requires"].as_array().unwrap().iter();
                    let requires: Vec<_> = requires
                        .filter(|plan| is_there(plan.as_str().unwrap()))
                        .cloned()
                        .collect();
                    addon["requires"] = json!(requires);
                    ((*name).to_owned(), addon)
                })
                .collect();
            json!({
                "schema": 1, "product": product, "license": license, "plans": tables, "addons": addons,
                "features": empty(&FEATURES), "limits": empty(&LIMITS), "rates": empty(&RATES),
            })
        })
}

fn table(index: usize, plans: &[Plan], is_there: &dyn Fn(&str) -> bool) -> Value {
    let plan = &plans[index];
    // What everybody has says a number for everybody (C10).
    let is_base = ["community", "self_hosted"].contains(&PLANS[index]);
    let mut limits = Map::new();
    for (place, limit) in LIMITS.iter().enumerate() {
        if is_base {
            limits.insert((*limit).to_owned(), plan.with_default[place].clone());
        } else if let Some(term) = &plan.terms[place] {
            limits.insert((*limit).to_owned(), term.clone());
        }
    }
    let paces = RATES.iter().zip(&plan.paces);
    let rates: Map<_, _> = paces
        .filter_map(|(rate, pace)| Some(((*rate).to_owned(), pace.clone()?)))
        .collect();
    let mut table = json!({"features": plan.features, "limits": limits, "rates": rates});
    // Only what stands before it, so that nothing leads back.
    if let Some(other) = plan.extends
        && other < index
        && is_there(PLANS[other])
    {
        table["extends"] = json!(PLANS[other]);
    }
    if let Some(days) = plan.past_due_grace_days {
        table["past_due_grace_days"] = json!(days);
    }
    table
}

fn pace() -> impl Strategy<Value = Value> {
    let (requests, per, burst) = crate::rates::numbers();
    let limited = (requests, per, burst).prop_map(|(requests, per, burst)| {
        let per = match per {
            60 => "1m".to_owned(),
            3_600 => "1h".to_owned(),
            seconds => format!("{seconds}s"),
        };
        match burst {
            None => json!({"requests": requests, "per": per}),
            Some(burst) => json!({"requests": requests, "per": per, "burst": burst}),
        }
    });
    prop_oneof![6 => limited, 1 => Just(json!("unlimited"))]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![6 => (0_u8..20).prop_map(|number| json!(number)), 1 => Just(json!("unlimited"))]
}

fn term_with_default() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => number(),
        1 => (number(), 0_u8..4).prop_map(|(default, plus)| json!({"licensed": true, "plus": plus, "default": default})),
        1 => number().prop_map(|default| json!({"quantity": true, "default": default})),
    ]
}

fn term() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => term_with_default(),
        1 => (0_u8..4).prop_map(|plus| json!({"licensed": true, "plus": plus})),
        1 => Just(json!({"quantity": true})),
    ]
}

fn addons() -> impl Strategy<Value = Vec<Value>> {
    let term = prop_oneof![(1_u8..9).prop_map(|add| json!({"add": add})), number(),];
    let addon = (
        subsequence(PLANS.to_vec(), 0..=2),
        subsequence(FEATURES.to_vec(), 0..=1),
        vec(option::of(term), LIMITS.len()),
    );
    let addon = addon.prop_map(|(requires, features, terms)| {
        let limits = LIMITS.iter().zip(terms);
        let limits: Map<_, _> = limits
            .filter_map(|(limit, term)| Some(((*limit).to_owned(), term?)))
            .collect();
        json!({"requires": requires, "features": features, "limits": limits})
    });
    vec(addon, ADDONS.len())
}
