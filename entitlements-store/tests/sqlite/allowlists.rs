//! Allowlists: changes take turns, and what cannot be read is no empty list (W10, W11).

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use entitlements_core::AccountId;
use entitlements_core::allowlist::{
    AllowlistChange, AllowlistChanged, AllowlistError, AllowlistRefusal, AllowlistStore as _,
    ChangedBy, EntryPatch, MOST_ENTRIES,
};
use entitlements_core::testing::NOW;
use entitlements_store::SqliteStore;
use entitlements_store::sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use entitlements_store::sqlx::{self, AssertSqlSafe};
use tempfile::tempdir;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::block_on;
use crate::child::{self, Running};

const WRITERS: usize = 64;
const ACME: AccountId = AccountId::LOCAL;

const NOBODY: ChangedBy = ChangedBy::nobody();

fn add(range: &str, description: &str) -> AllowlistChange {
    AllowlistChange::add(range, description, "ann", NOW).unwrap()
}

async fn change(store: &SqliteStore, change: AllowlistChange) -> AllowlistChanged {
    store.change(&ACME, change, NOBODY).await.unwrap()
}

/// The descriptions of all entries.
async fn described(path: &Path) -> BTreeSet<String> {
    let store = SqliteStore::open(path).await.unwrap();
    let list = store.load(&ACME).await.unwrap();
    let entries = list.entries().iter();
    let described: BTreeSet<_> = entries.map(|entry| entry.description.clone()).collect();
    assert_eq!(described.len(), list.entries().len());
    store.close().await;
    described
}

async fn pool(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path);
    // To write what the table does not take.
    let options = options.pragma("ignore_check_constraints", "ON");
    SqlitePool::connect_with(options).await.unwrap()
}

#[test]
fn w10_racing_writers_lose_nothing_of_one_another() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    block_on(async {
        let stores = [(); 2].map(|()| SqliteStore::lazy(&path).unwrap());
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let store = stores[writer % 2].clone();
            writers.spawn(async move {
                for turn in 0..3 {
                    let entry = add(
                        &format!("10.{writer}.{turn}.0/24"),
                        &format!("{writer} {turn}"),
                    );
                    change(&store, entry).await;
                }
                let gone = add(&format!("10.{writer}.99.0/24"), "gone");
                let id = gone.id().to_owned();
                change(&store, gone).await;
                change(&store, AllowlistChange::remove(id)).await;
            });
        }
        while let Some(ended) = writers.join_next().await {
            ended.unwrap();
        }
        assert_eq!(described(&path).await.len(), 3 * WRITERS);
    });
}

/// W9: each may go while the other is there, and nobody finds both gone.
#[test]
fn w10_of_two_that_would_lock_out_together_one_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    let here = ChangedBy {
        is_entitled: true,
        address: "192.0.2.1".parse().ok(),
        may_lock_out: false,
    };
    block_on(async {
        let stores = [(); 2].map(|()| SqliteStore::lazy(&path).unwrap());
        for round in 0..40 {
            let account = AccountId::new(format!("account {round}"));
            let entries = [
                add("192.0.2.0/24", ""),
                add("192.0.2.0/25", ""),
                add("10.0.0.0/8", ""),
            ];
            let [one, other, _] = entries.each_ref().map(|entry| entry.id().to_owned());
            for entry in entries {
                let added = stores[0].change(&account, entry, NOBODY);
                added.await.unwrap();
            }
            let off = EntryPatch {
                is_active: Some(false),
                ..EntryPatch::default()
            };
            let changes = [
                AllowlistChange::remove(one),
                if round % 2 == 0 {
                    AllowlistChange::change(other, off)
                } else {
                    AllowlistChange::remove(other)
                },
            ];
            let mut racing = JoinSet::new();
            for (store, change) in stores.iter().zip(changes) {
                let (store, account) = (store.clone(), account.clone());
                racing.spawn(async move { store.change(&account, change, here).await });
            }
            let answers = racing.join_all().await;
            let refused = answers.iter().filter(|answer| {
                let refused = AllowlistRefusal::LocksOut {
                    address: "192.0.2.1".parse().unwrap(),
                };
                **answer == Err(AllowlistError::Refused(refused))
            });
            assert_eq!(refused.count(), 1, "{answers:?}");
            let list = stores[1].load(&account).await.unwrap();
            assert!(list.allows("192.0.2.1".parse().unwrap()));
        }
    });
}

