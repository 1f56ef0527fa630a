//! A database that is damaged, foreign or no file: told, left as it is, and used again once it is mended.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use entitlements_store::{SqliteStore, StoreErrorKind};
use tempfile::{TempDir, tempdir};

use crate::block_on;
use crate::keeping::{kept, put};

const NAME: &str = "acme.db";

/// A database that keeps `lic`, closed.
fn database() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join(NAME);
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        put(&store, "lic", &"key".repeat(10_000)).await.unwrap();
        store.close().await;
    });
    (folder, path)
}

fn truncate(path: &Path, bytes: u64) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(bytes).unwrap();
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

/// What becomes of the file at the path.
type Damage = fn(&Path);

const DAMAGES: [(&str, StoreErrorKind, &str, Damage); 10] = [
    ("emptied", StoreErrorKind::Damaged, "it is empty", |path| {
        truncate(path, 0);
    }),
    ("halved", StoreErrorKind::Damaged, "malformed", |path| {
        truncate(path, length(path) / 2);
    }),
    (
        "a page short",
        StoreErrorKind::Damaged,
        "malformed",
        |path| {
            truncate(path, length(path) - 4096);
        },
    ),
    (
        "cut in the header",
        StoreErrorKind::Damaged,
        "malformed",
        |path| {
            truncate(path, 60);
        },
    ),
    ("text", StoreErrorKind::Damaged, "not a database", |path| {
        fs::write(path, "no database at all\n".repeat(1000)).unwrap();
    }),
    ("zeros", StoreErrorKind::Damaged, "not a database", |path| {
        fs::write(path, [0; 8192]).unwrap();
    }),
    ("a link", StoreErrorKind::NotAFile, "it is a link", |path| {
        let elsewhere = path.with_extension("elsewhere");
        fs::rename(path, &elsewhere).unwrap();
        symlink(elsewhere, path).unwrap();
    }),
    (
        "a link to nothing",
        StoreErrorKind::NotAFile,
        "it is a link",
        |path| {
            fs::remove_file(path).unwrap();
            symlink(path.with_extension("nothing"), path).unwrap();
        },
    ),
    (
        "a folder",
        StoreErrorKind::NotAFile,
        "it is a folder",
        |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        },
    ),
    (
        "a pipe",
        StoreErrorKind::NotAFile,
        "not a regular file",
        |path| {
            fs::remove_file(path).unwrap();
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        },
    ),
];

/// The names in a folder, and what the files among them hold; but not what SQLite makes and removes beside a file that it opens.
fn seen(folder: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut seen: Vec<_> = entries
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_none_or(|end| end == "db" || end == "elsewhere")
        })
        .map(|entry| {
            let is_file = entry.file_type().unwrap().is_file();
            (
                entry.path(),
                is_file.then(|| fs::read(entry.path()).unwrap()),
            )
        })
        .collect();
    seen.sort();
    seen
}

#[test]
fn p5_what_is_in_its_place_is_told_and_left_as_it_is() {
    for (name, kind, said, damage) in DAMAGES {
        let (folder, path) = database();
        damage(&path);
        let before = seen(folder.path());
        let error = block_on(SqliteStore::open(&path)).unwrap_err();
        assert_eq!(error.kind(), kind, "{name}: {error}");
        assert!(error.cause().contains(said), "{name}: {error}");
        assert!(
            error.cause().contains(path.to_str().unwrap()),
            "{name}: {error}"
        );
        assert!(
            error.to_string().ends_with(error.action()),
            "{name}: {error}"
        );
        assert_eq!(seen(folder.path()), before, "{name}");
    }
}

#[test]
fn p5_a_lazy_store_fails_call_by_call_until_it_is_mended() {
    for (name, _, said, damage) in DAMAGES {
        let (folder, path) = database();
        let backup = folder.path().join("backup");
        fs::copy(&path, &backup).unwrap();
        damage(&path);
        block_on(async {
            let store = SqliteStore::lazy(&path).unwrap();
            for _ in 0..2 {
                let read = kept(&store).await.unwrap_err().to_string();
                let written = put(&store, "other", "a secret")
                    .await
                    .unwrap_err()
                    .to_string();
                assert_eq!(read, written, "{name}");
                assert!(
                    read.contains(said) && !read.contains("secret"),
                    "{name}: {read}"
                );
            }
            if path.is_dir() {
                fs::remove_dir(&path).unwrap();
            } else {
                fs::remove_file(&path).unwrap();
            }
            fs::rename(&backup, &path).unwrap();
            put(&store, "other", "a secret").await.unwrap();
            assert_eq!(kept(&store).await.unwrap().len(), 2, "{name}");
        });
    }
}

