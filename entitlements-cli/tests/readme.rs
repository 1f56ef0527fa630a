//! The session in the README runs as it stands.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{Desk, Ran};

#[test]
fn the_commands_of_the_readme_work_one_after_the_other() {
    let readme = include_str!("../README.md");
    let blocks = readme
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    let script = format!("set -e\n{}", blocks.collect::<String>());
    let folder = Path::new(env!("CARGO_BIN_EXE_entitlements"))
        .parent()
        .unwrap();
    let path = std::env::join_paths(
        [folder.to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var("PATH").unwrap())),
    );
    let desk = Desk::empty();
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(desk.path("."))
        .env("PATH", path.unwrap())
        .output()
        .unwrap();
    let ran = Ran::of(output).exits(0);
    assert_eq!(ran.row("status"), "active");
    assert_eq!(ran.row("limits"), "users=50");
    assert!(
        ran.stdout
            .contains("\nstatus:      revoked\nwhy:         its id is on")
    );
    assert_eq!(ran.stdout.matches("exit code 3").count(), 1);
    assert_eq!(ran.stdout.matches("status:      active").count(), 2);
    assert!(
        ran.stdout
            .lines()
            .last()
            .unwrap()
            .starts_with(r#"{"status":"active","in_force":true"#)
    );
}
