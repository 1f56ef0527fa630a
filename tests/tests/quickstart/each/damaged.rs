//! Every file that the engine keeps in the data folder, damaged in every way: the program starts, says which and what to do, and sets
//! aside what is there when it writes there next (P5, P8). What the program itself made is in `garbage.rs`.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use entitlements_core::Timestamp;
use entitlements_core::license::Collection;
use serde_json::json;
use tempfile::{TempDir, tempdir};

use super::PROGRAM;
use crate::server::Server;
use crate::vendor::{Vendor, revocation_list};

const NOW: &str = "2027-12-20T12:00:00Z";
const LATER: &str = "2027-12-26T12:00:00Z";

fn start(data: &Path, now: &str) -> Server {
    PROGRAM.start(data).arg("--now").arg(now).serve()
}

/// A folder in which everything is kept: a license that was told to end, and a list that was handed in.
fn used() -> TempDir {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    drop(start(&data, NOW));
    let vendor = Vendor::of_data(&data);
    let server = start(&data, NOW);
    let key = key(&vendor, "lic_1", "2027-12-20T12:00:00Z");
    assert_eq!(server.activate(&key).status, 200);
    assert_eq!(post_list(&server, &vendor, "lic_0", 1), 200);
    let kept = || Collection::ALL.map(|kept| data.join(format!("{kept}.json")).is_file());
    assert!(server.stderr.wait(|log| log.contains("within 15 days")));
    assert_eq!(kept(), [true; 4]);
    folder
}

fn key(vendor: &Vendor, id: &str, issued_at: &str) -> String {
    let when = ["--expires", "2028-01-01", "--issued-at", issued_at];
    vendor.issue("business", &[&when[..], &["--id", id]].concat())
}

fn post_list(server: &Server, vendor: &Vendor, id: &str, second: i64) -> u16 {
    let at = Timestamp::from_unix_seconds(1_700_000_000 + second);
    let body = json!({ "list": revocation_list(vendor, id, at) }).to_string();
    let answer = server.admin("POST", "/api/v1/license/revocations", body.as_bytes());
    answer.status
}

/// What is done to a file; what is outside has a file to which links may lead.
type Damage = fn(file: &Path, outside: &Path);

