//! Many at once, through two pools on one file.

use entitlements_store::SqliteStore;
use tempfile::tempdir;
use tokio::task::JoinSet;

use crate::block_on;
use crate::child::{self, Running};
use crate::keeping::{kept, put, remove};

const WRITERS: usize = 64;

#[test]
fn p7_racing_writers_end_in_one_state() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    block_on(async {
        // Opening is a race as well: nobody has made the file.
        let stores = [(); 2].map(|()| SqliteStore::lazy(&path).unwrap());
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let store = stores[writer % 2].clone();
            writers.spawn(async move {
                let own = format!("own {writer}");
                for turn in 0..4 {
                    put(&store, &own, &format!("{turn}")).await.unwrap();
                    put(&store, "contested", &own).await.unwrap();
                    remove(&store, "removed").await.unwrap();
                    kept(&store).await.unwrap();
                }
                if writer % 4 == 0 {
                    remove(&store, &own).await.unwrap();
                }
            });
        }
        while let Some(ended) = writers.join_next().await {
            ended.unwrap();
        }
        let [one, other] = &stores;
        let state = kept(one).await.unwrap();
        assert_eq!(state, kept(other).await.unwrap());
        for writer in 0..WRITERS {
            let own = state.get(&format!("own {writer}")).map(String::as_str);
            assert_eq!(own, (writer % 4 != 0).then_some("3"), "{writer}");
        }
        assert!(state["contested"].starts_with("own "));
        assert_eq!(state.len(), WRITERS * 3 / 4 + 1);
    });
}

#[test]
fn child_that_writes_its_own() {
    let Some(told) = child::told() else { return };
    let (name, path) = told.split_once(' ').unwrap();
    block_on(async {
        let store = SqliteStore::open(path).await.unwrap();
        for number in 0..20 {
            put(&store, &format!("{name} {number}"), "kept")
                .await
                .unwrap();
        }
    });
}

#[test]
fn p7_racing_processes_lose_nothing_of_one_another() {
    for _ in 0..4 {
        let folder = tempdir().unwrap();
        let path = folder.path().join("acme.db");
        // All find that there is no database, and make one.
        let children: Vec<_> = (0..6)
            .map(|name| {
                let told = format!("{name} {}", path.display());
                Running::start(child::command("racing::child_that_writes_its_own", &told))
            })
            .collect();
        for child in children {
            child.end();
        }
        let state = block_on(async {
            let store = SqliteStore::open(&path).await.unwrap();
            kept(&store).await.unwrap()
        });
        assert_eq!(state.len(), 6 * 20);
        let names = std::fs::read_dir(folder.path()).unwrap();
        let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(
            !names.any(|name| name.contains(".new-")),
            "what was not needed is gone"
        );
    }
}

#[test]
fn p7_one_that_is_dropped_in_mid_call_leaves_a_change_done_or_undone() {
    let folder = tempdir().unwrap();
    block_on(async {
        let store = SqliteStore::open(folder.path().join("acme.db"))
            .await
            .unwrap();
        for turn in 0..64 {
            let id = turn.to_string();
            let mut call = std::pin::pin!(put(&store, &id, "whole"));
            for _ in 0..turn % 8 {
                tokio::select! {
                    biased;
                    kept = &mut call => { kept.unwrap(); break }
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        put(&store, "last", "whole").await.unwrap();
        let state = kept(&store).await.unwrap();
        assert!(state.values().all(|value| value == "whole"));
        assert!(state.contains_key("last"));
    });
}
