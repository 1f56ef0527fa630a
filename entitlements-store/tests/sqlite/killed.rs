//! Kill -9 in mid-write: what was answered is there, and nothing is half there (P3, P4).

use std::path::Path;

use entitlements_store::SqliteStore;
use tempfile::tempdir;

use crate::block_on;
use crate::child::{self, Running};
use crate::keeping::{Kept, clear, kept, put, remove};

const ROUNDS: usize = 100;

/// The change of this number; the same in parent and child.
enum Change {
    Put(String, String),
    Remove(String),
    Clear,
}

impl Change {
    fn numbered(number: usize) -> Self {
        let id = |number: usize| format!("lic_{}", number % 7);
        match number % 11 {
            10 => Self::Clear,
            3 | 7 => Self::Remove(id(number / 2)),
            // Larger than a page, so that a half of it can be written.
            _ => Self::Put(id(number), format!("{number} ").repeat(3000)),
        }
    }

    fn apply(self, kept: &mut Kept) {
        match self {
            Self::Put(id, value) => drop(kept.insert(id, value)),
            Self::Remove(id) => drop(kept.remove(&id)),
            Self::Clear => kept.clear(),
        }
    }
}

#[test]
fn child_that_changes() {
    let Some(told) = child::told() else { return };
    let (start, path) = told.split_once(' ').unwrap();
    let start: usize = start.parse().unwrap();
    block_on(async {
        let store = SqliteStore::open(path).await.unwrap();
        for number in start.. {
            match Change::numbered(number) {
                Change::Put(id, value) => put(&store, &id, &value).await.unwrap(),
                Change::Remove(id) => remove(&store, &id).await.unwrap(),
                Change::Clear => clear(&store).await.unwrap(),
            }
            child::say(&number.to_string());
        }
    });
}

async fn state(path: &Path) -> Kept {
    let store = SqliteStore::open(path).await.unwrap();
    let state = kept(&store).await.unwrap();
    store.close().await;
    state
}

#[test]
fn p3_what_was_answered_is_there_after_a_kill_and_nothing_is_half_there() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    let mut expected = Kept::new();
    let mut next = 0;
    for round in 0..ROUNDS {
        let told = format!("{next} {}", path.display());
        let command = child::command("killed::child_that_changes", &told);
        let mut child = Running::start(command);
        let mut answer = |child: &mut Running| {
            let number = child.says()?;
            assert_eq!(number, next.to_string(), "round {round}");
            Change::numbered(next).apply(&mut expected);
            next += 1;
            Some(())
        };
        for _ in 0..1 + round % 7 {
            answer(&mut child).unwrap();
        }
        // Wherever it is between two answers.
        for _ in 0..round * 13_100 % 200_000 {
            std::hint::spin_loop();
        }
        child.kill();
        while answer(&mut child).is_some() {}
        drop(child);
        let state = block_on(state(&path));
        if state != expected {
            // The one that was under way may be done, and was not answered.
            Change::numbered(next).apply(&mut expected);
            next += 1;
            assert!(
                state == expected,
                "round {round}: {:?} of {:?}",
                state.keys(),
                expected.keys()
            );
        }
    }
}

#[test]
fn child_that_opens() {
    let Some(path) = child::told() else { return };
    block_on(async {
        SqliteStore::open(path).await.unwrap();
        child::say("open");
    });
}

#[test]
fn p4_a_kill_while_the_database_is_made_leaves_a_whole_one_or_none() {
    /// How far the child is let go.
    const FAR: [&str; 5] = ["", ".new-", "-wal", "acme.db", "open"];
    for round in 0..40 {
        let folder = tempdir().unwrap();
        let path = folder.path().join("acme.db");
        let far = FAR[round % FAR.len()];
        let mut child = Running::start(child::command(
            "killed::child_that_opens",
            path.to_str().unwrap(),
        ));
        if far == "open" {
            child.says().unwrap();
        } else {
            let is_there = || {
                let names = std::fs::read_dir(folder.path()).unwrap();
                let mut names =
                    names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
                names.any(|name| name == far || far != "acme.db" && name.contains(far))
            };
            // What is there for a short time only may never be seen.
            while !is_there() && !path.exists() {
                if !child.is_running() {
                    // It was done between two looks.
                    assert!(path.exists(), "round {round}");
                }
                std::hint::spin_loop();
            }
        }
        child.kill();
        drop(child);
        assert_eq!(block_on(state(&path)), Kept::new(), "round {round}");
    }
}