const DAMAGES: [(&str, Damage); 8] = [
    ("empty", |file, _| fs::write(file, "").unwrap()),
    ("truncated", |file, _| {
        let whole = fs::read(file).unwrap();
        fs::write(file, &whole[..whole.len() / 2]).unwrap();
    }),
    ("binary", |file, _| {
        fs::write(file, b"\0\x9f\x92\x96").unwrap();
    }),
    ("foreign", |file, _| {
        fs::write(file, r#"{"other":[1]}"#).unwrap();
    }),
    ("a link to what was there", |file, outside| {
        let moved = outside.join("moved");
        fs::rename(file, &moved).unwrap();
        symlink(moved, file).unwrap();
    }),
    ("a link to nothing", |file, outside| {
        fs::remove_file(file).unwrap();
        symlink(outside.join("made"), file).unwrap();
    }),
    ("a folder", |file, _| {
        fs::remove_file(file).unwrap();
        fs::create_dir(file).unwrap();
    }),
    ("a pipe", |file, _| {
        fs::remove_file(file).unwrap();
        assert!(Command::new("mkfifo").arg(file).status().unwrap().success());
    }),
];

/// What a folder holds: names, links, and what is in files.
fn content(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut content: Vec<_> = entries
        .map(|entry| {
            // A pipe would be waited for.
            let is_file = fs::metadata(entry.path()).is_ok_and(|found| found.is_file());
            let bytes = is_file.then(|| fs::read(entry.path()).unwrap());
            let bytes = bytes.unwrap_or_default();
            let name = entry.file_name().into_string().unwrap();
            (name, String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect();
    content.sort();
    content
}

fn names(data: &Path) -> Vec<String> {
    content(data).into_iter().map(|(name, _)| name).collect()
}

/// The one error of the status is about this file, and the log says the same.
fn assert_told(server: &Server, collection: Collection, file: &Path, how: &str) {
    let status = server.license_status();
    let errors = status["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{how}: {status}");
    let [code, message, action] =
        ["code", "message", "action"].map(|name| errors[0][name].as_str().unwrap());
    assert_eq!(code, format!("{collection}_unreadable"), "{how}");
    assert!(message.contains(file.to_str().unwrap()), "{how}: {message}");
    assert!(action.len() > 20, "{how}: {action}");
    assert!(!status.to_string().contains("eyJ"), "{how}: {status}");
    // It was written before the status was asked for, and may still be on its way here.
    assert!(server.stderr.wait(|log| log.contains(message)), "{how}");
    let log = server.stderr.text();
    let told = log.lines().filter(|line| line.contains(message));
    assert!(told.clone().all(|line| line.contains("ERROR")), "{log}");
    assert_eq!(told.count(), 1, "{how}: {log}");
}

/// Makes the engine write there.
fn write(server: &Server, vendor: &Vendor, collection: Collection) {
    match collection {
        Collection::Revocations => assert_eq!(post_list(server, vendor, "lic_9", 9), 200),
        Collection::Notices => assert!(server.stderr.wait(|log| log.contains("within 7 days"))),
        _ => {
            let key = key(vendor, "lic_2", "2027-12-21T12:00:00Z");
            assert_eq!(server.activate(&key).status, 200);
        }
    }
}

fn damage_and_mend(collection: Collection) {
    let used = used();
    for (how, damage) in DAMAGES {
        let folder = tempdir().unwrap();
        let (data, outside) = (folder.path().join("data"), folder.path().join("outside"));
        copy(&used.path().join("data"), &data);
        fs::create_dir(&outside).unwrap();
        let name = format!("{collection}.json");
        let file = data.join(&name);
        damage(&file, &outside);
        let before = (names(&data), content(&outside));
        let held = |prefix: &str| -> Vec<String> {
            let files = content(&data).into_iter();
            let found = files.filter(|(name, _)| name.starts_with(prefix));
            found.map(|(_, text)| text).collect()
        };
        let damaged = held(&name);
        // Twice: nothing goes on a little worse from start to start.
        for turn in 0..2 {
            let server = start(&data, NOW);
            let is_licensed = collection != Collection::Licenses;
            let sso = if is_licensed { 200 } else { 402 };
            assert_eq!(server.get("/sso").status, sso, "{how}");
            if collection != Collection::Notices {
                assert_told(&server, collection, &file, how);
                drop(server);
                assert_eq!((names(&data), content(&outside)), before, "{how}");
            } else if turn == 0 {
                // They are written at once: what was told is not known, and is told again.
                let is_told = |log: &str| log.contains("which notices were given cannot be read");
                assert!(server.stderr.wait(is_told), "{how}");
                assert!(
                    server.stderr.wait(|log| log.contains("within 15 days")),
                    "{how}"
                );
            }
        }
        let server = start(&data, LATER);
        write(&server, &Vendor::of_data(&data), collection);
        wait_for_file(&server, &file);
        // As it was.
        assert_eq!(held(&format!("{name}.damaged-")), damaged, "{how}");
        assert_eq!(content(&outside), before.1, "{how}");
        let mode = fs::symlink_metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{how}");
        drop(server);
        let server = start(&data, LATER);
        assert_eq!(server.license_status()["errors"], json!([]), "{how}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// What is written after an answer, or beside it, is there a little later.
fn wait_for_file(server: &Server, file: &Path) {
    let is_whole = || {
        fs::read(file)
            .is_ok_and(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).is_ok())
    };
    let is_file = || fs::symlink_metadata(file).is_ok_and(|found| found.is_file());
    for _ in 0..2000 {
        if is_file() && is_whole() {
            return;
        }
        assert_eq!(server.get("/ping").status, 200);
    }
    panic!("{} is not mended", file.display());
}

#[test]
fn p5_licenses_that_are_damaged_are_told_of_and_set_aside() {
    damage_and_mend(Collection::Licenses);
}

#[test]
fn p8_revocations_that_are_damaged_are_told_of_and_set_aside() {
    damage_and_mend(Collection::Revocations);
}

#[test]
fn p8_a_clock_that_is_damaged_is_told_of_and_set_aside() {
    damage_and_mend(Collection::Clock);
}

#[test]
fn p8_notices_that_are_damaged_are_told_of_and_set_aside() {
    damage_and_mend(Collection::Notices);
}

#[test]
fn p5_what_may_not_be_read_is_told_of() {
    // Modes do not hold for root.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    for collection in Collection::ALL.into_iter().filter(|_| !is_root) {
        let folder = used();
        let data = folder.path().join("data");
        let file = data.join(format!("{collection}.json"));
        fs::set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
        let server = start(&data, NOW);
        if collection != Collection::Notices {
            assert_told(&server, collection, &file, "unreadable");
        }
    }
}
