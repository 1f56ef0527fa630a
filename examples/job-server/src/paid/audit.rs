//! `audit`: who did what. It is recorded while the feature is on, and can always be looked at.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use entitlements_axum::{BoxFuture, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::identity::{Caller, Role};
use crate::interfaces::{AuditEntry, AuditLogger};
use crate::store::Store;

pub(crate) struct RecordedAudit {
    store: Store,
}

impl RecordedAudit {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl AuditLogger for RecordedAudit {
    fn log(&self, entry: AuditEntry) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            sqlx::query("INSERT INTO audit (at, namespace, actor, action, target, outcome) VALUES (?, ?, ?, ?, ?, ?)")
                .bind(entry.at.unix_micros())
                .bind(entry.namespace)
                .bind(entry.actor)
                .bind(entry.action)
                .bind(entry.target)
                .bind(entry.outcome)
                .execute(&self.store.pool)
                .await?;
            Ok(())
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    after: i64,
}

/// The next hundred after a number; the oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<Page>,
) -> Answer<Json<Vec<Value>>> {
    Ok(Json(read(&app, &caller, page.after, 100).await?))
}

/// All of it, one JSON object a line, for whoever keeps it for years.
pub(crate) async fn export(State(app): State<App>, caller: Caller) -> Answer<impl IntoResponse> {
    let entries = read(&app, &caller, 0, -1).await?;
    let lines: String = entries.iter().map(|entry| format!("{entry}\n")).collect();
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], lines))
}

async fn read(app: &App, caller: &Caller, after: i64, most: i64) -> Answer<Vec<Value>> {
    caller.may_everywhere(Role::Admin)?;
    let rows =
        sqlx::query("SELECT * FROM audit WHERE namespace = ? AND seq > ? ORDER BY seq LIMIT ?")
            .bind(&caller.namespace)
            .bind(after)
            .bind(most)
            .fetch_all(&app.store.pool)
            .await?;
    let entries = rows.iter().map(|row| {
        Ok(json!({
            "seq": row.try_get::<i64, _>("seq")?,
            "at": Timestamp::from_unix_micros(row.try_get("at")?).to_string(),
            "actor": row.try_get::<String, _>("actor")?,
            "action": row.try_get::<String, _>("action")?,
            "target": row.try_get::<String, _>("target")?,
            "outcome": row.try_get::<u16, _>("outcome")?,
        }))
    });
    entries.collect()
}
