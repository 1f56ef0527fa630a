//! Files are for their owner alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use entitlements_store::SqliteStore;
use tempfile::tempdir;

use crate::block_on;
use crate::child::{self, Running};
use crate::keeping::{clear, put, remove};

#[test]
fn child_that_keeps_it_open() {
    let Some(path) = child::told() else { return };
    block_on(async {
        let store = SqliteStore::open(path).await.unwrap();
        put(&store, "lic", "key").await.unwrap();
        child::say("kept");
        std::io::read_to_string(std::io::stdin()).unwrap();
    });
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn p4_everything_is_its_owners_alone_whatever_the_umask() {
    for umask in ["000", "022", "077", "277"] {
        let place = tempdir().unwrap();
        let folder = if umask == "277" {
            // A folder that its owner cannot write to would be of no use to anybody.
            place.path().to_owned()
        } else {
            place.path().join("made")
        };
        let mut command = Command::new("sh");
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        command
            .args(["-c", &script])
            .arg(std::env::current_exe().unwrap());
        let path = folder.join("acme.db");
        child::prepare(
            &mut command,
            "private::child_that_keeps_it_open",
            path.to_str().unwrap(),
        );
        let mut child = Running::start(command);
        assert_eq!(child.says().as_deref(), Some("kept"));
        let files: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        assert_eq!(
            files.len(),
            3,
            "the database, its log and the log's index: {files:?}"
        );
        for file in files {
            assert_eq!(mode(&file), 0o600, "{} with umask {umask}", file.display());
        }
        if folder != place.path() {
            assert_eq!(mode(&folder), 0o700, "with umask {umask}");
        }
        child.end();
    }
}

#[test]
fn what_was_removed_is_not_left_in_the_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    let secret = "of the customer ".repeat(1000);
    let is_there = || {
        let bytes = fs::read(&path).unwrap();
        bytes
            .windows(16)
            .any(|window| window == b"of the customer ")
    };
    block_on(async {
        for way in ["removed", "replaced", "cleared"] {
            let store = SqliteStore::open(&path).await.unwrap();
            put(&store, "lic", &secret).await.unwrap();
            put(&store, "short", "of the customer ").await.unwrap();
            store.close().await;
            assert!(is_there());
            let store = SqliteStore::open(&path).await.unwrap();
            for id in ["lic", "short"] {
                match way {
                    "removed" => remove(&store, id).await.unwrap(),
                    "replaced" => put(&store, id, "other").await.unwrap(),
                    _ => clear(&store).await.unwrap(),
                }
            }
            store.close().await;
            assert!(!is_there(), "{way}");
        }
    });
}
