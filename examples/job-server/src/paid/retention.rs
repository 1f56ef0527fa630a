//! `custom_retention`: rules for how long ended jobs are kept; and the purge, which every deployment has.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use entitlements_axum::Timestamp;
use entitlements_axum::catalog::Retention;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Answer;
use crate::glob;
use crate::identity::{Caller, Role};
use crate::jobs::{Job, State as JobState};
use crate::json_body::JsonBody;
use crate::store::Configured;

/// How long jobs of some queues that ended in one way are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetentionRule {
    /// A pattern of queues.
    queue: String,
    state: JobState,
    days: u32,
}

impl Configured for RetentionRule {
    const KIND: &'static str = "retention_rule";
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(rule): JsonBody<RetentionRule>,
) -> Answer<(StatusCode, Json<Value>)> {
    caller.may_everywhere(Role::Admin)?;
    let id = app.store.add(&caller.namespace, &rule).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

/// How long a job is kept, by the first rule for it, else by the plan. It is worked out once, when the job ends: what was
/// promised then is kept, whatever becomes of the license.
pub(crate) async fn keep_until(
    app: &App,
    job: &Job,
    finished: Timestamp,
) -> Answer<Option<Timestamp>> {
    let current = app.entitlements.current();
    let mut days = match current.retention().get("jobs_days") {
        Some(Retention::Days(days)) => Some(u32::try_from(*days).unwrap_or(u32::MAX)),
        _ => None,
    };
    if current.has("custom_retention") {
        let rules = app
            .store
            .list::<RetentionRule>(Some(&job.namespace))
            .await?;
        let mut rules = rules.into_iter().map(|entry| entry.value);
        let rule =
            rules.find(|rule| rule.state == job.state && glob::matches(&rule.queue, &job.queue));
        days = rule.map(|rule| rule.days).or(days);
    }
    Ok(days.map(|days| finished.saturating_add_days(days)))
}

/// So long the steps of jobs are kept, for replicas and trends.
const CHANGES_DAYS: u32 = 90;
const MICROS_A_DAY: i64 = 86_400_000_000;

/// Removes what was kept for long enough.
pub(crate) async fn purge(app: &App) -> Answer<()> {
    let now = app.now().unix_micros();
    let jobs = sqlx::query("DELETE FROM jobs WHERE keep_until <= ?")
        .bind(now)
        .execute(&app.store.pool)
        .await?;
    sqlx::query("DELETE FROM changes WHERE at <= ?")
        .bind(now - i64::from(CHANGES_DAYS) * MICROS_A_DAY)
        .execute(&app.store.pool)
        .await?;
    if jobs.rows_affected() > 0 {
        tracing::info!(jobs = jobs.rows_affected(), "purged");
    }
    Ok(())
}
