//! Where databases are made, and which names are told to be wrong.

use std::fs;

use entitlements_store::{SqliteStore, StoreErrorKind};
use tempfile::tempdir;

use crate::block_on;
use crate::keeping::{kept, put};

#[test]
fn a_url_and_a_path_name_the_same_database() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a b.db");
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        put(&store, "lic", "key").await.unwrap();
        let url = format!("sqlite://{}/a%20b.db?mode=rw", folder.path().display());
        let same = SqliteStore::open(url).await.unwrap();
        assert_eq!(kept(&same).await.unwrap().len(), 1);
        store.close().await;
        same.close().await;
    });
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "closed, a database is one file: {names:?}");
}

#[test]
fn a_wrong_database_url_is_said_at_once() {
    block_on(async {
        for (database, said) in [
            ("", "no database is named; name a file, as `sqlite:data.db`"),
            (
                "postgres://acme:hunter2@db/acme",
                "`postgres` cannot be opened",
            ),
            ("sqlite::memory:", "gone when the process ends"),
        ] {
            let error = SqliteStore::lazy(database).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Address);
            assert!(error.to_string().contains(said), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"));
            assert_eq!(SqliteStore::open(database).await.unwrap_err(), error);
        }
    });
}

#[test]
fn a_database_that_must_be_there_is_not_made() {
    let folder = tempdir().unwrap();
    let url = format!("sqlite:{}/none.db?mode=rw", folder.path().display());
    let error = block_on(SqliteStore::open(&url)).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Missing);
    assert!(
        error
            .to_string()
            .contains("none.db`: there is no file; check the path")
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("file"), "mine").unwrap();
    let error = block_on(SqliteStore::open(folder.path().join("file/acme.db"))).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotAFile);
    assert!(error.cause().contains("file/acme.db`"), "{error}");
}

#[test]
fn migrating_says_what_was_done_once() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    block_on(async {
        let first = SqliteStore::migrate(&path).await.unwrap();
        assert_eq!(first.applied.len(), usize::try_from(first.version).unwrap());
        assert_eq!(first.applied, ["state", "audit", "allowlists"]);
        let second = SqliteStore::migrate(&path).await.unwrap();
        assert_eq!((second.version, second.applied), (first.version, vec![]));
    });
}

#[test]
fn a_closed_store_says_so() {
    let folder = tempdir().unwrap();
    block_on(async {
        let store = SqliteStore::open(folder.path().join("acme.db"))
            .await
            .unwrap();
        store.close().await;
        let error = put(&store, "lic", "a secret").await.unwrap_err();
        assert!(error.to_string().contains("closed"), "{error}");
    });
}

#[test]
fn a_store_goes_on_where_another_runtime_uses_it() {
    // Each worker of actix-web has a runtime of its own.
    let folder = tempdir().unwrap();
    let store = SqliteStore::lazy(folder.path().join("acme.db")).unwrap();
    for id in ["a", "b", "c"] {
        block_on(put(&store, id, "key")).unwrap();
    }
    assert_eq!(block_on(kept(&store)).unwrap().len(), 3);
}
