//! Pipes, devices and names that are not text.
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

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use common::{Desk, Ran};

#[test]
fn pipes_and_devices_are_refused_rather_than_waited_for() {
    let desk = Desk::new();
    assert!(
        Command::new("mkfifo")
            .arg(desk.path("fifo"))
            .status()
            .unwrap()
            .success()
    );
    assert!(
        Command::new("mkfifo")
            .arg(desk.path("fifo.toml"))
            .status()
            .unwrap()
            .success()
    );
    for file in ["fifo", "/dev/zero"] {
        let why = "not a regular file";
        desk.verify([format!("@{file}").as_str()]).fails(2, why);
        desk.run(["verify", "--public-key", file, "x"])
            .fails(2, why);
        desk.run([
            "issue",
            "--key",
            file,
            "--customer=c",
            "--plan=p",
            "--days=1",
        ])
        .fails(2, why);
    }
    desk.run(["catalog", "check", "fifo.toml"])
        .fails(2, "not a regular file");
    desk.verify(["--catalog", "fifo.toml", "x"])
        .fails(2, "not a regular file");
}

#[test]
fn arguments_that_are_not_text_are_no_panic() {
    let desk = Desk::new();
    let bad = OsStr::from_bytes(b"\xff\xfe");
    let at_bad = OsStr::from_bytes(b"@\xff\xfe");
    let words: [&[&OsStr]; 9] = [
        &[bad],
        &["catalog".as_ref(), bad],
        &["catalog".as_ref(), "check".as_ref(), bad],
        &["keygen".as_ref(), "--out=x".as_ref(), "--kid".as_ref(), bad],
        &[
            "verify".as_ref(),
            "--public-key".as_ref(),
            bad,
            "x".as_ref(),
        ],
        &[
            "verify".as_ref(),
            "--public-key=acme.public.pem".as_ref(),
            at_bad,
        ],
        &[
            "verify".as_ref(),
            "--public-key=acme.public.pem".as_ref(),
            "--at".as_ref(),
            bad,
            "x".as_ref(),
        ],
        &[
            "issue".as_ref(),
            "--key".as_ref(),
            bad,
            "--customer=c".as_ref(),
            "--plan=p".as_ref(),
            "--days=1".as_ref(),
        ],
        &["issue".as_ref(), "--customer".as_ref(), bad],
    ];
    for arguments in words {
        desk.run(arguments).fails(2, "");
    }
    desk.run([
        "verify".as_ref(),
        "--public-key=acme.public.pem".as_ref(),
        bad,
    ])
    .fails(4, "");
}

#[test]
fn names_of_files_need_not_be_text() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    let folder = desk.path(".");
    let name = OsStr::from_bytes(b"l\xff");
    if std::fs::write(folder.join(name), key).is_err() {
        return; // this file system has only names that are text
    }
    let at_name = OsStr::from_bytes(b"@l\xff");
    desk.run([
        "verify".as_ref(),
        "--public-key=acme.public.pem".as_ref(),
        at_name,
    ])
    .exits(0);
    std::fs::copy(desk.path("acme.public.pem"), folder.join(name)).unwrap();
    desk.run([
        "verify".as_ref(),
        "--public-key".as_ref(),
        name,
        "x".as_ref(),
    ])
    .exits(4);
    let kid = OsStr::from_bytes(b"k=l\xff");
    desk.run([
        "verify".as_ref(),
        "--public-key".as_ref(),
        kid,
        "x".as_ref(),
    ])
    .exits(4);
}

#[test]
fn stdin_without_an_end_is_not_read_to_it() {
    let desk = Desk::new();
    let endless = std::fs::File::open("/dev/zero").unwrap();
    let mut command = desk.command(["verify", "--public-key", "acme.public.pem", "-"]);
    Ran::of(command.stdin(endless).output().unwrap()).fails(4, "longer than");
}

/// I11: whenever it is killed, a key is there whole or not at all.
#[test]
fn a_keygen_that_is_killed_leaves_no_half_of_a_key() {
    let desk = Desk::empty();
    let mut whole = 0;
    for round in 0..60_u32 {
        let folder = desk.path(&format!("keys-{round}"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_entitlements"))
            .args(["keygen", "--kid", "acme", "--out"])
            .arg(&folder)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // A little later each round, by the machine's own pace.
        for _ in 0..round * 40 {
            let _ = folder.join("acme.private.pem").symlink_metadata();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, end) in [("private", "PRIVATE"), ("public", "PUBLIC")] {
            let file = folder.join(format!("acme.{name}.pem"));
            if let Ok(pem) = std::fs::read_to_string(file) {
                assert!(
                    pem.ends_with(&format!("-----END {end} KEY-----\n")),
                    "{round}: {pem:?}"
                );
                whole += 1;
            }
        }
    }
    // One that is let be leaves exactly its two files.
    desk.run(["keygen", "--kid", "acme", "--out", "kept"])
        .exits(0);
    let kept = std::fs::read_dir(desk.path("kept")).unwrap().count();
    assert_eq!(kept, 2, "beside {whole} files of those that were killed");
}
