//! `issue`: what a key says, and what is refused before one is signed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use common::Desk;
use serde_json::json;

const PLAN: [&str; 4] = ["--plan", "business", "--days", "30"];

#[test]
fn prints_the_key_alone() {
    let desk = Desk::new();
    let ran = desk.try_issue(PLAN).exits(0);
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(ran.stdout.ends_with('\n'));
    assert_eq!(ran.stdout.trim_end().split('.').count(), 3);
}

#[test]
fn every_argument_reaches_the_key() {
    let desk = Desk::new();
    let key = desk.issue([
        "--plan",
        "business",
        "--feature",
        "sso",
        "--feature",
        "audit",
        "--limit",
        "users=50",
        "--limit",
        "nodes=unlimited",
        "--limit",
        "seats=0",
        "--addon",
        "regulated",
        "--issued-at",
        "2026-01-01T00:00:00Z",
        "--not-before",
        "2026-01-02T01:00:00+01:00",
        "--expires",
        "2026-12-31",
        "--grace-days",
        "3",
        "--deployment",
        "d1",
        "--deployment",
        "d2",
        "--instance",
        "fp",
        "--trial",
        "--id",
        "lic_1",
        "--kid",
        "acme-2026",
    ]);
    let trusted = "acme-2026=acme.public.pem";
    let at = "2026-06-01T00:00:00Z";
    let ran = desk
        .run([
            "verify",
            "--json",
            "--public-key",
            trusted,
            "--at",
            at,
            &key,
        ])
        .exits(0);
    assert_eq!(
        ran.json(),
        json!({
            "status": "active", "in_force": true, "reason": "active",
            "message": "in force until 2026-12-31T23:59:59Z",
            "checked_at": "2026-06-01T00:00:00Z", "id": "lic_1", "customer": "Acme GmbH",
            "plan": "business", "features": {"audit": true, "sso": true},
            "limits": {"nodes": null, "seats": 0, "users": 50}, "rates": {}, "addons": ["regulated"],
            "not_before": "2026-01-02T00:00:00Z", "issued_at": "2026-01-01T00:00:00Z",
            "expires_at": "2026-12-31T23:59:59Z", "grace_days": 3,
            "grace_ends_at": "2027-01-03T23:59:59Z", "deployments": ["d1", "d2"],
            "instance": "fp", "trial": true, "signed_by": "acme-2026", "warnings": [],
        })
    );
}

#[test]
fn json_says_what_was_issued() {
    let desk = Desk::new();
    let ran = desk.try_issue([
        "--json",
        "--plan",
        "business",
        "--issued-at",
        "2026-01-31T10:00:00.75Z",
        "--days",
        "1",
        "--catalog",
        "catalog.toml",
    ]);
    let issued = ran.exits(0).json();
    let key = issued["key"].as_str().unwrap();
    assert!(issued["id"].as_str().unwrap().starts_with("lic_"));
    assert_eq!(issued["issued_at"], "2026-01-31T10:00:00Z");
    assert_eq!(
        issued["expires_at"], "2026-02-01T10:00:00Z",
        "days count from when it is issued"
    );
    assert_eq!(
        issued["grace_ends_at"], "2026-02-08T10:00:00Z",
        "the catalog's days of grace"
    );
    assert_eq!(issued["customer"], "Acme GmbH");
    assert_eq!(issued["plan"], "business");
    let at = "2026-01-31T12:00:00Z";
    desk.verify(["--catalog", "catalog.toml", "--at", at, key])
        .exits(0);
    // The claims are this vendor's, so without its catalog the key cannot be read.
    desk.verify(["--at", at, key]).rejects("lacks a claim");
}

#[test]
fn names_that_the_catalog_lacks_are_refused_with_the_nearest() {
    let desk = Desk::new();
    for (arguments, cause) in [
        (
            ["--plan", "busines", "--days", "1"],
            "unknown plan `busines`, did you mean `business`?",
        ),
        (["--plan", "zzzzzz", "--days", "1"], "unknown plan `zzzzzz`"),
        (
            ["--plan", "business", "--days=1", "--feature=ssso"],
            "unknown feature `ssso`, did you mean `sso`?",
        ),
        (
            ["--plan", "business", "--days=1", "--limit=user=5"],
            "unknown limit `user`, did you mean `users`?",
        ),
        (
            ["--plan", "business", "--days=1", "--addon=regulatd"],
            "unknown add-on `regulatd`, did you mean `regulated`?",
        ),
    ] {
        let catalog = ["--catalog", "catalog.toml"];
        desk.try_issue(arguments.into_iter().chain(catalog))
            .fails(2, cause);
        if cause.contains("plan") {
            desk.try_issue(arguments).exits(0);
        }
    }
}

#[test]
fn a_plan_is_needed_unless_keys_grant_only_what_they_list() {
    let desk = Desk::new();
    desk.try_issue(["--days", "1"]).fails(2, "needs a plan");
    desk.try_issue(["--days", "1", "--catalog", "catalog.toml"])
        .fails(2, "needs a plan");
    let listed = common::CATALOG.replace("[license]", "[license]\ngrants = \"listed\"");
    desk.write("listed.toml", listed);
    let key = desk.issue([
        "--days",
        "1",
        "--catalog",
        "listed.toml",
        "--feature",
        "sso",
    ]);
    let ran = desk.verify(["--catalog", "listed.toml", &key]).exits(0);
    assert_eq!(ran.row("plan"), "none");
    assert_eq!(ran.row("features"), "sso");
}

