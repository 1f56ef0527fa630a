//! `clock reset`: what a product trusts of time, set back to what the clock says.
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

const FAR: &str =
    r#"{"clock":{"newest":"2099-01-01T00:00:00Z","newest_issue":"2026-01-01T00:00:00Z"}}"#;

#[test]
fn it_resets_what_a_folder_keeps_and_says_what_it_was() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.path("data")).unwrap();
    desk.write("data/clock.json", FAR);
    let reset = ["clock", "reset", "--data-dir", "data", "--json"];
    let done = desk.run(reset).exits(0).json();
    assert_eq!(done["before"], "2099-01-01T00:00:00Z");
    let now = done["newest_trusted"].as_str().unwrap().to_owned();
    assert!(!now.starts_with("2099"));
    let kept = desk.read("data/clock.json");
    assert!(kept.contains(&format!(r#""newest":"{now}""#)), "{kept}");
    assert!(kept.contains(&format!(r#""reset":"{now}""#)), "{kept}");
    assert!(
        kept.contains(r#""newest_issue":"2026-01-01T00:00:00Z""#),
        "{kept}"
    );
    let text = desk
        .run(["clock", "reset", "--data-dir", "data"])
        .exits(0)
        .stdout;
    assert!(text.contains("; it was "), "{text}");
}

#[test]
fn what_is_damaged_is_set_aside() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.path("data")).unwrap();
    desk.write("data/clock.json", "garbage");
    let ran = desk.run(["clock", "reset", "--data-dir", "data"]).exits(0);
    assert!(ran.stdout.contains("none was kept"), "{}", ran.stdout);
    assert!(desk.read("data/clock.json").contains("newest"));
    assert_eq!(desk.files("data").len(), 2);
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let desk = Desk::empty();
    desk.run(["clock", "reset", "--data-dir", "nowhere"])
        .fails(2, "is no folder");
    assert!(desk.files(".").is_empty());
    desk.run(["clock", "reset"]).fails(2, "--data-dir");
}

#[cfg(feature = "sqlite")]
#[test]
fn it_resets_what_a_database_keeps() {
    let desk = Desk::empty();
    let reset = ["clock", "reset", "--database", "sqlite:acme.db", "--json"];
    assert!(desk.run(reset).exits(0).json()["before"].is_null());
    let again = desk.run(reset).exits(0).json();
    assert!(again["before"].is_string(), "{again}");
}