#[test]
fn child_that_adds() {
    let Some(told) = child::told() else { return };
    let mut told = told.splitn(3, ' ');
    let mut next = || told.next().unwrap();
    let (name, start, path) = (next(), next(), next());
    let (name, start): (u8, u16) = (name.parse().unwrap(), start.parse().unwrap());
    block_on(async {
        let store = SqliteStore::open(path).await.unwrap();
        let most = if name == 0 { u16::MAX } else { start + 20 };
        for number in start..most {
            let [high, low] = number.to_be_bytes();
            let entry = add(
                &format!("10.{name}.{high}.{low}"),
                &format!("{name} {number}"),
            );
            change(&store, entry).await;
            child::say(&number.to_string());
        }
    });
}

#[test]
fn w10_racing_processes_lose_nothing_of_one_another() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    let children: Vec<_> = (1..=6)
        .map(|name| {
            let told = format!("{name} 0 {}", path.display());
            Running::start(child::command("allowlists::child_that_adds", &told))
        })
        .collect();
    for child in children {
        child.end();
    }
    assert_eq!(block_on(described(&path)).len(), 6 * 20);
}

#[test]
fn w10_what_was_answered_is_there_after_a_kill_and_nothing_is_half_there() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    let (mut answered, mut kept) = (0, 0);
    for round in 0..20 {
        let told = format!("0 {kept} {}", path.display());
        let mut child = Running::start(child::command("allowlists::child_that_adds", &told));
        for _ in 0..1 + round % 5 {
            answered = child.says().unwrap().parse::<usize>().unwrap() + 1;
        }
        for _ in 0..round * 13_100 % 200_000 {
            std::hint::spin_loop();
        }
        child.kill();
        while let Some(number) = child.says() {
            answered = number.parse::<usize>().unwrap() + 1;
        }
        drop(child);
        let described = block_on(described(&path));
        kept = described.len();
        assert!(
            [answered, answered + 1].contains(&kept),
            "round {round}: {kept} of {answered}"
        );
        assert!((0..kept).all(|number| described.contains(&format!("0 {number}"))));
    }
}

#[test]
fn w10_a_change_is_made_though_nobody_waits_for_it() {
    let folder = tempdir().unwrap();
    block_on(async {
        let store = SqliteStore::open(folder.path().join("acme.db"))
            .await
            .unwrap();
        let mut reply = Box::pin(store.change(&ACME, add("192.0.2.0/24", ""), NOBODY));
        let polled = std::future::poll_fn(|context| {
            std::task::Poll::Ready(reply.as_mut().poll(context).is_ready())
        });
        polled.await;
        drop(reply);
        while !store.load(&ACME).await.unwrap().restricts() {
            tokio::task::yield_now().await;
        }
    });
}

/// Whoever left such an entry out, or all of them, would open what was closed.
#[test]
fn w11_an_entry_that_is_none_is_told_and_never_left_out() {
    for (column, value) in [
        ("ip_range", "'nowhere'"),
        ("ip_range", "'192.0.2.7/24'"),
        ("ip_range", "''"),
        ("is_active", "2"),
        ("is_active", "-1"),
        ("is_active", "4294967297"),
        ("description", "CAST(x'ff' AS TEXT)"),
        ("created_by", "CAST(x'61ff' AS TEXT)"),
    ] {
        let folder = tempdir().unwrap();
        let path = folder.path().join("acme.db");
        block_on(async {
            let store = SqliteStore::open(&path).await.unwrap();
            let secret = add("192.0.2.0/24", "a secret");
            let id = secret.id().to_owned();
            change(&store, secret).await;
            change(&store, add("10.0.0.0/8", "")).await;
            let elsewhere = AccountId::new("elsewhere");
            let added = store.change(&elsewhere, add("10.0.0.0/8", ""), NOBODY);
            let added = added.await.unwrap().list;
            let damage =
                format!("UPDATE entitlements_allowlists SET {column} = {value} WHERE id = '{id}'");
            let pool = pool(&path).await;
            let damaged = sqlx::query(AssertSqlSafe(damage)).execute(&pool).await;
            assert_eq!(damaged.unwrap().rows_affected(), 1);
            let said = format!(
                "acme.db`: the entry `{id}` in the allowlist of the account `{ACME}` is no entry"
            );
            let read = store.load(&ACME).await.unwrap_err().to_string();
            assert!(read.contains(&said) && !read.contains("secret"), "{read}");
            for change in [add("203.0.113.0/24", ""), AllowlistChange::remove(&id)] {
                let error = store.change(&ACME, change, NOBODY).await.unwrap_err();
                assert!(matches!(error, AllowlistError::Store(_)), "{error}");
                assert!(error.to_string().contains(&said), "{error}");
            }
            assert_eq!(store.load(&elsewhere).await.unwrap(), added);
            // The account may go, with what was wrong.
            assert!(store.remove(&ACME).await.unwrap());
            assert!(!store.load(&ACME).await.unwrap().restricts());
        });
    }
}

