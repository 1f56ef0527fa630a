use super::{BEFORE, catalog, diff};
use crate::catalog::{CatalogDiff, KeyEffect};
use crate::license::LicenseVerifier;
use crate::testing::{self, TestVendor};

/// Effect, setting, before and after.
fn told(diff: &CatalogDiff) -> Vec<String> {
    let line = |key: &crate::catalog::KeyChange| {
        let or_none = |text: Option<&str>| text.unwrap_or("none").to_owned();
        let (before, after) = (or_none(key.before()), or_none(key.after()));
        assert!(!key.message().is_empty() && !key.message().ends_with('.'));
        format!(
            "{} {}: {before} -> {after}",
            key.effect().as_str(),
            key.setting()
        )
    };
    diff.keys().iter().map(line).collect()
}

#[test]
fn each_setting_that_keys_run_into_is_told() {
    for (line, replacement, expected) in [
        (
            "issuer = \"acme.example\"",
            "issuer = \"b.example\"",
            "refused license.issuer: acme.example -> b.example",
        ),
        (
            "[license]",
            "[license]\naudience = \"panel\"",
            "refused license.audience: none -> panel",
        ),
        (
            "[license]",
            "[license]\nrequired = [\"iat\"]",
            "refused license.required: none -> iat",
        ),
        (
            "[license]",
            "[license]\nenv = \"ACME_KEY\"",
            "ignored license.env: ENTITLEMENTS_LICENSE_KEY -> ACME_KEY",
        ),
        (
            "[license.claims]",
            "[license.claims]\nplan = \"pl\"",
            "refused license.claims.plan: tier -> pl",
        ),
        (
            "[license.claims]",
            "[license.claims]\nid = \"lid\"",
            "changed license.claims.id: jti -> lid",
        ),
        (
            "[license.claims]",
            "[license.claims]\nid_prefix = \"lic_\"",
            "refused license.claims.id_prefix: none -> lic_",
        ),
        (
            "[license.claims]",
            "[license.claims]\ncustomer = \"eml\"",
            "ignored license.claims.customer: sub -> eml",
        ),
        (
            "[license.claims]",
            "[license.claims]\nfeatures = \"feat\"",
            "ignored license.claims.features: features -> feat",
        ),
        (
            "[license.claims]",
            "[license.claims]\nlimits = \"lim\"",
            "ignored license.claims.limits: limits -> lim",
        ),
        (
            "[license.claims]",
            "[license.claims]\nlimits = { users = \"usr\" }",
            "ignored license.claims.limits: limits -> a claim for each limit",
        ),
        (
            "rates = { api = \"api_rate\" }",
            "",
            "ignored license.claims.rates.api: api_rate -> none",
        ),
        (
            "[license.claims]",
            "[license.claims]\nexpires = { claim = \"exp\", format = \"rfc3339\" }",
            "refused license.claims.expires: exp -> exp as rfc3339",
        ),
        (
            "[license.claims]",
            "[license.claims]\nunlimited = []",
            "refused license.claims.unlimited: -1 -> none",
        ),
        (
            "[license.claims]",
            "[license.claims]\nunlimited = [-1, 0]",
            "changed license.claims.unlimited: none -> 0",
        ),
        (
            "plan_values = { p = \"pro\" }",
            "",
            "refused license.claims.plan_values.p: pro -> none",
        ),
        (
            "{ p = \"pro\" }",
            "{ p = \"max\" }",
            "changed license.claims.plan_values.p: pro -> max",
        ),
        (
            "requests = 600, per = \"1m\"",
            "requests = 36000, per = \"1h\"",
            "changed plans.pro.rates.api: 1m -> 1h",
        ),
    ] {
        let told = told(&diff(&[(line, replacement)]));
        assert_eq!(told.first().map(String::as_str), Some(expected), "{told:?}");
        assert!(
            told.len() == 1 || expected.contains("rates.api"),
            "{told:?}"
        );
    }
}

#[test]
fn what_asks_for_less_refuses_nobody() {
    for (line, replacement) in [
        ("issuer = \"acme.example\"", ""),
        (
            "[license]",
            "[license]\nrequired = [\"exp\", \"iss\", \"tier\"]",
        ),
        ("[license.claims]", "[license.claims]\nunlimited = [-1, -2]"),
        ("{ p = \"pro\" }", "{ p = \"pro\", m = \"max\" }"),
    ] {
        let diff = diff(&[(line, replacement)]);
        assert!(diff.keys().is_empty(), "{replacement}: {:?}", told(&diff));
    }
    let longer =
        catalog(&BEFORE.replace("[license.claims]", "[license.claims]\nid_prefix = \"lic_\""));
    let shorter =
        catalog(&BEFORE.replace("[license.claims]", "[license.claims]\nid_prefix = \"lic\""));
    assert!(longer.compare(&shorter).keys().is_empty());
    assert_eq!(shorter.compare(&longer).keys().len(), 1);
}

#[test]
fn addons_and_plans_that_go_refuse_their_keys_first() {
    let text = BEFORE
        .replace("[addons.extra]", "[addons.other]")
        .replace("[license]", "[license]\nenv = \"A\"");
    let diff = catalog(BEFORE).compare(&catalog(&text));
    let expected = [
        "refused addons.extra: extra -> none",
        "ignored license.env: ENTITLEMENTS_LICENSE_KEY -> A",
    ];
    assert_eq!(told(&diff), expected);
}

#[test]
fn limits_that_are_named_one_by_one() {
    let flat = BEFORE.replace(
        "[license.claims]",
        "[license.claims]\nlimits = { users = \"usr\", calls = \"cll\" }",
    );
    let moved = flat.replace("calls = \"cll\"", "calls = \"cal\"");
    let diff = catalog(&flat).compare(&catalog(&moved));
    assert_eq!(
        told(&diff),
        ["ignored license.claims.limits.calls: cll -> cal"]
    );
    let object = catalog(&flat).compare(&catalog(BEFORE));
    assert_eq!(told(&object).len(), 2);
}

/// The verifier itself is asked whether keys of the test kit's catalog are refused by its successor.
#[test]
fn keys_are_refused_where_the_comparison_says_so() {
    let before = testing::catalog();
    let vendor = TestVendor::new();
    let key = vendor.key(&before, |draft| draft.plan("business"));
    let text = include_str!("../../../testing/catalog.toml");
    for (line, refused) in [
        ("audience = \"elsewhere\"", true),
        ("required = [\"nowhere\"]", true),
        ("env = \"OTHER_KEY\"", false),
        ("leeway_seconds = 0", false),
        ("claims = { plan = \"elsewhere\" }", true),
        ("claims = { expires = \"elsewhere\" }", true),
        ("claims = { features = \"elsewhere\" }", false),
        ("claims = { id_prefix = \"elsewhere\" }", true),
    ] {
        let after = std::sync::Arc::new(catalog(&format!("{text}\n[license]\n{line}")));
        let told = before.compare(&after);
        let told = told
            .keys()
            .iter()
            .any(|key| key.effect() == KeyEffect::Refused);
        let verifier = LicenseVerifier::new([vendor.trusted_key()])
            .unwrap()
            .with_catalog(after);
        assert_eq!(
            verifier.verify(&key, testing::NOW).is_err(),
            refused,
            "{line}"
        );
        assert_eq!(told, refused, "{line}");
    }
}
