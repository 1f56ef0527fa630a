//! A database, or its folder, that can only be read.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use entitlements_store::SqliteStore;
use tempfile::tempdir;

use crate::block_on;
use crate::child::{self, Running};
use crate::keeping::{kept, put};

#[test]
fn child_that_tries() {
    let Some(path) = child::told() else { return };
    block_on(async {
        let store = SqliteStore::lazy(path).unwrap();
        let say = |said: Result<String, _>| match said {
            Ok(said) => child::say(&said),
            Err(error) => child::say(&format!("error: {error}")),
        };
        say(kept(&store)
            .await
            .map(|kept| format!("kept {}", kept.len())));
        say(put(&store, "other", "a secret")
            .await
            .map(|()| "put".to_owned()));
        store.close().await;
    });
}

/// What the child says of reading and of writing. Permissions do not hold for root: there, it is started as nobody.
fn tried(program: &Path, path: &Path) -> [String; 2] {
    let mut command = Command::new(program);
    child::prepare(
        &mut command,
        "read_only::child_that_tries",
        path.to_str().unwrap(),
    );
    if is_root() {
        command.uid(65534).gid(65534);
    }
    command.current_dir("/");
    let mut child = Running::start(command);
    let tried = [child.says().unwrap(), child.says().unwrap()];
    child.end();
    tried
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn is_told(said: &str, path: &Path) -> bool {
    said.starts_with("error: ")
        && said.contains(path.to_str().unwrap())
        && said.contains("let the program's user read and write")
        && !said.contains("secret")
}

#[test]
fn what_cannot_be_written_is_told_and_goes_on_once_it_can() {
    let place = tempdir().unwrap();
    set_mode(place.path(), 0o755);
    // Where nobody can reach it.
    let program = place.path().join("program");
    let own = std::env::current_exe().unwrap();
    assert!(
        Command::new("cp")
            .arg(own)
            .arg(&program)
            .status()
            .unwrap()
            .success()
    );
    let folder = place.path().join("data");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("acme.db");

    // A folder that a database cannot be made in.
    set_mode(&folder, 0o555);
    for said in tried(&program, &path) {
        assert!(is_told(&said, &path), "{said}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    set_mode(&folder, 0o777);
    assert_eq!(tried(&program, &path), ["kept 0", "put"]);

    // A file that can only be read, in a folder that can only be read.
    set_mode(&path, 0o444);
    set_mode(&folder, 0o555);
    for said in tried(&program, &path) {
        assert!(is_told(&said, &path), "{said}");
    }
    // A file that can only be read.
    set_mode(&folder, 0o777);
    let [read, written] = tried(&program, &path);
    assert!(read == "kept 1" || is_told(&read, &path), "{read}");
    assert!(is_told(&written, &path), "{written}");
    // A file that cannot even be read.
    set_mode(&path, 0o000);
    for said in tried(&program, &path) {
        assert!(is_told(&said, &path), "{said}");
    }
    set_mode(&path, 0o600);
    assert_eq!(tried(&program, &path), ["kept 1", "put"]);
}
