//! Revocation lists that are handed in while the engine runs.

use entitlements_core::testing::NOW;
use entitlements_core::{LicenseStatus, Limit, Requirement};

use crate::block_on;
use crate::vendor::{Vendor, engine, errors};

#[test]
fn s6_a_list_takes_a_license_out_of_force_and_a_newer_one_brings_it_back() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder.license_key(vendor.key("lic")));
    assert!(engine.current().has("sso"));
    let before = engine.current();

    let applied = block_on(engine.apply_revocations(&vendor.list(10, &["lic"]))).unwrap();
    assert!(applied.changed);
    assert_eq!(applied.list.licenses(), ["lic"]);
    assert!(applied.list.keys().is_empty());
    assert_eq!(applied.list.kid(), vendor.kid());
    let current = engine.current();
    assert_eq!(current.status(), LicenseStatus::Revoked);
    assert_eq!(current.plan_shown().name(), "business");
    assert_eq!(current.plan_in_force().name(), "community");
    assert_eq!(current.limit("users"), Limit::AtMost(3));
    assert!(current.is_degraded() && current.is_out_of_force());
    assert_eq!(current.licenses()[0].status, LicenseStatus::Revoked);
    assert_eq!(errors(&engine), ["license_revoked"]);
    // A request that is under way keeps what it began with.
    assert!(before.has("sso"));

    let applied = block_on(engine.apply_revocations(&vendor.list(9, &[]))).unwrap();
    assert!(applied.changed);
    assert!(engine.current().has("sso"));
    assert!(errors(&engine).is_empty());
    assert!(!engine.current().is_degraded());
}

/// What was worked out for a denial before is not what is said after.
#[test]
fn a_denial_says_revoked_from_the_next_request_on() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder.license_key(vendor.key("lic")));
    let sso = Requirement::feature("sso");
    let body = || {
        let denial = engine.current().require(&sso).unwrap_err();
        denial.problem().body().to_owned()
    };
    engine.current().require(&sso).unwrap();
    block_on(engine.apply_revocations(&vendor.list(10, &["lic"]))).unwrap();
    assert!(
        body().contains(r#""license_status":"revoked""#),
        "{}",
        body()
    );
    block_on(engine.apply_revocations(&vendor.list(9, &[]))).unwrap();
    engine.current().require(&sso).unwrap();
    block_on(engine.apply_revocations(&vendor.list_of_keys(8, &[vendor.kid()]))).unwrap();
    assert!(body().contains("the license was revoked"), "{}", body());
}

#[test]
fn l16_a_list_that_is_there_or_older_changes_nothing_and_says_so() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder.license_key(vendor.key("lic")));
    let list = vendor.list(10, &["lic"]);
    let apply = |list: &str| block_on(engine.apply_revocations(list)).unwrap().changed;
    assert!(apply(&list));
    assert!(!apply(&list));
    assert!(!apply(&vendor.list(11, &[])));
    assert!(!apply(&vendor.list(11, &["lic", "other"])));
    assert!(!apply(&vendor.list(10, &[])));
    assert_eq!(engine.current().status(), LicenseStatus::Revoked);
    // Of the same second: together.
    assert!(apply(&vendor.list(10, &["other"])));
    assert_eq!(engine.current().status(), LicenseStatus::Revoked);
    block_on(engine.activate(&vendor.key("other"))).unwrap_err();
}

#[test]
fn l17_a_name_in_the_header_saves_nothing_from_the_key_that_verified_it() {
    let (ours, other) = (Vendor::new(), Vendor::new());
    // Trusted under a name of its own: that name is the one to revoke, and the thumbprint is nobody's.
    let named = ours.trusted().with_kid("2026").unwrap();
    let engine = engine(&[&other], |builder| builder.trusted_key(named));
    let payload = format!(
        r#"{{"jti":"lic","tier":"business","exp":{}}}"#,
        NOW.unix_seconds() + 60
    );
    // Without a `kid` in it every key of the algorithm is tried.
    let unnamed = ours.sign_with(r#"{"alg":"EdDSA"}"#, &payload);
    block_on(engine.activate(&unnamed)).unwrap();
    assert!(engine.current().has("sso"));
    block_on(engine.apply_revocations(&other.list_of_keys(10, &[ours.kid()]))).unwrap();
    assert!(engine.current().has("sso"));
    block_on(engine.apply_revocations(&other.list_of_keys(9, &["2026"]))).unwrap();
    assert_eq!(engine.current().status(), LicenseStatus::Revoked);
}

#[test]
fn a_license_without_an_id_is_revoked_by_the_hash_of_its_key() {
    let vendor = Vendor::new();
    let payload = format!(r#"{{"tier":"business","exp":{}}}"#, NOW.unix_seconds() + 60);
    let engine = engine(&[&vendor], |builder| {
        builder.license_key(vendor.sign("JWT", &payload))
    });
    let id = engine.current().licenses()[0].id.clone().unwrap();
    assert!(engine.current().has("sso") && id.len() == 64);
    block_on(engine.apply_revocations(&vendor.list(10, &[&id]))).unwrap();
    assert_eq!(engine.current().status(), LicenseStatus::Revoked);
}

#[test]
fn l14_a_list_is_no_license_and_a_license_no_list() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder);
    let refused = block_on(engine.apply_revocations(&vendor.key("lic"))).unwrap_err();
    assert_eq!(refused.reason(), "token_type");
    let refused = block_on(engine.activate(&vendor.list(10, &["lic"]))).unwrap_err();
    assert_eq!(refused.reason(), "token_type");
}

