//! What ends the start, and what does not.

use std::ffi::OsString;

use entitlements_core::testing::{self, TestEngine, TestVendor};
use entitlements_core::{
    Catalog, ConfigError, DeploymentMode, Entitlements, EntitlementsBuilder, Environment,
    TrustedKey,
};

use crate::block_on;

const CATALOG: &str = r#"
schema = 1
[product]
name = "Panel"
default_plan = "community"
[plans.community]
[plans.self_hosted]
"#;

fn builder() -> EntitlementsBuilder {
    let none = Environment::of::<String, String>([]);
    Entitlements::builder()
        .catalog_toml(CATALOG)
        .unwrap()
        .environment(none)
}

fn in_mode(mode: impl Into<OsString>) -> Result<String, ConfigError> {
    let environment = Environment::of([("DEPLOYMENT_MODE", mode.into())]);
    let (engine, _upkeep) = block_on(builder().environment(environment).build())?;
    Ok(engine.current().plan_in_force().name().to_owned())
}

#[test]
fn deployment_mode_has_two_values_and_may_be_blank() {
    for (mode, plan) in [
        ("self_hosted", "self_hosted"),
        (" self_hosted\n", "self_hosted"),
        ("cloud", "community"),
        ("\tcloud ", "community"),
    ] {
        assert_eq!(in_mode(mode).unwrap(), plan, "{mode:?}");
    }
    let (unset, _upkeep) = block_on(builder().build()).unwrap();
    let unset = unset.current().plan_in_force().name().to_owned();
    for blank in ["", " ", "\r\n"] {
        assert_eq!(in_mode(blank).unwrap(), unset);
    }
}

#[test]
fn any_other_deployment_mode_ends_the_start_in_one_short_line() {
    for mode in [
        "Cloud",
        "SELF_HOSTED",
        "self-hosted",
        "selfhosted",
        "cloud,self_hosted",
        "1",
        "\0",
        "a\nb",
    ] {
        let message = in_mode(mode).unwrap_err().to_string();
        assert!(
            message.contains("must be `self_hosted` or `cloud`"),
            "{message}"
        );
        assert!(!message.contains(['\n', '\0']), "{message}");
    }
    let message = in_mode("x".repeat(100_000)).unwrap_err().to_string();
    assert!(message.len() < 200);
}

#[cfg(unix)]
#[test]
fn a_deployment_mode_that_is_not_text_ends_the_start() {
    use std::os::unix::ffi::OsStringExt;
    let error = in_mode(OsString::from_vec(b"cloud\xff".to_vec())).unwrap_err();
    assert!(matches!(error, ConfigError::DeploymentMode(_)));
}

#[test]
fn what_the_program_says_goes_over_the_variable() {
    let environment = Environment::of([("DEPLOYMENT_MODE", "nonsense")]);
    let builder = builder().environment(environment);
    let built = block_on(builder.deployment_mode(DeploymentMode::Cloud).build());
    let (engine, _upkeep) = built.unwrap();
    assert_eq!(engine.current().plan_in_force().name(), "community");
}

#[test]
fn two_trusted_keys_with_one_kid_end_the_start() {
    let named = |vendor: &TestVendor| vendor.trusted_key().with_kid("2026").unwrap();
    let (one, other) = (TestVendor::new(), TestVendor::new());
    let build = |keys: [TrustedKey; 2]| {
        let builder = keys
            .into_iter()
            .fold(builder(), EntitlementsBuilder::trusted_key);
        block_on(builder.build()).map(|_| ())
    };
    let Err(error @ ConfigError::TrustedKey(_)) = build([named(&one), named(&other)]) else {
        panic!("two keys with one kid were taken");
    };
    assert!(error.to_string().contains("`2026`"), "{error}");
    build([one.trusted_key(), one.trusted_key()]).unwrap_err();
    // By their own names the two may be trusted together.
    build([one.trusted_key(), other.trusted_key()]).unwrap();
}

#[test]
fn an_engine_without_a_catalog_says_how_to_give_one() {
    let error = block_on(Entitlements::builder().build()).unwrap_err();
    assert!(matches!(error, ConfigError::NoCatalog));
    assert!(error.to_string().contains("catalog_file"));
}

#[test]
fn an_engine_that_trusts_nobody_takes_no_key_and_runs() {
    let (engine, _upkeep) = block_on(builder().license_key("a.b.c").build()).unwrap();
    assert_eq!(engine.current().errors().len(), 1);
    let key = TestVendor::new().key(&testing::catalog(), |draft| draft.plan("business"));
    block_on(engine.activate(&key)).unwrap_err();
}

#[test]
fn one_catalog_may_serve_many_engines() {
    let catalog = testing::catalog();
    let engines: [TestEngine; 2] = ["business", "community"]
        .map(|plan| testing::on_plan(std::sync::Arc::clone(&catalog), plan));
    assert!(engines[0].current().has("sso"));
    assert!(!engines[1].current().has("sso"));
    assert!(std::ptr::eq(
        &raw const **engines[0].catalog(),
        &raw const **engines[1].catalog()
    ));
    let _: &Catalog = &catalog;
}
