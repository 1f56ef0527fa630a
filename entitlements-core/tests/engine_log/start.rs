use entitlements_core::Environment;
use entitlements_core::testing::{self, TestEngine, TestVendor};

use crate::log;

const VARIABLE: &str = "ENTITLEMENTS_LICENSE_KEY";

#[test]
fn the_start_says_plan_features_end_and_source() {
    log::listen();
    let vendor = TestVendor::new();
    let key = vendor.key(&testing::catalog(), |draft| {
        draft.plan("business").id("lic-7").grace_days(14)
    });
    let environment = Environment::of([(VARIABLE, key.as_str())]);
    let built = TestEngine::build(testing::catalog(), vendor, |builder| {
        builder.environment(environment).license_from_env()
    });
    let lines = log::take();
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in [
        "INFO: message=entitlements in force",
        r#"plan="business""#,
        "status=active",
        "features=ip_allowlist, sso",
        "until=2027-01-01T12:00:00Z (grace until 2027-01-15T12:00:00Z)",
        "source=license `lic-7` from the variable `ENTITLEMENTS_LICENSE_KEY`",
    ] {
        assert!(lines[0].contains(part), "{part} is not in {lines:?}");
    }
    drop(built);
}

#[test]
fn the_start_without_a_license_says_so_and_does_not_complain() {
    log::listen();
    let _engine = testing::without_license(testing::catalog());
    let lines = log::take();
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in [
        r#"plan="community""#,
        "status=unlicensed",
        "features=none",
        "until=no end",
        "source=the catalog's base plan",
    ] {
        assert!(lines[0].contains(part), "{part} is not in {lines:?}");
    }
}

#[test]
fn each_key_that_is_not_taken_is_one_line_and_never_shown() {
    log::listen();
    let foreign = TestVendor::new().key(&testing::catalog(), |draft| draft.plan("business"));
    let cut = &foreign[..foreign.len() - 3];
    let environment = Environment::of([("ENTITLEMENTS_LICENSE_KEY_FILE", foreign.as_str())]);
    let built = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        let builder = builder.license_key(&foreign).license_key(cut);
        let builder = builder.environment(environment).license_from_env();
        builder.license_file("/nowhere/at/all")
    });
    let lines = log::take();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(lines[0].contains("status=invalid"), "{lines:?}");
    for line in &lines[1..] {
        assert!(line.starts_with("ERROR:"), "{line}");
        assert!(line.contains("action="), "{line}");
    }
    for secret in foreign.split('.').skip(1) {
        assert!(!lines.concat().contains(&secret[..16]), "{lines:?}");
    }
    drop(built);
}

#[tokio::test]
async fn activation_and_deactivation_are_said_once_and_without_the_key() {
    log::listen();
    let engine = testing::without_license(testing::catalog());
    let key = engine.key(|draft| draft.plan("business").id("lic-7"));
    log::take();
    engine.activate(&key).await.unwrap();
    let lines = log::take();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("entitlements changed"), "{lines:?}");
    assert!(lines[0].contains("before=unlicensed"), "{lines:?}");
    assert!(
        lines[1].contains(r#"license activated license="lic-7""#),
        "{lines:?}"
    );

    engine.activate(&key).await.unwrap();
    assert_eq!(log::take(), Vec::<String>::new());

    let forged = format!("{}AAAA", &key[..key.len() - 4]);
    engine.activate(&forged).await.unwrap_err();
    engine.deactivate("lic-7").await.unwrap();
    let mut lines = lines;
    lines.extend(log::take());
    assert!(lines.concat().contains("license deactivated"), "{lines:?}");
    for secret in key.split('.').skip(1) {
        assert!(!lines.concat().contains(&secret[..16]), "{lines:?}");
    }
}

#[test]
fn requests_log_nothing_while_nothing_changes() {
    log::listen();
    let engine = testing::on_plan(testing::catalog(), "business");
    log::take();
    for _ in 0..1_000 {
        let _ = engine.current();
        crate::block_on(engine.revalidate());
    }
    assert_eq!(log::take(), Vec::<String>::new());
}
