//! `verify` with revocation lists, deployment and instance: what takes a genuine license out of force.
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
use entitlements_core::license::{RevocationDraft, SigningKey};
use serde_json::json;

const TERM: [&str; 8] = [
    "--plan",
    "business",
    "--issued-at",
    "2026-01-01T00:00:00Z",
    "--expires",
    "2998-12-31T00:00:00Z",
    "--id",
    "lic_1",
];

/// A list of the key `acme`, issued at this time.
fn write_list(desk: &Desk, name: &str, time: &str, draft: RevocationDraft) {
    let key = SigningKey::from_pem(desk.read("acme.private.pem")).unwrap();
    desk.write(name, draft.sign(&key, time.parse().unwrap()).unwrap());
}

#[test]
fn a_license_is_revoked_by_its_id_or_by_the_key_that_signed_it() {
    let desk = Desk::new();
    let key = desk.issue(TERM);
    let kid = desk
        .verify([key.as_str()])
        .exits(0)
        .row("signed by")
        .to_owned();
    let time = "2026-02-01T00:00:00Z";
    write_list(
        &desk,
        "by_id",
        time,
        RevocationDraft::new().license("lic_1"),
    );
    write_list(&desk, "by_key", time, RevocationDraft::new().key(&kid));
    write_list(
        &desk,
        "others",
        time,
        RevocationDraft::new().license("lic_2").key("k"),
    );
    for (list, why) in [
        (
            "by_id",
            "its id is on the revocation list of 2026-02-01T00:00:00Z",
        ),
        (
            "by_key",
            "the key that signed it is on the revocation list of 2026-02-01T00:00:00Z",
        ),
    ] {
        let ran = desk.verify(["--revocations", list, &key]).exits(3);
        assert_eq!(
            (
                ran.row("status"),
                ran.value("why").as_str(),
                ran.stderr.as_str()
            ),
            ("revoked", why, "")
        );
        let said = desk
            .verify(["--json", "--revocations", list, &key])
            .exits(3)
            .json();
        assert_eq!(said["status"], "revoked");
        assert_eq!(
            (&said["in_force"], &said["reason"], &said["message"]),
            (&json!(false), &json!("revoked"), &json!(why))
        );
    }
    desk.verify(["--revocations", "others", &key]).exits(0);
}

#[test]
fn of_each_key_the_newest_list_counts_and_the_lists_of_several_are_united() {
    let desk = Desk::new();
    let key = desk.issue(TERM);
    write_list(
        &desk,
        "older",
        "2026-02-01T00:00:00Z",
        RevocationDraft::new().license("lic_1"),
    );
    write_list(
        &desk,
        "newer",
        "2026-02-02T00:00:00Z",
        RevocationDraft::new().license("lic_2"),
    );
    for order in [["older", "newer"], ["newer", "older"]] {
        let [first, second] = order;
        desk.verify(["--revocations", first, "--revocations", second, &key])
            .exits(0);
    }
    desk.run(["keygen", "--out", ".", "--kid", "other"])
        .exits(0);
    desk.run([
        "revoke",
        "--key",
        "other.private.pem",
        "--list",
        "others",
        "lic_1",
    ])
    .exits(0);
    let lists = ["--revocations", "newer", "--revocations", "others"];
    let both = ["--public-key", "other.public.pem"];
    desk.verify(lists.into_iter().chain(both).chain([key.as_str()]))
        .exits(3);
    // Nobody's word counts whose key is not trusted.
    desk.verify(lists.into_iter().chain([key.as_str()]))
        .fails(2, "not trusted here");
}

#[test]
fn a_list_is_from_the_future_only_if_the_clock_says_so_too() {
    let desk = Desk::new();
    let key = desk.issue(TERM);
    write_list(
        &desk,
        "list",
        "2026-06-01T00:00:00Z",
        RevocationDraft::new().license("lic_1"),
    );
    write_list(
        &desk,
        "future",
        "2990-01-01T00:00:00Z",
        RevocationDraft::new().license("lic_1"),
    );
    desk.verify([
        "--at",
        "2026-02-01T00:00:00Z",
        "--revocations",
        "list",
        &key,
    ])
    .exits(3);
    desk.verify(["--revocations", "future", &key])
        .fails(2, "in the future");
    desk.verify([
        "--at",
        "2989-12-31T23:58:59Z",
        "--revocations",
        "future",
        &key,
    ])
    .fails(2, "in the future");
    desk.verify([
        "--at",
        "2990-01-01T00:00:00Z",
        "--revocations",
        "future",
        &key,
    ])
    .exits(3);
}