#[test]
fn one_end_is_needed() {
    let desk = Desk::new();
    desk.try_issue(["--plan", "p"]).fails(2, "--expires");
    desk.try_issue(["--plan", "p", "--days", "1", "--expires", "2099-01-01"])
        .fails(2, "exclude");
    desk.try_issue(["--plan", "p", "--days", "1", "--days", "2"])
        .fails(2, "once");
}

#[test]
fn an_end_before_the_beginning_is_refused() {
    let desk = Desk::new();
    let noon = "2026-06-01T12:00:00Z";
    let issue =
        |expires| desk.try_issue(["--plan", "p", "--issued-at", noon, "--expires", expires]);
    issue("2026-06-01T11:59:59Z").fails(2, "before it is issued");
    issue("2026-05-31").fails(2, "before it is issued");
    issue("2026-06-01T12:00:00Z").exits(0);
    issue("2026-06-01T12:00:01Z").exits(0);
    issue("2026-06-01").exits(0);
    desk.try_issue(["--plan", "p", "--expires", "2020-01-01"])
        .fails(2, "before it is issued");
    let begins = [
        "--plan",
        "p",
        "--days",
        "1",
        "--not-before",
        "2999-01-01T00:00:00Z",
    ];
    desk.try_issue(begins).fails(2, "before it begins");
}

#[test]
fn days_neither_overflow_nor_end_later_than_they_can() {
    let desk = Desk::new();
    let issue = |days| {
        desk.try_issue([
            "--plan",
            "p",
            "--issued-at",
            "9999-12-30T00:00:00Z",
            "--days",
            days,
        ])
    };
    issue("1").exits(0);
    issue("2").fails(2, "year 9999");
    for days in [
        "0",
        "-1",
        "",
        "x",
        "1.5",
        "4294967295",
        "4294967296",
        "99999999999999999999",
    ] {
        desk.try_issue(["--plan", "p", &format!("--days={days}")])
            .fails(2, "--days");
    }
    desk.try_issue(["--plan", "p", "--expires", "9999-12-31"])
        .exits(0);
}

#[test]
fn garbage_in_arguments_is_a_usage_error() {
    let desk = Desk::new();
    let (long, wide) = ("x".repeat(40_000), "y".repeat(129));
    let cases: &[&[&str]] = &[
        &["--expires", "2027-02-30"],
        &["--expires", "tomorrow"],
        &["--expires", "1969-12-31"],
        &["--expires", "+12027-01-01"],
        &["--expires", ""],
        &["--days=1", "--issued-at", "2027-01-01"],
        &["--days=1", "--issued-at", "1960-01-01T00:00:00Z"],
        &["--days=1", "--not-before", "2027-01-01 00:00:00Z"],
        &["--days=1", "--grace-days", "3651"],
        &["--days=1", "--grace-days=-1"],
        &["--days=1", "--limit", "users"],
        &["--days=1", "--limit", "users=-1"],
        &["--days=1", "--limit", "users=18446744073709551616"],
        &["--days=1", "--limit", "=5"],
        &["--days=1", "--limit", "users=1", "--limit", "users=2"],
        &["--days=1", "--feature", "sso", "--feature", "sso"],
        &["--days=1", "--feature", ""],
        &["--days=1", "--feature", "a\u{202e}b"],
        &["--days=1", "--addon", "a", "--addon", "a"],
        &["--days=1", "--addon", "a\nb"],
        &["--days=1", "--deployment", ""],
        &["--days=1", "--instance", "\u{1b}[2J"],
        &["--days=1", "--id", "a b"],
        &["--days=1", "--id", ""],
        &["--days=1", "--id", &wide],
        &["--days=1", "--kid", ""],
        &["--days=1", "--id", "lic_1", "--catalog", "missing.toml"],
        &["--days=1", "--id", "other_1", "--catalog", "catalog.toml"],
        &["--days=1", "--feature", &long],
        &["--days=1", "surplus"],
        &["--days=1", "--unknown"],
    ];
    for case in cases {
        let ran = desk.try_issue(
            ["--plan", "business"]
                .into_iter()
                .chain(case.iter().copied()),
        );
        let ran = ran.fails(2, "");
        assert!(
            !ran.stderr.contains(['\u{1b}', '\u{202e}']) && ran.stderr.len() < 1000,
            "{ran:?}"
        );
    }
    desk.run([
        "issue",
        "--key",
        "acme.private.pem",
        "--customer",
        "",
        "--plan",
        "p",
        "--days=1",
    ])
    .fails(2, "--customer");
    desk.run(["issue", "--customer", "c", "--plan", "p", "--days=1"])
        .fails(2, "--key");
}

#[test]
fn a_plan_of_the_catalog_is_written_by_the_vendors_name_for_it() {
    let desk = Desk::new();
    let key = desk.issue([
        "--plan",
        "business",
        "--days",
        "1",
        "--catalog",
        "catalog.toml",
    ]);
    let ran = desk.verify(["--catalog", "catalog.toml", &key]).exits(0);
    assert_eq!(ran.row("plan"), "business");
    let other = common::CATALOG.replace("biz", "bizz");
    desk.write("other.toml", other);
    desk.verify(["--catalog", "other.toml", &key])
        .rejects("`biz`");
}
