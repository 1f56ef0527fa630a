use std::sync::Arc;

use entitlements_core::testing::{ManualClock, NOW, TestRequest};
use entitlements_core::{Catalog, Clock, Decision, Entitlements, Environment, Gate, Requirement};
use entitlements_tests::scenario::{keys, set};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::catalogs::{FEATURES, panel_or_random};
use crate::licenses::license;

type Claims = Map<String, Value>;

/// A catalog, and licenses for its plans.
fn held(most: usize) -> impl Strategy<Value = (Arc<Catalog>, Vec<Claims>)> {
    panel_or_random().prop_flat_map(move |catalog| {
        let plans = catalog
            .plans()
            .map(|(_, plan)| plan.name().to_owned())
            .collect();
        let addons = catalog.addons().len() > 0;
        let licenses = vec(license(plans), 0..=most).prop_map(move |mut licenses| {
            for claims in licenses.iter_mut().filter(|_| !addons) {
                claims.remove("addons");
            }
            licenses
        });
        (Just(catalog), licenses)
    })
}

fn engine(catalog: &Arc<Catalog>, licenses: &[Claims]) -> (Entitlements, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(NOW));
    let mut builder = Entitlements::builder()
        .catalog(Arc::clone(catalog))
        .trusted_key(keys::trusted())
        .environment(Environment::of::<String, String>([]))
        .clock(Arc::clone(&clock) as Arc<dyn Clock>);
    for claims in licenses {
        builder = builder.license_key(keys::sign(claims));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (engine, _) = runtime.block_on(builder.build()).unwrap();
    (engine, clock)
}

/// Everything that one can ask of the catalog.
fn requirements(catalog: &Catalog) -> Vec<Requirement> {
    let mut all = vec![
        Requirement::paid(),
        Requirement::valid_license(),
        Requirement::all_features(FEATURES),
        Requirement::any_feature(["audit", "sso"]),
    ];
    all.extend(FEATURES.map(Requirement::feature));
    for plan in catalog.plan_order() {
        all.push(Requirement::plan_at_least(
            catalog.plan_at(*plan).name().to_owned(),
        ));
    }
    if !catalog.plan_order().is_empty() {
        all.push(Requirement::enterprise());
    }
    all
}

/// The body of the denial, or that it is allowed.
fn answer(gate: &Gate, engine: &Entitlements) -> String {
    let through_layer = gate.judge(Some(&engine.current()), &TestRequest::get("/"));
    let own = Gate::on(gate.requirement().clone(), engine)
        .unwrap()
        .judge(None, &TestRequest::get("/"));
    assert_eq!(through_layer, own, "through the layer, and without it");
    match own {
        Decision::Allow => "allow".to_owned(),
        Decision::Deny(denial) => denial.problem().body().to_owned(),
    }
}

fn answers(engine: &Entitlements) -> Vec<String> {
    let requirements = requirements(engine.catalog());
    requirements
        .into_iter()
        .map(|requirement| answer(&Gate::new(requirement), engine))
        .collect()
}

/// All that an operator, a handler or a client can see.
fn seen(engine: &Entitlements) -> Value {
    let set = engine.current();
    let mut licenses: Vec<_> = set
        .licenses()
        .iter()
        .map(|entry| format!("{entry:?}"))
        .collect();
    licenses.sort();
    json!({
        "set": set::shown(&set),
        "expires_at": format!("{:?} {:?}", set.expires_at(), set.grace_ends_at()),
        "changes_at": format!("{:?}", set.changes_at()),
        "licenses": licenses,
        "notices": format!("{:?} {:?}", set.warnings(), set.errors()),
        "answers": answers(engine),
    })
}

/// The numbers of a set, unlimited as the largest.
fn numbers(set: &Value) -> Vec<u64> {
    let limits = set["limits"].as_object().unwrap().values();
    limits
        .map(|limit| limit.as_u64().unwrap_or(u64::MAX))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_licenses_does_not_matter(
        ((catalog, licenses), shuffled) in held(4).prop_flat_map(|(catalog, licenses)| {
            let shuffled = Just(licenses.clone()).prop_shuffle();
            ((Just(catalog), Just(licenses)), shuffled)
        })
    ) {
        let (one, other) = (engine(&catalog, &licenses).0, engine(&catalog, &shuffled).0);
        prop_assert_eq!(seen(&one), seen(&other));
    }

    #[test]
    fn holding_a_license_twice_is_holding_it_once((catalog, licenses) in held(3)) {
        let twice = [licenses.clone(), licenses.clone()].concat();
        prop_assert_eq!(seen(&engine(&catalog, &licenses).0), seen(&engine(&catalog, &twice).0));
    }

    #[test]
    fn one_more_license_in_force_takes_nothing_away(
        ((catalog, mut licenses), more) in held(3).prop_flat_map(|(catalog, licenses)| {
            let plans = catalog.plans().map(|(_, plan)| plan.name().to_owned()).collect();
            ((Just(catalog), Just(licenses)), license(plans))
        })
    ) {
        let mut more = more;
        // In force, and not in the place of another.
        for claim in ["nbf", "iat"] {
            more.remove(claim);
        }
        if catalog.addons().len() == 0 {
            more.remove("addons");
        }
        more.insert("jti".to_owned(), json!("one-more"));
        more.insert("exp".to_owned(), json!(NOW.unix_seconds() + 1));
        let before = engine(&catalog, &licenses).0;
        licenses.push(more);
        let after = engine(&catalog, &licenses).0;

        let was_allowed = answers(&before);
        for (was, is) in was_allowed.iter().zip(answers(&after)) {
            prop_assert!(was != "allow" || is == "allow", "allowed before, and now: {}", is);
        }
        let (before, after) = (set::shown(&before.current()), set::shown(&after.current()));
        let features = |set: &Value| set["features"].as_array().unwrap().clone();
        prop_assert!(features(&before).iter().all(|feature| features(&after).contains(feature)));
        for (was, is) in numbers(&before).into_iter().zip(numbers(&after)) {
            prop_assert!(was <= is, "{} before, {} now", was, is);
        }
    }

    #[test]
    fn a_gate_that_remembers_says_what_a_new_one_would(
        (catalog, licenses) in held(3),
        days in vec(-60_i64..90, 1..8),
    ) {
        let (engine, clock) = engine(&catalog, &licenses);
        let gates: Vec<_> = requirements(&catalog).into_iter().map(Gate::new).collect();
        for day in days {
            clock.set(entitlements_core::Timestamp::from_unix_seconds(NOW.unix_seconds() + day * 86_400));
            for gate in &gates {
                let new = Gate::new(gate.requirement().clone());
                prop_assert_eq!(answer(gate, &engine), answer(&new, &engine));
            }
        }
    }
}
