//! Audit records: each once, never changed, and read where the engine wrote them.

use std::collections::BTreeSet;

use entitlements_core::audit::{AuditQuery, AuditRecord, AuditSink as _};
use entitlements_core::testing::{self, NOW};
use entitlements_core::{AccountId, Entitlements};
use entitlements_store::SqliteStore;
use entitlements_store::sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use entitlements_store::sqlx::{self, AssertSqlSafe};
use tempfile::tempdir;

use crate::block_on;
use crate::child::{self, Running};

fn record(action: &str) -> AuditRecord {
    let mut record = AuditRecord::new(NOW, action, "ada");
    record.license = Some("lic".into());
    record
}

async fn all(store: &SqliteStore) -> Vec<AuditRecord> {
    let query = AuditQuery::default().limited_to(AuditQuery::HIGHEST_LIMIT);
    store.read(query).await.unwrap().records
}

async fn pool(path: &std::path::Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(path);
    SqlitePool::connect_with(options).await.unwrap()
}

#[test]
fn m14_a_record_is_not_changed_by_whoever_has_the_database_open() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        let records = [record("a"), record("b")];
        for record in &records {
            store.record(record.clone()).await.unwrap();
        }
        let pool = pool(&path).await;
        for (change, said) in [
            (
                "UPDATE entitlements_audit SET actor = 'bob'",
                "never changed",
            ),
            (
                "UPDATE OR REPLACE entitlements_audit SET id = 'x'",
                "never changed",
            ),
            ("DELETE FROM entitlements_audit", "never removed"),
        ] {
            let error = sqlx::query(change).execute(&pool).await.unwrap_err();
            assert!(error.to_string().contains(said), "{change}: {error}");
        }
        let replace = "
            INSERT OR REPLACE INTO entitlements_audit (id, at, action, actor, outcome, details)
            SELECT id, 0, 'forged', 'bob', 'accepted', '{}' FROM entitlements_audit";
        let replaced = sqlx::query(replace).execute(&pool).await.unwrap();
        assert_eq!(replaced.rows_affected(), 0);
        let [a, b] = records;
        assert_eq!(all(&store).await, [b, a]);
    });
}

#[test]
fn m14_what_somebody_else_wrote_there_is_told() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    for (id, address, details) in [
        ("a", "nowhere", r#"{"details":[]}"#),
        ("b", "127.0.0.1", "[]"),
        ("c", "127.0.0.1", r#"{"details":[{"name":"n"}]}"#),
        ("d", "127.0.0.1", "a secret"),
    ] {
        block_on(async {
            let store = SqliteStore::open(&path).await.unwrap();
            let insert = format!(
                "INSERT INTO entitlements_audit (id, at, action, actor, outcome, client_address, details)
                 VALUES ('{id}', 0, 'x', 'x', 'x', '{address}', '{details}')"
            );
            let pool = pool(&path).await;
            let inserted = sqlx::query(AssertSqlSafe(insert)).execute(&pool).await;
            inserted.unwrap();
            let error = store
                .read(AuditQuery::default())
                .await
                .unwrap_err()
                .to_string();
            let said = format!("acme.db`: the audit record `{id}` is no record");
            assert!(
                error.contains(&said) && !error.contains("secret"),
                "{error}"
            );
            store.close().await;
            pool.close().await;
        });
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn m14_the_engine_keeps_its_records_there() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        let builder = Entitlements::builder()
            .catalog(testing::catalog())
            .license_store(store.clone())
            .audit(store);
        let (engine, _upkeep) = builder.build().await.unwrap();
        let mut made = record("account.changed");
        made.account = Some(AccountId::LOCAL.to_string());
        engine.audit().record(made.clone()).await.unwrap();
        let page = engine.audit().read(AuditQuery::default()).await.unwrap();
        assert_eq!(page.records, [made.clone()]);
        drop(engine);
        let again = SqliteStore::open(&path).await.unwrap();
        assert_eq!(all(&again).await, [made]);
    });
}

#[test]
fn m14_a_record_is_kept_though_nobody_waits_for_the_answer() {
    let folder = tempdir().unwrap();
    block_on(async {
        let store = SqliteStore::open(folder.path().join("acme.db"))
            .await
            .unwrap();
        let made = record("a");
        let mut reply = Box::pin(store.record(made.clone()));
        let polled = std::future::poll_fn(|context| {
            std::task::Poll::Ready(reply.as_mut().poll(context).is_ready())
        });
        polled.await;
        drop(reply);
        while all(&store).await.is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(all(&store).await, [made]);
    });
}

#[test]
fn child_that_records() {
    let Some(told) = child::told() else { return };
    let (start, path) = told.split_once(' ').unwrap();
    let start: usize = start.parse().unwrap();
    block_on(async {
        let store = SqliteStore::open(path).await.unwrap();
        for number in start.. {
            store.record(record(&number.to_string())).await.unwrap();
            child::say(&number.to_string());
        }
    });
}

#[test]
fn m14_what_was_answered_is_there_once_after_a_kill() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("acme.db");
    let mut answered = 0;
    let mut kept = 0;
    for round in 0..20 {
        let told = format!("{kept} {}", path.display());
        let mut child = Running::start(child::command("audit::child_that_records", &told));
        for _ in 0..1 + round % 5 {
            answered = child.says().unwrap().parse::<usize>().unwrap() + 1;
        }
        child.kill();
        while let Some(number) = child.says() {
            answered = number.parse::<usize>().unwrap() + 1;
        }
        drop(child);
        let records = block_on(async {
            let store = SqliteStore::open(&path).await.unwrap();
            all(&store).await
        });
        kept = records.len();
        assert!(
            [answered, answered + 1].contains(&kept),
            "round {round}: {kept} of {answered}"
        );
        let actions: BTreeSet<_> = records.iter().map(|record| &record.action).collect();
        assert_eq!(actions.len(), kept);
    }
}