#[test]
fn w11_a_table_that_goes_is_no_empty_list() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        change(&store, add("192.0.2.0/24", "")).await;
        let pool = pool(&path).await;
        let dropped = sqlx::query("DROP TABLE entitlements_allowlists");
        dropped.execute(&pool).await.unwrap();
        let said = "no such table: entitlements_allowlists";
        let read = store.load(&ACME).await.unwrap_err().to_string();
        assert!(read.contains(said), "{read}");
        let changed = store.change(&ACME, add("10.0.0.0/8", ""), NOBODY).await;
        assert!(changed.unwrap_err().to_string().contains(said));
        assert!(store.remove(&ACME).await.is_err());
    });
}

#[test]
fn w6_the_last_entry_is_kept_and_no_further_one() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        let fill = format!(
            "INSERT INTO entitlements_allowlists
             WITH RECURSIVE entry(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM entry WHERE n < {MOST_ENTRIES} - 1)
             SELECT '{ACME}', format('0192f000-0000-7000-8000-%012d', n), format('10.0.%d.%d', n / 256, n % 256), '', 1, 'ann', 0 FROM entry"
        );
        let pool = pool(&path).await;
        let filled = sqlx::query(AssertSqlSafe(fill)).execute(&pool).await;
        filled.unwrap();
        let last = change(&store, add("192.0.2.0/24", "")).await;
        let most = MOST_ENTRIES;
        assert_eq!(last.list.entries().len(), most);
        let further = store.change(&ACME, add("198.51.100.0/24", ""), NOBODY);
        let refused = AllowlistRefusal::TooMany { most };
        assert_eq!(further.await, Err(refused.into()));
        assert_eq!(store.load(&ACME).await.unwrap(), last.list);
    });
}

#[test]
fn tables_of_before_there_were_allowlists_get_theirs() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    block_on(async {
        SqliteStore::migrate(&path).await.unwrap();
        let pool = pool(&path).await;
        let back = "
            DROP TABLE entitlements_allowlists;
            DELETE FROM entitlements_migrations WHERE version = 3;
            INSERT INTO entitlements_state VALUES ('licenses', 'lic', 'key')";
        sqlx::raw_sql(back).execute(&pool).await.unwrap();
        let migrated = SqliteStore::migrate(&path).await.unwrap();
        assert_eq!(
            (migrated.version, migrated.applied),
            (3, vec!["allowlists"])
        );
        let store = SqliteStore::open(&path).await.unwrap();
        assert!(!store.load(&ACME).await.unwrap().restricts());
        assert_eq!(crate::keeping::kept(&store).await.unwrap()["lic"], "key");
    });
}

/// While another process holds the lock that writing needs, a backup or a repair, lists are read as ever: whoever changes them waits, and gates do not.
#[test]
fn w10_those_who_wait_to_write_do_not_keep_readers_waiting() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        change(&store, add("192.0.2.0/24", "office")).await;
        let other = pool(&path).await;
        let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let mut writers = JoinSet::new();
        for writer in 0..8 {
            let store = store.clone();
            writers.spawn(async move {
                change(&store, add(&format!("10.{writer}.0.0/16"), "")).await;
            });
        }
        // All of them are at it.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        for _ in 0..100 {
            let read = timeout(Duration::from_secs(2), store.load(&ACME));
            let list = read.await.expect("a gate does not wait for writers");
            assert!(list.unwrap().restricts());
        }
        lock.rollback().await.unwrap();
        while let Some(ended) = writers.join_next().await {
            ended.unwrap();
        }
        assert_eq!(store.load(&ACME).await.unwrap().entries().len(), 9);
    });
}
