//! What stays in the data folder, and who may read it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Start;
use crate::vendor::Vendor;

const FILES: [&str; 4] = [
    "admin-token",
    "development-vendor.private.pem",
    "development-vendor.public.pem",
    "entitlements.toml",
];

/// What activating a license adds; one that ends within 30 days would have its notices too, a little later.
const KEPT: [&str; 2] = ["licenses.json", "clock.json"];

fn contents(data: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(data).unwrap().map(Result::unwrap);
    files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, fs::read(file.path()).unwrap())
        })
        .collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_second_start_finds_everything_and_shows_no_token() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("a/b");
    let first = PROGRAM.start(&data).serve();
    assert!(first.stdout.text().contains("admin token, shown only now"));
    let key = Vendor::of_data(&data).issue("business", &["--days", "365"]);
    drop(first);
    let made = contents(&data);
    assert_eq!(made.keys().collect::<Vec<_>>(), FILES);
    let second = PROGRAM.start(&data).serve();
    let text = second.stdout.text();
    assert!(!text.contains(&second.token()), "{text}");
    assert!(!text.contains("shown only now"), "{text}");
    assert_eq!(second.activate(&key).status, 200);
    drop(second);
    // The license and when it was issued, and nothing else.
    let mut kept = contents(&data);
    for name in KEPT {
        assert!(kept.remove(name).is_some(), "{name}");
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    assert!(kept == made);
    let third = PROGRAM.start(&data).serve();
    let status = third.license_status();
    assert_eq!(
        (&status["status"], &status["plan"]["code"]),
        (&"active".into(), &"business".into())
    );
    assert_eq!(third.get("/sso").status, 200);
}

#[test]
fn files_are_for_their_owner_alone_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let folder = tempdir().unwrap();
        let data = folder.path().join("data");
        let mut command = Command::new("sh");
        command
            .args(["-c", "umask $1; shift; exec \"$@\"", "sh", umask])
            .arg(PROGRAM.path())
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(&data);
        let server = Start::of(command, &data).serve();
        assert_eq!(server.get("/ping").text(), "pong\n");
        for name in FILES {
            assert_eq!(mode(&data.join(name)), 0o600, "{name} with umask {umask}");
        }
        assert_eq!(mode(&data), 0o700, "the folder with umask {umask}");
    }
}

#[test]
fn what_a_killed_start_left_is_not_in_the_way() {
    let folder = tempdir().unwrap();
    let left = [
        "admin-token.new-1",
        "entitlements.new-1",
        "development-vendor.private.new-1",
    ];
    for name in left {
        fs::write(folder.path().join(name), "half").unwrap();
    }
    let server = PROGRAM.start(folder.path()).serve();
    assert_eq!(server.license_status()["status"], "unlicensed");
}

#[test]
fn starts_at_the_same_time_agree_on_one_token_and_one_vendor() {
    let folder = tempdir().unwrap();
    let servers: Vec<_> = std::thread::scope(|scope| {
        let starts = [(); 8].map(|()| scope.spawn(|| PROGRAM.start(folder.path()).serve()));
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    let key = Vendor::of_data(folder.path()).issue("business", &["--days", "365"]);
    let mut shown = 0;
    for server in &servers {
        assert_eq!(server.activate(&key).status, 200);
        shown += server.stdout.text().matches("shown only now").count();
    }
    assert_eq!(shown, 1);
    let mut made = contents(folder.path());
    assert!(KEPT.iter().all(|name| made.remove(*name).is_some()));
    assert_eq!(made.keys().collect::<Vec<_>>(), FILES);
}
