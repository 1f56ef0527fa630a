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
use std::os::unix::fs::{PermissionsExt as _, symlink};
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
        desk.verify(["--revocations", file, "x"]).fails(2, why);
        desk.run(["revoke", "--key", file, "a"]).fails(2, why);
        desk.run(["revoke", "--key=acme.private.pem", "--list", file, "a"])
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
    .rejects("");
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
    Ran::of(command.stdin(endless).output().unwrap()).rejects("too long");
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

fn revoke(desk: &Desk, list: &str, id: &str) -> Ran {
    desk.run(["revoke", "--key", "acme.private.pem", "--list", list, id])
}

#[test]
fn a_list_that_is_replaced_keeps_its_permissions_and_the_links_to_it() {
    let desk = Desk::new();
    let mode = |name: &str| desk.path(name).metadata().unwrap().permissions().mode() & 0o7777;
    revoke(&desk, "list", "a").exits(0);
    assert_eq!(
        mode("list") & 0o133,
        0,
        "for everybody, as far as the umask lets"
    );
    std::fs::create_dir(desk.path("elsewhere")).unwrap();
    symlink("../list", desk.path("elsewhere/link")).unwrap();
    for (bits, id) in [(0o600, "b"), (0o640, "c"), (0o444, "d")] {
        let permissions = std::fs::Permissions::from_mode(bits);
        std::fs::set_permissions(desk.path("list"), permissions).unwrap();
        let before = desk.read("list");
        let ran = revoke(&desk, "elsewhere/link", id).exits(0);
        assert_eq!(desk.read("list"), ran.stdout);
        assert_ne!(desk.read("list"), before);
        assert_eq!(mode("list"), bits);
        assert!(desk.path("elsewhere/link").is_symlink());
        assert_eq!(desk.files("elsewhere"), ["link"], "nothing is left behind");
    }
    symlink("nowhere", desk.path("loose")).unwrap();
    revoke(&desk, "loose", "b").fails(2, "a link that leads nowhere");
    assert!(!desk.path("nowhere").exists());
}

#[test]
fn what_is_revoked_at_once_is_all_on_the_list() {
    let desk = Desk::new();
    let ids: Vec<String> = (0..12).map(|n| format!("lic_{n}")).collect();
    let start = |id: &String| {
        let arguments = ["revoke", "--key", "acme.private.pem", "--list", "list", id];
        let mut command = desk.command(arguments);
        command.stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = ids.iter().map(start).collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let again = ["--json", "revoke", "--key", "acme.private.pem"].into_iter();
    let again = desk.run(again.chain(["--list", "list", "lic_0"])).exits(0);
    assert_eq!(again.json()["revoked"].as_array().unwrap().len(), 12);
    assert_eq!(again.json()["added"], 0);
}

/// I11: whenever it is killed, the list so far or the new one is there.
#[test]
fn a_revoke_that_is_killed_leaves_the_old_list_or_the_new_one() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1", "--id", "new"]);
    // Long enough that writing it takes a while.
    let ids: Vec<String> = (0..300).map(|n| format!("{n:0>100}")).collect();
    let old = ["revoke", "--key", "acme.private.pem"].into_iter();
    let old = desk.run(old.chain(ids.iter().map(String::as_str)));
    let old = old.exits(0).stdout;
    let start = || {
        desk.write("list", &old);
        let arguments = [
            "revoke",
            "--key",
            "acme.private.pem",
            "--list",
            "list",
            "new",
        ];
        let mut command = desk.command(arguments);
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let look = || drop(desk.path("list").symlink_metadata());
    // How long one takes that is let be, by the machine's own pace.
    let (mut child, mut whole) = (start(), 0_u32);
    while child.try_wait().unwrap().is_none() {
        look();
        whole += 1;
    }
    let (mut kept, mut replaced) = (0, 0);
    for round in 0..90 {
        let mut child = start();
        // From the first moment to after the last.
        for _ in 0..whole / 60 * round {
            look();
            let _ = child.try_wait();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if desk.read("list") == old {
            kept += 1;
        } else {
            desk.verify(["--revocations", "list", &key]).exits(3);
            replaced += 1;
        }
    }
    revoke(&desk, "list", "new").exits(0);
    desk.verify(["--revocations", "list", &key]).exits(3);
    assert_eq!(kept + replaced, 90);
}

/// With no more memory than this for everything, program text included, what is endless must not be taken in.
#[cfg(target_os = "linux")]
#[test]
fn what_is_far_too_long_is_refused_in_64_mib_of_memory() {
    let desk = Desk::new();
    std::fs::File::create(desk.path("huge"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    let limited = |arguments: &[&str]| {
        let script = "ulimit -v 65536; exec \"$0\" \"$@\"";
        let mut command = Command::new("sh");
        command
            .args(["-c", script, env!("CARGO_BIN_EXE_entitlements")])
            .args(arguments)
            .current_dir(desk.path("."));
        command
    };
    let trust = ["verify", "--public-key", "acme.public.pem"];
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    Ran::of(limited(&[&trust[..], &[&key]].concat()).output().unwrap()).exits(0);
    // A pipe with 64 MiB in it.
    let mut child = limited(&[&trust[..], &["-"]].concat())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let piece = vec![b'a'; 1 << 20];
        (0..64)
            .take_while(|_| std::io::Write::write_all(&mut stdin, &piece).is_ok())
            .count()
    });
    Ran::of(child.wait_with_output().unwrap()).rejects("too long");
    assert!(writer.join().unwrap() < 64, "not all of it was read");
    for (arguments, code) in [
        (&[&trust[..], &["@huge"]].concat(), 4),
        (&[&trust[..], &["--revocations", "huge", &key]].concat(), 2),
        (&["verify", "--public-key", "huge", &key].to_vec(), 2),
        (&["revoke", "--key", "huge", "a"].to_vec(), 2),
        (
            &["revoke", "--key", "acme.private.pem", "--list", "huge", "a"].to_vec(),
            2,
        ),
    ] {
        Ran::of(limited(arguments).output().unwrap())
            .exits(code)
            .explains("");
    }
}
