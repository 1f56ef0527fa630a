//! `Entitlements::check` takes requirements and the gates of both frameworks, and names every mistake.

use entitlements_core::testing::TestEngine;
use entitlements_core::{Requirement, testing};

fn engine() -> TestEngine {
    testing::on_plan(testing::catalog(), "community")
}

#[test]
fn right_names_pass() {
    let engine = engine();
    engine
        .check([
            Requirement::feature("sso").and_plan_at_least("business"),
            Requirement::any_feature(["audit", "scim"]),
            Requirement::enterprise(),
            Requirement::limit("users").amount(3),
        ])
        .unwrap();
    engine
        .check([
            entitlements_axum::RequireFeature::new("sso"),
            entitlements_axum::RequireLimit::new("users"),
        ])
        .unwrap();
    engine
        .check([
            entitlements_actix::RequirePlan::at_least("business"),
            entitlements_actix::RequirePaid::new(),
        ])
        .unwrap();
    engine.check::<Requirement>([]).unwrap();
}

/// By reference too, so that a list of gates can be checked before it is used.
#[test]
fn a_list_of_gates_can_be_checked_and_then_used() {
    let gates = [entitlements_axum::RequireFeature::new("sso")];
    engine().check(&gates).unwrap();
    drop(gates);
}

#[test]
fn every_wrong_requirement_is_named_with_the_nearest_name() {
    let mistakes = engine()
        .check([
            Requirement::feature("ssso"),
            Requirement::feature("sso"),
            Requirement::limit("user"),
            Requirement::plan_at_least("busines"),
        ])
        .unwrap_err();
    assert_eq!(
        mistakes.to_string(),
        "feature `ssso`: unknown feature `ssso`, did you mean `sso`?\n\
         room under limit `user`: unknown limit `user`, did you mean `users`?\n\
         plan at least `busines`: unknown plan `busines`, did you mean `business`?"
    );
    assert_eq!(mistakes.names().len(), 3);
    assert_eq!(format!("{mistakes:?}"), mistakes.to_string());
}

#[test]
fn gates_of_both_frameworks_are_told_alike() {
    let engine = engine();
    let axum = engine.check([
        entitlements_axum::RequireFeature::new("ssso"),
        entitlements_axum::RequireLimit::new("user"),
        entitlements_axum::RequirePaid::new().and_plan_at_least("busines"),
    ]);
    let actix = engine.check([
        entitlements_actix::RequireFeature::new("ssso"),
        entitlements_actix::RequireLimit::new("user"),
        entitlements_actix::RequirePaid::new().and_plan_at_least("busines"),
    ]);
    let (axum, actix) = (axum.unwrap_err(), actix.unwrap_err());
    assert_eq!(axum, actix);
    let mistakes = axum.to_string();
    for name in [
        "`ssso`, did you mean `sso`?",
        "`user`, did you mean `users`?",
        "`busines`, did you mean `business`?",
    ] {
        assert!(mistakes.contains(name), "{mistakes}");
    }
}
