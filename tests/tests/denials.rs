//! Denials that no scenario can show yet, because what they are about is built later: their bytes by `spec/denials.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::time::Duration;

use entitlements_core::license::LicenseStatus;
use entitlements_core::{Denial, DenialKind, Timestamp, Wanted};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn check(kind: DenialKind, headers: &[(&str, &str)], body: &str) {
    let denial = Denial::new(kind);
    let problem = denial.problem();
    assert_eq!(problem.body(), body);
    let mut expected = vec![
        ("cache-control", "no-store"),
        ("content-type", "application/problem+json"),
    ];
    expected.extend(headers);
    expected.sort_unstable();
    let mut got: Vec<_> = problem.headers().collect();
    got.sort();
    let got: Vec<_> = got.iter().map(|(name, value)| (*name, &**value)).collect();
    assert_eq!(got, expected, "{body}");
}

#[test]
fn limits_say_what_is_allowed_and_used() {
    let limit = |expired_at, resets_at| DenialKind::LimitExceeded {
        limit: "users".into(),
        allowed: 3,
        used: 3,
        expired_at,
        resets_at,
    };
    check(
        limit(None, None),
        &[],
        r#"{"type":"urn:entitlements:problem:limit-exceeded","title":"Limit exceeded","status":402,"code":"LIMIT_EXCEEDED","detail":"limit `users` reached: 3 of 3 in use","limit":"users","allowed":3,"used":3}"#,
    );
    check(
        limit(
            Some(time("2027-01-31T23:59:59Z")),
            Some(time("2027-03-01T00:00:00Z")),
        ),
        &[],
        r#"{"type":"urn:entitlements:problem:limit-exceeded","title":"Limit exceeded","status":402,"code":"LIMIT_EXCEEDED","detail":"limit `users` reached: 3 of 3 in use","limit":"users","allowed":3,"used":3,"expired_at":"2027-01-31T23:59:59Z","resets_at":"2027-03-01T00:00:00Z"}"#,
    );
}

#[test]
fn waiting_is_rounded_up_and_at_least_a_second() {
    for (wait, seconds) in [
        (Duration::ZERO, "1"),
        (Duration::from_nanos(1), "1"),
        (Duration::from_millis(999), "1"),
        (Duration::from_secs(1), "1"),
        (Duration::from_nanos(1_000_000_001), "2"),
        (Duration::from_millis(1_500), "2"),
        (Duration::from_secs(2), "2"),
    ] {
        check(
            DenialKind::RateLimited {
                rate: "api".into(),
                retry_after: wait,
            },
            &[("retry-after", seconds)],
            &format!(
                r#"{{"type":"urn:entitlements:problem:rate-limited","title":"Too many requests","status":429,"code":"RATE_LIMITED","detail":"rate `api` exceeded: try again in {seconds} s","rate":"api","retry_after_seconds":{seconds}}}"#
            ),
        );
        check(
            DenialKind::Unavailable { retry_after: wait },
            &[("retry-after", seconds)],
            r#"{"type":"urn:entitlements:problem:entitlements-unavailable","title":"Entitlements unavailable","status":503,"code":"ENTITLEMENTS_UNAVAILABLE","detail":"what is allowed cannot be determined right now"}"#,
        );
    }
}

#[test]
fn only_an_unknown_account_is_challenged() {
    check(
        DenialKind::AccountUnknown,
        &[("www-authenticate", "Bearer")],
        r#"{"type":"urn:entitlements:problem:account-unknown","title":"Account unknown","status":401,"code":"ACCOUNT_UNKNOWN","detail":"the request does not say whose account it is for"}"#,
    );
    check(
        DenialKind::IpNotAllowed,
        &[],
        r#"{"type":"urn:entitlements:problem:ip-not-allowed","title":"Address not allowed","status":403,"code":"IP_NOT_ALLOWED","detail":"requests from this address are not allowed"}"#,
    );
    check(
        DenialKind::PolicyDenied,
        &[],
        r#"{"type":"urn:entitlements:problem:policy-denied","title":"Denied by policy","status":403,"code":"POLICY_DENIED","detail":"a policy does not allow this request"}"#,
    );
}

#[test]
fn limits_and_rates_that_the_catalog_lacks_are_named() {
    check(
        DenialKind::UnknownLimit {
            name: "rockets".into(),
        },
        &[],
        r#"{"type":"urn:entitlements:problem:unknown-limit","title":"Unknown limit","status":500,"code":"UNKNOWN_LIMIT","detail":"this route asks for limit `rockets`, which the catalog cannot answer for","limit":"rockets"}"#,
    );
    check(
        DenialKind::UnknownRate {
            name: "warp".into(),
        },
        &[],
        r#"{"type":"urn:entitlements:problem:unknown-rate","title":"Unknown rate","status":500,"code":"UNKNOWN_RATE","detail":"this route asks for rate `warp`, which the catalog cannot answer for","rate":"warp"}"#,
    );
}

#[test]
fn a_license_that_was_revoked_or_is_for_elsewhere_is_told() {
    let kind = |status| DenialKind::LicenseRequired {
        wanted: Wanted::Feature("sso".into()),
        license_status: Some(status),
    };
    check(
        kind(LicenseStatus::Revoked),
        &[],
        r#"{"type":"urn:entitlements:problem:license-required","title":"License required","status":402,"code":"LICENSE_REQUIRED","detail":"feature `sso` is not in force: the license was revoked","feature":"sso","license_status":"revoked"}"#,
    );
    check(
        kind(LicenseStatus::WrongDeployment),
        &[],
        r#"{"type":"urn:entitlements:problem:license-required","title":"License required","status":402,"code":"LICENSE_REQUIRED","detail":"feature `sso` is not in force: the license is for another deployment","feature":"sso","license_status":"wrong_deployment"}"#,
    );
}