#[test]
fn p5_links_and_pipes_beside_it_are_told() {
    for suffix in ["-wal", "-shm", "-journal"] {
        let (folder, path) = database();
        let beside = folder.path().join(format!("{NAME}{suffix}"));
        let target = folder.path().join("target");
        fs::write(&target, "of somebody else").unwrap();
        symlink(&target, &beside).unwrap();
        let error = block_on(SqliteStore::open(&path)).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::NotAFile);
        assert!(error.cause().contains(beside.to_str().unwrap()), "{error}");
        assert_eq!(fs::read_to_string(&target).unwrap(), "of somebody else");
    }
}

#[test]
fn a_file_that_is_damaged_while_it_is_in_use_is_told() {
    for (name, _, _, damage) in DAMAGES {
        let (_folder, path) = database();
        block_on(async {
            let store = SqliteStore::open(&path).await.unwrap();
            kept(&store).await.unwrap();
            damage(&path);
            let read = kept(&store).await;
            let written = put(&store, "other", "a secret").await;
            assert!(written.is_err(), "{name}");
            let said = format!("{read:?} {written:?}");
            assert!(said.contains(path.to_str().unwrap()), "{name}: {said}");
            assert!(!said.contains("a secret"), "{name}: {said}");
        });
    }
}

#[test]
fn a_file_that_is_removed_or_replaced_while_it_is_in_use_is_told() {
    let (folder, path) = database();
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        fs::rename(&path, folder.path().join("aside")).unwrap();
        for turn in ["removed", "replaced"] {
            for error in [
                kept(&store).await.unwrap_err(),
                put(&store, "other", "key").await.unwrap_err(),
            ] {
                let error = error.to_string();
                assert!(
                    error.contains("no longer the one that was opened"),
                    "{turn}: {error}"
                );
            }
            fs::copy(folder.path().join("aside"), &path).unwrap();
        }
        fs::rename(folder.path().join("aside"), &path).unwrap();
        put(&store, "other", "key").await.unwrap();
    });
}

#[test]
fn a_full_disk_is_told_and_nothing_changes() {
    // SQLite says of a database that reached its bound what it says of a full disk.
    let (_folder, path) = database();
    block_on(async {
        use entitlements_store::sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .pragma("max_page_count", "16");
        let pool = SqlitePool::connect_with(options).await.unwrap();
        let store = SqliteStore::from_pool(pool).await.unwrap();
        let before = kept(&store).await.unwrap();
        let error = put(&store, "large", &"x".repeat(200_000))
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("make room on the disk"),
            "{error}"
        );
        assert_eq!(kept(&store).await.unwrap(), before);
    });
}

#[test]
fn p5_changes_of_a_database_that_was_removed_are_not_written_into_a_new_one() {
    let (folder, path) = database();
    let (log, index) = (
        folder.path().join("acme.db-wal"),
        folder.path().join("acme.db-shm"),
    );
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        put(&store, "other", "key").await.unwrap();
        // As a kill leaves it.
        let left = [&log, &index].map(|file| fs::read(file).unwrap());
        store.close().await;
        fs::remove_file(&path).unwrap();
        for (file, left) in [&log, &index].into_iter().zip(left) {
            fs::write(file, left).unwrap();
        }
        let error = SqliteStore::open(&path).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Damaged);
        assert!(error.cause().contains(log.to_str().unwrap()), "{error}");
        assert!(!path.exists());
        fs::remove_file(&log).unwrap();
        let store = SqliteStore::open(&path).await.unwrap();
        assert!(kept(&store).await.unwrap().is_empty());
    });
}

#[test]
fn a_missing_file_of_the_log_is_no_damage() {
    let (_folder, path) = database();
    File::create(path.with_file_name(format!("{NAME}-wal"))).unwrap();
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        assert_eq!(kept(&store).await.unwrap().len(), 1);
    });
}
