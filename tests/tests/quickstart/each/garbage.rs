//! Every file of the data folder spoilt in every way: the start goes on or ends with one line, and what the user has
//! is never written over.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use tempfile::{TempDir, tempdir};

use super::PROGRAM;
use crate::server::Start;
use crate::vendor::{Vendor, private_key_in};

const CATALOG: &str = "entitlements.toml";
const TOKEN: &str = "admin-token";
const PRIVATE: &str = "development-vendor.private.pem";
const PUBLIC: &str = "development-vendor.public.pem";

/// A folder in which a first start made everything.
fn used() -> TempDir {
    let folder = tempdir().unwrap();
    drop(PROGRAM.start(folder.path()).serve());
    folder
}

fn assert_refused_and_kept(data: &Path, name: &str, content: &[u8]) {
    let path = data.join(name);
    let before = fs::read(&path).unwrap();
    fs::write(&path, content).unwrap();
    let line = PROGRAM.start(data).fails();
    assert!(line.contains(name), "{line}");
    assert!(
        !private_key_in(&line, &Vendor::of_data(data).private),
        "{line}"
    );
    assert!(
        fs::read(&path).unwrap() == content,
        "{name} was written over"
    );
    assert_eq!(fs::read_dir(data).unwrap().count(), 4);
    fs::write(&path, before).unwrap();
}

#[test]
fn spoilt_files_end_the_start_and_stay_as_they_are() {
    let folder = used();
    let data = folder.path();
    let large = vec![b'x'; 10 << 20];
    for name in [CATALOG, TOKEN, PRIVATE, PUBLIC] {
        let whole = fs::read(data.join(name)).unwrap();
        for content in [
            &b""[..],
            b"\n",
            b"\0\x9f\x92\x96",
            b"\x1b[2J two words",
            &large,
        ] {
            assert_refused_and_kept(data, name, content);
        }
        if name != TOKEN {
            assert_refused_and_kept(data, name, &whole[..whole.len() / 2]);
        }
    }
    drop(PROGRAM.start(data).serve());
}

#[test]
fn half_of_a_key_pair_is_noticed() {
    let folder = used();
    let data = folder.path();
    let elsewhere = tempdir().unwrap();
    let other = Vendor::new(elsewhere.path(), "other");
    assert_refused_and_kept(data, PUBLIC, &fs::read(&other.public).unwrap());
    let pair = fs::read(data.join(PRIVATE)).unwrap();
    fs::copy(&other.private, data.join(PRIVATE)).unwrap();
    assert!(PROGRAM.start(data).fails().contains(PUBLIC));
    fs::write(data.join(PRIVATE), pair).unwrap();
    assert_refused_and_kept(data, PUBLIC, &fs::read(data.join(PRIVATE)).unwrap());
    // What is missing is made again, from what is there.
    fs::remove_file(data.join(PUBLIC)).unwrap();
    let server = PROGRAM.start(data).serve();
    assert_eq!(
        server
            .activate(&Vendor::of_data(data).key("business"))
            .status,
        200
    );
}

#[test]
fn what_is_no_file_is_neither_waited_for_nor_replaced() {
    for name in [CATALOG, TOKEN, PRIVATE, PUBLIC] {
        let folder = used();
        let data = folder.path();
        let path = data.join(name);
        let refused = || {
            let line = PROGRAM.start(data).fails();
            assert!(line.contains(name), "{line}");
        };
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        refused();
        fs::remove_dir(&path).unwrap();
        assert!(
            Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        refused();
        fs::remove_file(&path).unwrap();
        symlink("/dev/zero", &path).unwrap();
        refused();
        fs::remove_file(&path).unwrap();
        symlink(&path, &path).unwrap();
        refused();
        fs::remove_file(&path).unwrap();
        let outside = tempdir().unwrap();
        symlink(outside.path().join("made"), &path).unwrap();
        refused();
        assert_eq!(
            fs::read_dir(outside.path()).unwrap().count(),
            0,
            "{name} escaped"
        );
        assert!(path.is_symlink());
    }
}

#[test]
fn a_link_to_a_good_file_is_followed_and_to_a_bad_one_not_shown() {
    let folder = used();
    let data = folder.path();
    let outside = tempdir().unwrap();
    for name in [CATALOG, TOKEN, PRIVATE, PUBLIC] {
        let moved = outside.path().join(name);
        fs::rename(data.join(name), &moved).unwrap();
        symlink(&moved, data.join(name)).unwrap();
    }
    let server = PROGRAM.start(data).serve();
    assert_eq!(
        server
            .activate(&Vendor::of_data(data).key("business"))
            .status,
        200
    );
    drop(server);
    let secret = outside.path().join("secret");
    fs::write(&secret, "a secret of others\n").unwrap();
    for name in [CATALOG, TOKEN, PRIVATE, PUBLIC] {
        let path = data.join(name);
        let good = fs::read_link(&path).unwrap();
        fs::remove_file(&path).unwrap();
        symlink(&secret, &path).unwrap();
        let line = PROGRAM.start(data).fails();
        assert!(!line.contains("secret of others"), "{line}");
        fs::remove_file(&path).unwrap();
        symlink(good, &path).unwrap();
    }
    assert_eq!(fs::read_to_string(&secret).unwrap(), "a secret of others\n");
}

#[test]
fn a_folder_that_cannot_be_made_is_one_line() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    symlink(
        folder.path().join("nowhere"),
        folder.path().join("dangling"),
    )
    .unwrap();
    let long = folder.path().join("x".repeat(300));
    for data in [
        file.clone(),
        file.join("below"),
        folder.path().join("dangling"),
        long,
    ] {
        let line = PROGRAM.start(&data).fails();
        assert!(line.starts_with("error: `"), "{line}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn a_read_only_folder_suffices_for_a_second_start_and_not_for_a_first() {
    let place = tempdir().unwrap();
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    // Permissions do not hold for root: there, the program is started as nobody, from where nobody can reach it.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let program = place.path().join("quickstart");
    // By another process: a file that this one had open for writing might be held open by a child of another test.
    let copied = Command::new("cp").args([PROGRAM.path(), &program]).status();
    assert!(copied.unwrap().success());
    let start = |data: &Path| {
        let mut command = Command::new(&program);
        command
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data);
        if is_root {
            command.uid(65534).gid(65534);
        }
        let mut start = Start::of(command, data);
        start.command.current_dir("/");
        start
    };
    let data = place.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o555)).unwrap();
    let line = start(&data).fails();
    assert!(line.contains("ermission denied"), "{line}");
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    let line = start(&data.join("below")).fails();
    assert!(line.contains("ermission denied"), "{line}");

    fs::set_permissions(&data, Permissions::from_mode(0o777)).unwrap();
    drop(start(&data).serve());
    fs::set_permissions(&data, Permissions::from_mode(0o555)).unwrap();
    assert_eq!(start(&data).serve().get("/ping").status, 200);
    fs::set_permissions(data.join(TOKEN), Permissions::from_mode(0o000)).unwrap();
    let line = start(&data).fails();
    assert!(line.contains(TOKEN), "{line}");
    fs::set_permissions(&data, Permissions::from_mode(0o777)).unwrap();
}