#[test]
fn a_list_that_does_not_verify_is_a_usage_error_with_its_reason() {
    let desk = Desk::new();
    let key = desk.issue(TERM);
    desk.run([
        "revoke",
        "--key",
        "acme.private.pem",
        "--list",
        "list",
        "lic_2",
    ])
    .exits(0);
    desk.verify(["--revocations", "list", &key]).exits(0);
    let list = desk.read("list");
    std::fs::create_dir(desk.path("folder")).unwrap();
    std::fs::File::create(desk.path("huge"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    desk.write("license", &key);
    desk.write("empty", "");
    desk.write("cut", list.get(..list.len() - 3).unwrap());
    desk.write("binary", [0, 255, 254]);
    for (file, code, reason, cause) in [
        (
            "missing",
            "revocations_file",
            None,
            "`missing`: there is no such file",
        ),
        ("folder", "revocations_file", None, "directory"),
        (
            "license",
            "revocations",
            Some("token_type"),
            "another type than a revocation list",
        ),
        ("empty", "revocations", Some("malformed"), "`empty`"),
        ("cut", "revocations", Some("signature"), "`cut`"),
        (
            "binary",
            "revocations",
            Some("malformed"),
            "the revocation list is not",
        ),
        (
            "huge",
            "revocations",
            Some("too_long"),
            "the revocation list is too long",
        ),
    ] {
        desk.verify(["--revocations", file, &key]).fails(2, cause);
        let error = desk
            .verify(["--json", "--revocations", file, &key])
            .exits(2)
            .json_error();
        assert_eq!(
            (&error["code"], &error["reason"]),
            (&json!(code), &json!(reason)),
            "{file}"
        );
    }
    // A list is no license key.
    desk.verify(["@list"])
        .rejects("another type than a license key");
}

#[test]
fn deployment_and_instance_are_compared_only_when_given() {
    let desk = Desk::new();
    let bound = [
        "--deployment",
        "eu-1",
        "--deployment",
        "eu-2",
        "--instance",
        "fp-1",
    ];
    let key = desk.issue(TERM.into_iter().chain(bound));
    let free = desk.issue(TERM);
    for (given, fault) in [
        (&[][..], None),
        (&["--deployment", "eu-2"], None),
        (&["--instance", "fp-1"], None),
        (&["--deployment", "eu-1", "--instance", "fp-1"], None),
        (
            &["--deployment", "us-1"],
            Some("bound, but not to the deployment `us-1`"),
        ),
        (
            &["--deployment", "EU-1"],
            Some("bound, but not to the deployment `EU-1`"),
        ),
        (
            &["--deployment", "*"],
            Some("bound, but not to the deployment `*`"),
        ),
        (
            &["--instance", "fp-2"],
            Some("bound, but not to the instance `fp-2`"),
        ),
        (
            &["--deployment", "eu-1", "--instance", "fp-2"],
            Some("bound, but not to the instance `fp-2`"),
        ),
        (
            &["--deployment", "us-1", "--instance", "fp-2"],
            Some("bound, but not to the deployment `us-1` and not to the instance `fp-2`"),
        ),
    ] {
        let code = if fault.is_some() { 3 } else { 0 };
        let ran = desk
            .verify(given.iter().copied().chain([key.as_str()]))
            .exits(code);
        let said = desk
            .verify(given.iter().copied().chain(["--json", key.as_str()]))
            .exits(code)
            .json();
        if let Some(fault) = fault {
            assert_eq!(
                (ran.row("status"), ran.value("why").as_str()),
                ("wrong_deployment", fault)
            );
            assert_eq!(
                (&said["status"], &said["reason"], &said["message"]),
                (
                    &json!("wrong_deployment"),
                    &json!("wrong_deployment"),
                    &json!(fault)
                )
            );
            assert_eq!(said["in_force"], false);
        }
        assert_eq!(said["deployments"], json!(["eu-1", "eu-2"]));
        desk.verify(given.iter().copied().chain([free.as_str()]))
            .exits(0);
    }
    desk.verify(["--deployment", "", &key])
        .fails(2, "--deployment");
    desk.verify(["--instance", "", &key]).fails(2, "--instance");
}

#[test]
fn revoked_comes_before_bound_elsewhere_and_that_before_expired() {
    let desk = Desk::new();
    let old = [
        "--plan",
        "p",
        "--issued-at",
        "2020-01-01T00:00:00Z",
        "--days",
        "1",
        "--id",
        "lic_1",
        "--deployment",
        "eu-1",
    ];
    let key = desk.issue(old);
    write_list(
        &desk,
        "list",
        "2026-02-01T00:00:00Z",
        RevocationDraft::new().license("lic_1"),
    );
    let status = |more: &[&str]| {
        let ran = desk
            .verify(more.iter().copied().chain([key.as_str()]))
            .exits(3);
        ran.row("status").to_owned()
    };
    assert_eq!(status(&[]), "expired");
    assert_eq!(status(&["--deployment", "us-1"]), "wrong_deployment");
    assert_eq!(
        status(&["--deployment", "us-1", "--revocations", "list"]),
        "revoked"
    );
}