#[test]
fn every_bad_list_is_refused_by_its_own_word_and_changes_nothing() {
    let (vendor, stranger) = (Vendor::new(), Vendor::new());
    let engine = engine(&[&vendor], |builder| builder.license_key(vendor.key("lic")));
    let now = NOW.unix_seconds();
    let list = |payload: &str| vendor.sign("entitlements-revocations+jwt", payload);
    let good = vendor.list(10, &["lic"]);
    let (head, _) = good.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", "A".repeat(86));
    let wrong_type = vendor.sign("application/entitlements-revocations+jwt", "{}");
    for (list, reason) in [
        (String::new(), "malformed"),
        (" \n".into(), "malformed"),
        ("a.b".into(), "malformed"),
        (format!("{good}.x"), "malformed"),
        (format!("{good}="), "encoding"),
        (forged, "signature"),
        (stranger.list(10, &["lic"]), "unknown_key"),
        (wrong_type, "token_type"),
        (list("[]"), "not_an_object"),
        (list("{"), "json"),
        (list(r#"{"revoked":["lic"]}"#), "missing_claim"),
        (
            list(&format!(r#"{{"iat":{now},"revoked":"lic"}}"#)),
            "mistyped_claim",
        ),
        (
            list(&format!(r#"{{"iat":{now},"revoked":null}}"#)),
            "mistyped_claim",
        ),
        (
            list(&format!(r#"{{"iat":{now},"revoked":[1]}}"#)),
            "mistyped_claim",
        ),
        (
            list(&format!(r#"{{"iat":{now},"revoked_keys":{{}}}}"#)),
            "mistyped_claim",
        ),
        (
            list(&format!(r#"{{"iat":"{now}","revoked":["lic"]}}"#)),
            "mistyped_claim",
        ),
        (
            list(&format!(r#"{{"iat":{now}.0,"revoked":["lic"]}}"#)),
            "mistyped_claim",
        ),
        (list(r#"{"iat":-1,"revoked":["lic"]}"#), "time"),
        (
            list(&format!(r#"{{"iat":{},"revoked":["lic"]}}"#, now + 61)),
            "issued_in_future",
        ),
        (
            list(&format!(r#"{{"iat":{now},"iat":{now},"revoked":["lic"]}}"#)),
            "duplicate_member",
        ),
    ] {
        let refused = block_on(engine.apply_revocations(&list)).unwrap_err();
        assert_eq!(refused.reason(), reason, "{refused}");
        assert!(!refused.to_string().contains("lic\""), "{refused}");
        assert!(engine.current().has("sso"));
    }
    assert!(errors(&engine).is_empty());
    // What both members may lack, and what else may stand there.
    for payload in [
        format!(r#"{{"iat":{}}}"#, now - 5),
        format!(r#"{{"iat":{},"revoked":[],"revoked_keys":[]}}"#, now - 4),
        format!(
            r#"{{"iat":{},"exp":1,"iss":5,"more":null,"revoked":["b","b"]}}"#,
            now - 3
        ),
    ] {
        block_on(engine.apply_revocations(&list(&payload))).unwrap();
    }
    assert!(engine.current().has("sso"));
}

#[test]
fn white_space_in_a_pasted_list_is_ignored() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder.license_key(vendor.key("lic")));
    let list = vendor.list(10, &["lic"]);
    let (head, tail) = list.split_at(70);
    block_on(engine.apply_revocations(&format!("\r\n {head}\n\t{tail} \n"))).unwrap();
    assert_eq!(engine.current().status(), LicenseStatus::Revoked);
}

#[test]
fn a_list_that_is_dropped_before_it_ran_changed_nothing() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder.license_key(vendor.key("lic")));
    let list = vendor.list(10, &["lic"]);
    drop(engine.apply_revocations(&list));
    assert!(engine.current().has("sso"));
}

#[test]
fn judging_again_and_removing_others_forgets_no_revocation() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| builder.license_key(vendor.key("lic")));
    block_on(engine.apply_revocations(&vendor.list(10, &["lic", "b"]))).unwrap();
    block_on(engine.revalidate());
    block_on(engine.deactivate_all()).unwrap();
    block_on(engine.activate(&vendor.key("a"))).unwrap();
    block_on(engine.deactivate("a")).unwrap();
    engine.clock().advance_days(1);
    block_on(engine.revalidate());
    assert_eq!(engine.current().status(), LicenseStatus::Revoked);
    let refused = block_on(engine.activate(&vendor.key("b"))).unwrap_err();
    assert_eq!(refused.reason(), "revoked");
}

/// The error is there for as long as the license is, and no timer is needed for it.
#[test]
fn nothing_changes_by_itself_for_a_license_that_is_revoked() {
    let vendor = Vendor::new();
    let engine = engine(&[&vendor], |builder| {
        builder
            .license_key(vendor.key("lic"))
            .revocations(vendor.list(10, &["lic"]))
    });
    for _ in 0..3 {
        assert_eq!(engine.current().status(), LicenseStatus::Revoked);
        engine.clock().advance_days(365);
    }
}
