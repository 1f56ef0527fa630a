//! Values that begin with `-`, as one of 64 thumbprints, ids and license keys do: they are no flags.
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

const THUMBPRINT: &str = "-PrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

#[test]
fn a_key_whose_first_character_was_changed_is_rejected() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    let changed = format!("-{}", key.get(1..).unwrap());
    for key in [changed.as_str(), "-yJx.a.b", "-h.a.b"] {
        desk.verify([key]).rejects("license key");
        desk.verify([key, "--json"]).exits(4).json();
        desk.run(["verify", key, "--public-key", "acme.public.pem"])
            .rejects("license key");
        desk.verify(["--", key]).rejects("license key");
        desk.run(["inspect", key]).fails(4, "license key");
        desk.run(["--json", "inspect", key]).exits(4).json_error();
    }
    desk.pipe(["verify", "--public-key", "acme.public.pem", "-"], key)
        .exits(0);
}

#[test]
fn flags_that_are_mistyped_become_no_values() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    for command in ["verify", "inspect"] {
        for flag in ["-abc", "-x", "--abc", "--a.b.c"] {
            desk.run([command, flag]).fails(2, "unexpected argument `-");
        }
        assert!(desk.run([command, "-h"]).exits(0).stdout.contains("Usage:"));
    }
    desk.verify(["--deploymnet", "eu-1", &key])
        .fails(2, "unexpected argument `--deploymnet`, did you mean");
    for flag in ["--kid", "--list", "--signing-key"] {
        desk.run(["revoke", "--key", "acme.private.pem", "a", flag, "--jsn"])
            .fails(2, "`--");
    }
    desk.run(["revoke", "--key", "acme.private.pem", "a", "--lst", "l"])
        .fails(2, "unexpected argument `--lst`, did you mean `--list`?");
    desk.try_issue(["--plan", "--days", "1"])
        .fails(2, "`--plan <PLAN>`");
}

#[test]
fn a_thumbprint_may_begin_with_a_hyphen_wherever_it_is_given() {
    let desk = Desk::new();
    let key = desk.issue([
        "--plan=p",
        "--days=1",
        "--kid",
        THUMBPRINT,
        "--id",
        "-lic",
        "--instance",
        THUMBPRINT,
        "--deployment",
        "-d",
    ]);
    let trusted = format!("{THUMBPRINT}=acme.public.pem");
    let verify = |more: &[&str]| {
        let base = ["verify", "--public-key", &trusted, "--instance", THUMBPRINT];
        let here = ["--deployment", "-d", &key];
        desk.run(base.iter().chain(&here).chain(more))
    };
    let ran = verify(&[]).exits(0);
    assert_eq!((ran.row("id"), ran.row("signed by")), ("-lic", THUMBPRINT));
    assert_eq!(ran.row("instance"), THUMBPRINT);

    let revoke = ["revoke", "--key", "acme.private.pem", "--kid", THUMBPRINT];
    let by_id = ["-lic", "b", "--list", "by_id", "-a"];
    desk.run(revoke.iter().chain(&by_id)).exits(0);
    let ran = verify(&["--revocations", "by_id", "--json"]).exits(3);
    assert_eq!(ran.json()["reason"], "revoked");
    let list = desk.read("by_id");
    let payload = common::base64::decode(list.split('.').nth(1).unwrap());
    let said: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(said["revoked"], json!(["-a", "-lic", "b"]));

    let by_key = ["--list", "by_key", "--signing-key", THUMBPRINT];
    desk.run(revoke.iter().chain(&by_key)).exits(0);
    verify(&["--revocations", "by_key"]).exits(3);
    // Two hyphens look like a flag, unless they stand behind its `=` or behind `--`.
    let two = ["--list=two", "--signing-key=--k", "--", "--lic"];
    desk.run(revoke.iter().chain(&two)).exits(0);
}

#[test]
fn all_other_values_may_begin_with_one_too() {
    let desk = Desk::new();
    desk.run(["keygen", "--out", "keys", "--kid", "-k"])
        .exits(0);
    assert_eq!(desk.files("keys"), ["-k.private.pem", "-k.public.pem"]);
    let key = desk.run([
        "issue",
        "--key",
        "keys/-k.private.pem",
        "--customer",
        "- Acme -",
        "--plan",
        "-p",
        "--feature",
        "-f",
        "--without-feature",
        "-w",
        "--addon",
        "-a",
        "--days",
        "1",
    ]);
    let key = key.exits(0).stdout;
    let trusted = ["verify", "--json", "--public-key", "keys/-k.public.pem"];
    let said = desk.run(trusted.iter().chain(&[key.trim_end()])).exits(0);
    let said = said.json();
    assert_eq!(said["customer"], "- Acme -");
    assert_eq!(said["plan"], "-p");
    assert_eq!(said["features"], json!({"-f": true, "-w": false}));
    assert_eq!(said["addons"], json!(["-a"]));
    desk.try_issue(["--plan", "p", "--days", "-1"])
        .fails(2, "`--days <N>` cannot be `-1`");
    let salted = |salt: &[&str]| {
        let here = ["fingerprint", "--data-dir", "keys", "--salt"];
        desk.run(here.iter().chain(salt)).exits(0).stdout
    };
    assert_ne!(salted(&["-s"]), salted(&["s"]));
}
