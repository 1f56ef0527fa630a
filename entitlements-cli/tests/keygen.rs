//! `keygen`: what is written, how it is protected, and what is never written over.
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

const ALL: [&str; 2] = ["acme.private.pem", "acme.public.pem"];

#[test]
fn writes_a_pair_that_works_together() {
    let desk = Desk::new();
    assert!(
        desk.read("acme.private.pem")
            .starts_with("-----BEGIN PRIVATE KEY-----\n")
    );
    assert!(
        desk.read("acme.public.pem")
            .starts_with("-----BEGIN PUBLIC KEY-----\n")
    );
    let key = desk.issue(["--plan", "business", "--days", "1"]);
    desk.verify([key.as_str()]).exits(0);
}

#[test]
fn names_the_files_after_the_thumbprint_unless_told() {
    let desk = Desk::empty();
    let ran = desk
        .run(["--json", "keygen", "--algorithm", "ed25519", "--out", "a/b"])
        .exits(0);
    let made = ran.json();
    let kid = made["kid"].as_str().unwrap();
    assert_eq!(kid.len(), 43);
    assert_eq!(made["thumbprint"], made["kid"]);
    assert_eq!(made["algorithm"], "ed25519");
    assert_eq!(
        desk.files("a/b"),
        [format!("{kid}.private.pem"), format!("{kid}.public.pem")]
    );
    assert!(desk.path(made["private_key"].as_str().unwrap()).is_file());
    assert!(desk.path(made["public_key"].as_str().unwrap()).is_file());
    assert!(
        !ran.stdout.contains("BEGIN"),
        "the key itself is in its file only"
    );
}

#[test]
fn the_kid_names_files_only() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "business", "--days", "1"]);
    let ran = desk.verify(["--json", key.as_str()]).exits(0);
    assert_eq!(
        ran.json()["signed_by"].as_str().unwrap().len(),
        43,
        "the thumbprint"
    );
}

#[test]
fn never_writes_over_a_key() {
    for existing in ALL {
        let desk = Desk::empty();
        desk.write(existing, "precious");
        desk.run(["keygen", "--out", ".", "--kid", "acme"])
            .fails(1, "it exists already");
        assert_eq!(desk.read(existing), "precious");
        assert_eq!(desk.files("."), [existing], "nothing else is written");
    }
}

#[cfg(unix)]
#[test]
fn never_writes_through_a_link() {
    for existing in ALL {
        let desk = Desk::empty();
        std::os::unix::fs::symlink("elsewhere", desk.path(existing)).unwrap();
        desk.run(["keygen", "--out", ".", "--kid", "acme"])
            .fails(1, "it exists already");
        assert_eq!(desk.files("."), [existing]);
    }
}

#[cfg(unix)]
#[test]
fn the_private_key_is_its_owners_alone_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    for umask in ["000", "022", "077"] {
        let desk = Desk::empty();
        let script = format!("umask {umask}; exec \"$0\" keygen --out keys --kid acme");
        let shell = std::process::Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_entitlements")])
            .current_dir(desk.path("."))
            .status();
        assert!(shell.unwrap().success());
        let mode = |name: &str| desk.path(name).metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode("keys/acme.private.pem"), 0o600, "umask {umask}");
        assert_eq!(mode("keys/acme.public.pem") & 0o133, 0, "umask {umask}");
    }
}

#[test]
fn a_kid_that_is_no_file_name_is_refused() {
    let long = "k".repeat(129);
    let kids = [
        "",
        ".",
        "..",
        ".acme",
        "a/b",
        "/etc/acme",
        "../acme",
        "a\\b",
        "a..b",
        "a\nb",
        "a\u{1b}b",
        &long,
    ];
    for kid in kids {
        let desk = Desk::empty();
        desk.run(["keygen", "--out", "keys", "--kid", kid])
            .fails(2, "--kid");
        assert!(!desk.path("keys").exists(), "{kid:?}");
    }
}

#[test]
fn a_directory_that_cannot_be_made_is_a_failure() {
    let desk = Desk::empty();
    desk.write("file", "");
    desk.run(["keygen", "--out", "file"]).fails(1, "`file`");
    desk.run(["keygen", "--out", "file/keys"])
        .fails(1, "`file/keys`");
    desk.run(["keygen", "--out", ""]).fails(2, "--out");
    assert_eq!(desk.files("."), ["file"]);
}

#[test]
fn every_key_is_another() {
    let desk = Desk::empty();
    for _ in 0..3 {
        desk.run(["keygen", "--out", "."]).exits(0);
    }
    assert_eq!(desk.files(".").len(), 6);
}

#[test]
fn other_algorithms_are_refused() {
    let desk = Desk::empty();
    for algorithm in ["rsa2048", "rsa", "RSA4096", "ED25519", "none", ""] {
        desk.run(["keygen", "--out", ".", "--algorithm", algorithm])
            .fails(2, "--algorithm");
    }
    assert!(desk.files(".").is_empty());
}
