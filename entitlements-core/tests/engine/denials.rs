//! Denials are remembered by gate; with more gates than places none gets another's.

use std::thread;

use entitlements_core::adapter::Gate;
use entitlements_core::testing::{self, TestEngine, TestRequest};
use entitlements_core::{Current, Decision, Requirement};

use crate::block_on;

fn get() -> TestRequest {
    TestRequest::get("/")
}

/// Gates that differ in what they deny with, many more than there are places.
fn gates() -> Vec<(Gate, &'static str)> {
    let features = ["sso", "audit", "ip_allowlist", "scim"];
    (0..100)
        .map(|index| {
            let feature = features[index % 4];
            (Gate::new(Requirement::feature(feature)), feature)
        })
        .collect()
}

fn denied_feature(decision: &Decision) -> String {
    let denial = decision.denial().expect("the base plan has no features");
    let body = denial.problem().body();
    let (_, rest) = body.split_once(r#""feature":""#).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn ask_all(engine: &TestEngine, gates: &[(Gate, &'static str)]) {
    let current: Current = engine.current();
    for (gate, feature) in gates {
        let decision = gate.judge(Some(&current), &get());
        assert_eq!(denied_feature(&decision), *feature);
    }
}

#[test]
fn gates_beyond_the_remembered_ones_get_their_own_denials() {
    let engine = testing::without_license(testing::catalog());
    let gates = gates();
    for _ in 0..3 {
        ask_all(&engine, &gates);
    }
}

#[test]
fn gates_that_are_asked_at_once_get_their_own_denials() {
    let engine = testing::without_license(testing::catalog());
    let gates = gates();
    thread::scope(|scope| {
        for thread in 0..8 {
            let (engine, gates) = (&engine, &gates);
            scope.spawn(move || {
                for _ in 0..20 {
                    ask_all(engine, &gates[thread * 7..]);
                    // A new set begins with nothing remembered.
                    block_on(engine.revalidate());
                }
            });
        }
    });
}

#[test]
fn what_was_denied_passes_after_the_activation_and_is_denied_again_after_the_end() {
    let engine = testing::without_license(testing::catalog());
    let gate = Gate::new(Requirement::feature("sso"));
    let ask = || gate.judge(Some(&engine.current()), &get());
    assert_eq!(ask().denial().unwrap().code(), "LICENSE_REQUIRED");
    assert_eq!(ask().denial().unwrap().code(), "LICENSE_REQUIRED");
    let key = engine.key(|draft| draft.plan("business").grace_days(0));
    block_on(engine.activate(&key)).unwrap();
    assert!(ask().is_allowed());
    engine.clock().advance_days(400);
    assert_eq!(ask().denial().unwrap().code(), "LICENSE_EXPIRED");
    assert_eq!(ask().denial().unwrap().code(), "LICENSE_EXPIRED");
}

/// One gate in front of two engines: what it denied on the one is nothing to the other.
#[test]
fn one_gate_in_front_of_two_engines_remembers_for_each() {
    let community = testing::without_license(testing::catalog());
    let expired = testing::on_plan(testing::catalog(), "business");
    expired.clock().advance_days(400);
    let gate = Gate::new(Requirement::feature("sso"));
    for _ in 0..3 {
        let one = gate.judge(Some(&community.current()), &get());
        let other = gate.judge(Some(&expired.current()), &get());
        assert_eq!(one.denial().unwrap().code(), "LICENSE_REQUIRED");
        assert_eq!(other.denial().unwrap().code(), "LICENSE_EXPIRED");
    }
}

#[test]
fn d2_a_preflight_passes_where_a_denial_is_remembered() {
    let engine = testing::without_license(testing::catalog());
    let gate = Gate::new(Requirement::feature("sso"));
    let current = engine.current();
    assert!(!gate.judge(Some(&current), &get()).is_allowed());
    for (method, cors, passes) in [
        ("OPTIONS", true, true),
        ("OPTIONS", false, false),
        ("GET", true, false),
        ("options", true, false),
    ] {
        let mut request = TestRequest::new(method, "/");
        if cors {
            request = request
                .header("origin", "https://a.example")
                .header("access-control-request-method", "GET");
        }
        let decision = gate.judge(Some(&current), &request);
        assert_eq!(decision.is_allowed(), passes, "{method} {cors}");
    }
}

#[test]
fn a_remembered_denial_is_the_very_same() {
    let engine = testing::without_license(testing::catalog());
    let gate = Gate::new(Requirement::feature("sso"));
    let current = engine.current();
    let first = gate.judge(Some(&current), &get());
    let second = gate.judge(Some(&current), &get());
    assert_eq!(first, second);
    let bodies = [&first, &second].map(|decision| decision.denial().unwrap().problem());
    // Rendered once.
    assert!(std::ptr::eq(bodies[0], bodies[1]));
}
