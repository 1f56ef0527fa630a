//! `replication`: every step of every job in order, for a replica elsewhere that reads on from where it was.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::app::App;
use crate::failure::Answer;
use crate::identity::{Caller, Role};
use crate::jobs::Job;

#[derive(Deserialize)]
pub(crate) struct From {
    #[serde(default)]
    after: i64,
}

/// One step of a job, and the job as it is now; a job that is gone is `null`.
#[derive(Serialize)]
pub(crate) struct Change {
    seq: i64,
    id: String,
    state: String,
    job: Option<Job>,
}

/// The next thousand.
pub(crate) async fn changes(
    State(app): State<App>,
    caller: Caller,
    Query(from): Query<From>,
) -> Answer<Json<Vec<Change>>> {
    caller.may_everywhere(Role::Admin)?;
    let rows = sqlx::query(
        "SELECT c.seq, c.job, c.state AS step, j.* FROM changes c LEFT JOIN jobs j ON j.id = c.job \
         WHERE c.namespace = ? AND c.seq > ? ORDER BY c.seq LIMIT 1000",
    )
    .bind(&caller.namespace)
    .bind(from.after)
    .fetch_all(&app.store.pool)
    .await?;
    let changes = rows.iter().map(|row| {
        let is_there = row.try_get::<Option<&str>, _>("id")?.is_some();
        Ok(Change {
            seq: row.try_get("seq")?,
            id: row.try_get("job")?,
            state: row.try_get("step")?,
            job: is_there.then(|| app.store.read_job(row)).transpose()?,
        })
    });
    changes.collect::<Answer<_>>().map(Json)
}
