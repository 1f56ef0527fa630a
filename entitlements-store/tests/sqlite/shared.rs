//! A database that is the application's own, too.

use entitlements_store::sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use entitlements_store::sqlx::{self, AssertSqlSafe};
use entitlements_store::{SqliteStore, StoreErrorKind};
use tempfile::{TempDir, tempdir};

use crate::block_on;
use crate::keeping::{kept, put};

async fn pool() -> (TempDir, SqlitePool) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("app.db");
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    (folder, SqlitePool::connect_with(options).await.unwrap())
}

async fn run(pool: &SqlitePool, sql: &str) {
    let run = sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await;
    run.unwrap();
}

async fn tables(pool: &SqlitePool) -> Vec<String> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    sqlx::query_scalar(tables).fetch_all(pool).await.unwrap()
}

#[test]
fn the_tables_of_the_application_and_its_migrations_stay_as_they_are() {
    block_on(async {
        let (folder, pool) = pool().await;
        run(&pool, "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY); INSERT INTO _sqlx_migrations VALUES (7)").await;
        run(&pool, "CREATE TABLE users (name TEXT)").await;
        let store = SqliteStore::from_pool(pool.clone()).await.unwrap();
        put(&store, "lic", "key").await.unwrap();
        for table in tables(&pool).await {
            let is_ours = table.starts_with("entitlements_");
            assert!(
                is_ours || ["_sqlx_migrations", "users"].contains(&table.as_str()),
                "{table}"
            );
        }
        let versions: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations")
            .fetch_all(&pool)
            .await
            .unwrap();
        assert_eq!(versions, [7]);
        // By its name it is the same database.
        let same = SqliteStore::open(folder.path().join("app.db"))
            .await
            .unwrap();
        assert_eq!(kept(&same).await.unwrap().len(), 1);
    });
}

#[test]
fn tables_of_an_older_version_are_brought_up_to_date_with_what_is_in_them() {
    block_on(async {
        let (_folder, pool) = pool().await;
        run(
            &pool,
            include_str!("../../migrations/sqlite/0001_state.sql"),
        )
        .await;
        run(
            &pool,
            "CREATE TABLE entitlements_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
             INSERT INTO entitlements_migrations VALUES (1, 'state');
             INSERT INTO entitlements_state VALUES ('licenses', 'lic', 'key')",
        )
        .await;
        let store = SqliteStore::from_pool(pool.clone()).await.unwrap();
        assert_eq!(kept(&store).await.unwrap()["lic"], "key");
        let tables = tables(&pool).await;
        for made in ["entitlements_audit", "entitlements_allowlists"] {
            assert!(tables.iter().any(|table| table == made), "{made}");
        }
    });
}

#[test]
fn tables_of_a_newer_version_are_left_alone() {
    block_on(async {
        let (_folder, pool) = pool().await;
        SqliteStore::from_pool(pool.clone()).await.unwrap();
        run(
            &pool,
            "INSERT INTO entitlements_migrations VALUES (1000, 'of the future')",
        )
        .await;
        let error = SqliteStore::from_pool(pool).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Newer);
        assert!(error.cause().contains("version 1000"), "{error}");
    });
}

#[test]
fn tables_of_our_names_that_are_not_ours_are_told_and_nothing_is_half_made() {
    for foreign in [
        "CREATE TABLE entitlements_state (something TEXT)",
        "CREATE TABLE entitlements_migrations (something TEXT)",
    ] {
        block_on(async {
            let (_folder, pool) = pool().await;
            run(&pool, foreign).await;
            let before = tables(&pool).await;
            let error = SqliteStore::from_pool(pool.clone()).await.unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Foreign, "{error}");
            assert_eq!(tables(&pool).await, before);
        });
    }
}

#[test]
fn tables_that_go_while_they_are_in_use_are_told() {
    block_on(async {
        let (_folder, pool) = pool().await;
        let store = SqliteStore::from_pool(pool.clone()).await.unwrap();
        put(&store, "lic", "a secret").await.unwrap();
        run(&pool, "DROP TABLE entitlements_state").await;
        for error in [
            kept(&store).await.unwrap_err(),
            put(&store, "lic", "a secret").await.unwrap_err(),
        ] {
            let error = error.to_string();
            assert!(
                error.contains("no such table: entitlements_state"),
                "{error}"
            );
            assert!(!error.contains("a secret"), "{error}");
        }
    });
}

#[test]
fn one_that_others_keep_busy_is_told_within_a_bound() {
    block_on(async {
        let (folder, pool) = pool().await;
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("app.db"))
            .busy_timeout(std::time::Duration::from_millis(20));
        let impatient = SqlitePool::connect_with(options).await.unwrap();
        let store = SqliteStore::from_pool(impatient).await.unwrap();
        let busy = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let error = put(&store, "lic", "a secret")
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("database is locked; try again"), "{error}");
        busy.rollback().await.unwrap();
        put(&store, "lic", "a secret").await.unwrap();
    });
}
