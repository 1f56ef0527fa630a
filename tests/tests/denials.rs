//! What no scenario can show: denials of what is built later, their bytes by `spec/denials.md`; what gRPC makes of each; and rules
//! that no request asks about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::time::Duration;

use entitlements_core::account::{AccountTerms, Override, OverrideValue};
use entitlements_core::denial::DenialRow;
use entitlements_core::license::LicenseStatus;
use entitlements_core::testing::{self, NOW};
use entitlements_core::{AccountId, Denial, DenialKind, Timestamp, Wanted};
use entitlements_tests::root;

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

/// One denial of each code.
fn one_of_each() -> Vec<DenialKind> {
    let wanted = Wanted::PaidPlan;
    let name = || "ssso".to_owned();
    let wait = Duration::from_secs(2);
    vec![
        DenialKind::LicenseRequired {
            wanted: wanted.clone(),
            license_status: None,
        },
        DenialKind::LicenseExpired {
            wanted,
            expired_at: NOW,
        },
        DenialKind::LimitExceeded {
            limit: "users".into(),
            allowed: 3,
            used: 3,
            expired_at: None,
            resets_at: None,
        },
        DenialKind::RateLimited {
            rate: "api".into(),
            retry_after: wait,
        },
        DenialKind::IpNotAllowed,
        DenialKind::PolicyDenied,
        DenialKind::AccountUnknown,
        DenialKind::Unavailable { retry_after: wait },
        DenialKind::UnknownFeature { name: name() },
        DenialKind::UnknownLimit { name: name() },
        DenialKind::UnknownRate { name: name() },
        DenialKind::UnknownPlan { name: name() },
        DenialKind::LayerMissing,
    ]
}

#[test]
fn grpc_tells_each_denial_by_the_code_of_the_table() {
    let page = std::fs::read_to_string(root().join("spec/denials.md")).unwrap();
    let written: Vec<(String, String)> = page
        .lines()
        .filter(|line| line.starts_with("| `") && line.split('|').count() == 8)
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>())
        .map(|cells| (cells[1].trim_matches('`').to_owned(), cells[5].to_owned()))
        .collect();
    let denials: Vec<_> = one_of_each().into_iter().map(Denial::new).collect();
    assert_eq!(denials.len(), DenialRow::ALL.len());
    let built: Vec<_> = denials
        .iter()
        .map(|denial| {
            let status = denial.grpc_status();
            (denial.code().to_owned(), status.code().to_string())
        })
        .collect();
    assert_eq!(written, built, "left: spec/denials.md, right: what is sent");
}

#[test]
fn what_grpc_cannot_send_is_percent_encoded() {
    let denial = Denial::new(DenialKind::UnknownFeature {
        name: "100% größer\n~".into(),
    });
    let status = denial.grpc_status();
    let headers: Vec<_> = status.headers().collect();
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    assert_eq!(
        headers,
        [
            ("content-type", "application/grpc"),
            ("grpc-status", "13"),
            (
                "grpc-message",
                "this route asks for feature `100%25 gr%C3%B6%C3%9Fer%0A~`, which the catalog cannot answer for"
            ),
            ("entitlements-code", "UNKNOWN_FEATURE"),
        ]
    );
}

#[tokio::test]
async fn u14_a_check_denies_one_more_by_what_is_allowed_alone() {
    let engine = testing::on_plan(testing::catalog(), "community"); // 3 users
    let users = engine.limit(&AccountId::LOCAL, "users");
    users.sync(3).await.unwrap();
    for (current, fits) in [(1, true), (2, true), (3, false), (4, false)] {
        match users.check(current).await {
            Ok(()) => assert!(fits, "{current} and one more"),
            Err(denial) => {
                assert!(!fits, "{current} and one more: {denial}");
                let detail = format!("limit `users` reached: {current} of 3 in use");
                assert_eq!(denial.detail(), detail);
            }
        }
    }
    assert_eq!(users.used().await.unwrap(), 3, "nothing was reserved");
    users.sync(2).await.unwrap();
    users.check(2).await.unwrap();
    users.check(2).await.unwrap();
    users.reserve(1).await.unwrap().release();
}

#[tokio::test]
async fn a6_accounts_with_equal_terms_share_one_set() {
    let engine = testing::without_license(testing::catalog());
    let add = async |id: &'static str, terms| engine.add_account(id, id, terms).await.unwrap();
    add("acme", AccountTerms::on_plan("business")).await;
    add("globex", AccountTerms::on_plan("business")).await;
    add("initech", AccountTerms::on_plan("enterprise")).await;
    let current = async |id: &'static str| engine.current_of(&id.into()).await.unwrap();
    let [acme, globex, initech, hooli, umbrella] = [
        current("acme").await,
        current("globex").await,
        current("initech").await,
        current("hooli").await,
        current("umbrella").await,
    ];
    assert!(std::ptr::eq(acme.set(), globex.set()));
    assert!(!std::ptr::eq(acme.set(), initech.set()));
    assert!(
        std::ptr::eq(hooli.set(), umbrella.set()),
        "nobody knows them"
    );

    let mut changed = AccountTerms::on_plan("business");
    let off = OverrideValue::Feature("sso".into(), false);
    changed.overrides = vec![Override::new("1", off, NOW)];
    let change = move |_: &mut _, terms: &mut _| *terms = changed.clone();
    engine
        .change_account(&"globex".into(), change)
        .await
        .unwrap();
    assert!(current("acme").await.has("sso"));
    assert!(!current("globex").await.has("sso"));
}
