//! `fingerprint`: the same for the same instance, and a license can be bound to it.
//!
//! Whether the machine of a test has an id cannot be chosen from outside, so each test holds on both kinds; what
//! happens without one is tested in core.
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

fn fingerprint(desk: &Desk, more: &[&str]) -> String {
    let arguments = [&["fingerprint", "--data-dir", "data"], more].concat();
    let ran = desk.run(arguments).exits(0);
    assert_eq!(ran.stderr, "");
    let line = ran.stdout.strip_suffix('\n').unwrap();
    assert_eq!(line.len(), 64, "{line}");
    assert!(
        line.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        "{line}"
    );
    line.to_owned()
}

#[test]
fn it_is_the_same_each_time_and_another_with_another_salt() {
    let desk = Desk::empty();
    let first = fingerprint(&desk, &[]);
    assert_eq!(fingerprint(&desk, &[]), first);
    assert_eq!(fingerprint(&desk, &["--salt", "entitlements"]), first);
    let salted = fingerprint(&desk, &["--salt", "acme-panel"]);
    assert_ne!(salted, first);
    assert_eq!(fingerprint(&desk, &["--salt=acme-panel"]), salted);
}

#[test]
fn json_says_where_it_comes_from() {
    let desk = Desk::empty();
    let text = fingerprint(&desk, &[]);
    let ran = desk.run(["fingerprint", "--json", "--data-dir", "data"]);
    let found = ran.exits(0).json();
    let from = found["from"].as_str().unwrap();
    assert!(["machine_id", "stored_id"].contains(&from), "{found}");
    assert_eq!(found, json!({"fingerprint": text, "from": from}));
    // The folder is touched only where it is needed.
    assert_eq!(desk.path("data").exists(), from == "stored_id");
}

#[test]
fn without_a_folder_it_is_the_machine_s_or_says_what_to_do() {
    let desk = Desk::empty();
    let ran = desk.run(["fingerprint"]);
    let json = desk.run(["fingerprint", "--json"]);
    if ran.code == 0 {
        assert_eq!(ran.stdout.trim_end(), fingerprint(&desk, &[]));
        assert_eq!(json.json()["from"], "machine_id");
    } else {
        ran.fails(1, "no machine id");
        let error = json.exits(1).json_error();
        assert_eq!(error["code"], "no_machine_id");
        assert!(error["action"].as_str().unwrap().contains("--data-dir"));
    }
    assert!(desk.files(".").len() <= 1);
}

#[test]
fn a_license_can_be_bound_to_what_is_printed() {
    let desk = Desk::new();
    let fingerprint = fingerprint(&desk, &[]);
    let key = desk.issue([
        "--plan",
        "business",
        "--days",
        "1",
        "--instance",
        &fingerprint,
    ]);
    let ran = desk.verify([key.as_str()]).exits(0);
    assert_eq!(ran.row("instance"), fingerprint);
}

#[test]
fn an_empty_salt_or_folder_is_a_usage_error() {
    let desk = Desk::empty();
    desk.run(["fingerprint", "--salt", ""]).fails(2, "--salt");
    desk.run(["fingerprint", "--data-dir", ""])
        .fails(2, "--data-dir");
    desk.run(["fingerprint", "extra"]).fails(2, "extra");
}

#[test]
fn help_says_what_is_read() {
    let desk = Desk::empty();
    let help = desk.run(["fingerprint", "--help"]).exits(0).stdout;
    for said in [
        "Examples:",
        "machine id",
        "host name",
        "instance-id",
        "nothing\nis sent",
    ] {
        assert!(help.contains(said), "{said} in {help}");
    }
}
