//! `encryption`: payloads and settings are sealed before they are written. See [`vault`](crate::vault).

use axum::Json;
use axum::extract::State;
use entitlements_axum::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::app::App;
use crate::failure::Answer;
use crate::identity::{Caller, Role};
use crate::store::{Configured, Store};

/// That it was switched on: there for ever after.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SwitchedOn {
    by: String,
}

impl Configured for SwitchedOn {
    const KIND: &'static str = "encryption";
}

/// Seals what is there, and from now on whatever comes.
pub(crate) async fn switch_on(State(app): State<App>, caller: Caller) -> Answer<Json<Value>> {
    // It concerns all namespaces.
    if caller.identity.namespace.is_some() {
        return Err(Refusal::Forbidden.into());
    }
    app.store.vault.switch_on()?;
    let by = caller.identity.subject;
    app.store
        .put("default", "encryption", &SwitchedOn { by })
        .await?;
    let sealed = seal_all(&app.store).await?;
    Ok(Json(json!({ "encryption": true, "sealed": sealed })))
}

pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Answer<Json<Value>> {
    caller.may_everywhere(Role::Reader)?;
    Ok(Json(json!({ "encryption": app.store.vault.is_on() })))
}

/// After a restart it is on as it was, with the license or without it; without its key there is no start.
pub(crate) async fn as_configured(store: &Store) -> Answer<()> {
    if !store.vault.is_on() && is_configured(store).await? {
        store.vault.switch_on()?;
    }
    Ok(())
}

/// Without its key the value itself cannot be read; that it is there says enough.
async fn is_configured(store: &Store) -> Answer<bool> {
    let row = sqlx::query("SELECT count(*) AS there FROM configured WHERE kind = ?")
        .bind(SwitchedOn::KIND)
        .fetch_one(&store.pool)
        .await?;
    Ok(row.try_get::<i64, _>("there")? > 0)
}

/// In one transaction, so that a server that is killed has sealed all or nothing.
async fn seal_all(store: &Store) -> Answer<usize> {
    const TABLES: [(&str, &str); 3] = [
        (
            "SELECT rowid, id, payload AS value FROM jobs",
            "UPDATE jobs SET payload = ?2 WHERE rowid = ?1",
        ),
        (
            "SELECT rowid, id, value FROM configured",
            "UPDATE configured SET value = ?2 WHERE rowid = ?1",
        ),
        (
            "SELECT rowid, id, value FROM deliveries",
            "UPDATE deliveries SET value = ?2 WHERE rowid = ?1",
        ),
    ];
    let mut count = 0;
    let mut change = store.pool.begin_with("BEGIN IMMEDIATE").await?;
    for (read, write) in TABLES {
        for row in sqlx::query(read).fetch_all(&mut *change).await? {
            sqlx::query(write)
                .bind(row.try_get::<i64, _>("rowid")?)
                .bind(sealed(store, &row)?)
                .execute(&mut *change)
                .await?;
            count += 1;
        }
    }
    change.commit().await?;
    // What was there before is gone from the file too, not only from the tables.
    sqlx::query("VACUUM").execute(&store.pool).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&store.pool)
        .await?;
    Ok(count)
}

fn sealed(store: &Store, row: &sqlx::sqlite::SqliteRow) -> Answer<Vec<u8>> {
    let id = row.try_get("id")?;
    let value = store.vault.open(id, row.try_get("value")?)?;
    store.vault.seal(id, &value)
}
