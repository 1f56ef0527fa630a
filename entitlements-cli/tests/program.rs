//! What all commands share: help, errors, colours, pipes and files that hold no key.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use std::io::Read as _;
use std::process::Stdio;

use common::{Desk, Ran};

#[test]
fn help_and_version_are_complete() {
    let desk = Desk::empty();
    assert_eq!(
        desk.run(["--version"]).exits(0).stdout,
        format!("entitlements {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert!(desk.run(["--help"]).exits(0).stdout.contains("Exit codes:"));
    for command in [
        &["keygen"][..],
        &["issue"],
        &["verify"],
        &["revoke"],
        &["inspect"],
        &["fingerprint"],
        #[cfg(feature = "sqlite")]
        &["migrate"],
        &["catalog", "check"],
        &["catalog", "table"],
        &["catalog", "diff"],
    ] {
        let ran = desk.run(command.iter().chain(&["--help"])).exits(0);
        assert!(
            ran.stdout.contains("Examples:") && ran.stdout.contains("--json"),
            "{ran:?}"
        );
        assert_eq!(ran.stderr, "");
        for help in ["-h", "--help"] {
            let ran = desk.run(command.iter().chain(&[help])).exits(0);
            let wide = ran.stdout.lines().find(|line| line.chars().count() > 80);
            assert_eq!(wide, None, "{command:?}");
        }
    }
    let nothing: [&str; 0] = [];
    desk.run(nothing).exits(2);
    desk.run(["catalog"]).exits(2);
    desk.run(["isue"]).fails(2, "did you mean `issue`?");
    desk.run(["verify", "--pubic-key", "x"])
        .fails(2, "did you mean `--public-key`?");
}

#[test]
fn errors_are_one_line_of_json_where_asked() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    let trust = ["--public-key", "acme.public.pem"];
    for (arguments, code, word) in [
        (&["--json"][..], 2, "usage"),
        (&["catalog", "--json"], 2, "usage"),
        (&["verify", "--json"], 2, "usage"),
        (
            &["verify", "--json", "--at", "x", "--public-key", "y", "z"],
            2,
            "usage",
        ),
        (
            &["keygen", "--out", ".", "--kid", "acme", "--json"],
            1,
            "key_exists",
        ),
        (
            &["catalog", "check", "missing.toml", "--json"],
            2,
            "catalog",
        ),
        (
            &["verify", "--json", trust[0], "missing", &key],
            2,
            "public_key",
        ),
        (
            &["verify", "--json", trust[0], trust[1], "@missing"],
            2,
            "license_file",
        ),
        (
            &["verify", "--json", trust[0], trust[1], "x"],
            4,
            "malformed",
        ),
        (
            &[
                "issue",
                "--json",
                "--key",
                "missing",
                "--customer=c",
                "--plan=p",
                "--days=1",
            ],
            2,
            "private_key",
        ),
    ] {
        let ran = desk.run(arguments).exits(code);
        assert_eq!(ran.json_error()["code"], word, "{ran:?}");
        if code == 4 {
            // A rejected key has a status too, for scripts that read stdout.
            assert_eq!(ran.json()["status"], "invalid", "{ran:?}");
            assert_eq!(ran.json()["reason"], word, "{ran:?}");
            assert_eq!(
                ran.json()["message"],
                ran.json_error()["message"],
                "{ran:?}"
            );
        } else {
            assert_eq!(ran.stdout, "", "{ran:?}");
        }
    }
}

#[test]
fn private_key_files_that_hold_no_key_are_usage_errors() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder")).unwrap();
    desk.write("empty", "");
    desk.write("binary", [0, 255, 254, 10, 0]);
    desk.write("cut", desk.read("acme.private.pem").get(..60).unwrap());
    desk.write("rsa", desk.read("acme.private.pem").replace("MC4C", "MIIE"));
    std::fs::File::create(desk.path("huge"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    for name in [
        "missing",
        "folder",
        "empty",
        "binary",
        "cut",
        "rsa",
        "huge",
        "catalog.toml",
        "acme.public.pem",
    ] {
        desk.run([
            "issue",
            "--key",
            name,
            "--customer=c",
            "--plan=p",
            "--days=1",
        ])
        .fails(2, &format!("`{name}`"));
        desk.run(["verify", "--public-key", name, "x"])
            .exits(if name == "acme.public.pem" { 4 } else { 2 });
    }
}

#[test]
fn colours_are_for_terminals() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    for arguments in [
        &["verify", "--public-key", "acme.public.pem", &key][..],
        &["verify", "--at", "x"],
    ] {
        let ran = desk.run(arguments);
        assert!(
            !ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'),
            "{ran:?}"
        );
        let forced = Ran::of(
            desk.command(arguments)
                .env("CLICOLOR_FORCE", "1")
                .output()
                .unwrap(),
        );
        assert!(
            forced.stdout.contains('\u{1b}') || forced.stderr.contains('\u{1b}'),
            "{forced:?}"
        );
        let none = desk
            .command(arguments)
            .env("NO_COLOR", "1")
            .env("CLICOLOR_FORCE", "0")
            .output();
        let none = Ran::of(none.unwrap());
        assert!(
            !none.stdout.contains('\u{1b}') && !none.stderr.contains('\u{1b}'),
            "{none:?}"
        );
    }
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    for arguments in [
        &["verify", "--public-key", "acme.public.pem", &key][..],
        &["catalog", "check", "catalog.toml"],
        &["issue", "--help"],
    ] {
        let mut child = desk
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), stderr.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let desk = Desk::new();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = desk
        .command(["catalog", "check", "catalog.toml"])
        .stdout(full)
        .output()
        .unwrap();
    Ran::of(output).fails(1, "stdout");
}
