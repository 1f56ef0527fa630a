//! `migrate`: makes a database's tables, once, and says what is in the way.
#![cfg(feature = "sqlite")]
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

#[test]
fn it_makes_the_tables_once() {
    let desk = Desk::empty();
    let migrate = ["migrate", "--database", "sqlite:data/acme.db"];
    let ran = desk.run(migrate).exits(0);
    assert_eq!(ran.stdout, "version 3, applied: state, audit, allowlists\n");
    assert_eq!(ran.stderr, "");
    let ran = desk.run(migrate).exits(0);
    assert_eq!(ran.stdout, "version 3, nothing to do\n");
    assert_eq!(desk.files("data"), ["acme.db"]);
    let by_path = ["migrate", "--json", "--database", "data/acme.db"];
    let done = desk.run(by_path).exits(0).json();
    assert_eq!(done, json!({"version": 3, "applied": []}));
}

#[test]
fn what_is_in_the_way_is_told_and_left_as_it_is() {
    let desk = Desk::empty();
    desk.write("acme.db", "a database of mine\n".repeat(100));
    let migrate = ["migrate", "--database", "acme.db"];
    desk.run(migrate)
        .fails(1, "acme.db`: file is not a database");
    let error = desk
        .run([&migrate[..], &["--json"]].concat())
        .exits(1)
        .json_error();
    assert_eq!(
        (&error["code"], &error["reason"]),
        (&json!("database"), &json!("damaged"))
    );
    assert!(error["action"].as_str().unwrap().contains("backup"));
    assert_eq!(desk.read("acme.db"), "a database of mine\n".repeat(100));
    desk.run(["migrate", "--database", "sqlite:none.db?mode=rw"])
        .fails(1, "there is no file");
}

#[test]
fn a_database_of_another_kind_is_a_usage_error_that_keeps_its_password() {
    let desk = Desk::empty();
    for database in ["postgres://acme:hunter2@db/acme", "sqlite::memory:", ""] {
        let ran = desk.run(["migrate", "--database", database]);
        assert!(!ran.stderr.contains("hunter2"));
        ran.fails(2, "");
    }
    desk.run(["migrate"]).fails(2, "--database");
    assert!(desk.files(".").is_empty());
}
