//! `extended_retention`: jobs are kept for 90 days, by the plan's `jobs_days`, and can be searched for a text.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;

use crate::app::App;
use crate::failure::Answer;
use crate::identity::{Caller, Role};
use crate::jobs::Job;

#[derive(Deserialize)]
pub(crate) struct Search {
    text: String,
}

/// How many jobs are looked through, and how many of them shown.
const LOOKED_THROUGH: i64 = 10_000;
const SHOWN: usize = 100;

/// The newest of the jobs that have the text in payload or error.
pub(crate) async fn search(
    State(app): State<App>,
    caller: Caller,
    Query(search): Query<Search>,
) -> Answer<Json<Vec<Job>>> {
    let text = search.text.to_lowercase();
    // Here and not by the database, to which payloads may be sealed.
    let rows = sqlx::query("SELECT * FROM jobs WHERE namespace = ? ORDER BY id DESC LIMIT ?")
        .bind(&caller.namespace)
        .bind(LOOKED_THROUGH)
        .fetch_all(&app.store.pool)
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        let job = app.store.read_job(row)?;
        let has = |part: &str| part.to_lowercase().contains(&text);
        let is_found = has(job.payload.get()) || job.error.as_deref().is_some_and(has);
        if is_found && caller.may(Role::Reader, &job.queue).is_ok() {
            found.push(job);
        }
        if found.len() == SHOWN {
            break;
        }
    }
    Ok(Json(found))
}
