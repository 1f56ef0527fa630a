//! Cron schedules: the same job again and again.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use entitlements_axum::{Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::free::{queues, webhooks};
use crate::identity::{Caller, Role};
use crate::jobs::{Cron, NewJob};
use crate::json_body::JsonBody;
use crate::store::Configured;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schedule {
    queue: String,
    /// Five fields, in UTC.
    cron: String,
    payload: Box<RawValue>,
    /// In seconds since 1970; the server's to say.
    #[serde(default)]
    next_at: i64,
}

impl Configured for Schedule {
    const KIND: &'static str = "schedule";
}

impl Schedule {
    fn next_after(&self, now: Timestamp) -> Result<i64, Refusal> {
        let next = Cron::parse(&self.cron).and_then(|cron| cron.after(now));
        let wrong = || {
            Refusal::invalid(
                "cron",
                "must be minute, hour, day, month and weekday, such as `*/5 8-18 * * 1-5`",
            )
        };
        next.map(Timestamp::unix_seconds).ok_or_else(wrong)
    }
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(mut schedule): JsonBody<Schedule>,
) -> Answer<(StatusCode, Json<Value>)> {
    queues::check_name(&schedule.queue)?;
    caller.may(Role::Admin, &schedule.queue)?;
    schedule.next_at = schedule.next_after(app.now())?;
    let id = app.store.add(&caller.namespace, &schedule).await?;
    let next_at = Timestamp::from_unix_seconds(schedule.next_at).to_string();
    Ok((
        StatusCode::CREATED,
        Json(json!({ "id": id, "next_at": next_at })),
    ))
}

/// Enqueues what is due: once, however long the server was away.
pub(crate) async fn follow(app: &App) -> Answer<()> {
    let now = app.now();
    for mut due in app.store.list::<Schedule>(None).await? {
        if due.value.next_at > now.unix_seconds() {
            continue;
        }
        // First of all: a queue that takes nothing now must not be tried every second.
        due.value.next_at = due.value.next_after(now)?;
        app.store.put(&due.namespace, &due.id, &due.value).await?;
        let new = NewJob {
            namespace: &due.namespace,
            queue: &due.value.queue,
            payload: &due.value.payload,
            max_attempts: 3,
            delay: Duration::ZERO,
        };
        match app.store.enqueue(new, now).await {
            Ok(job) => webhooks::tell(app, "job.enqueued", &job).await,
            Err(Failure::Conflict(why)) => tracing::warn!(schedule = due.id, "skipped: {why}"),
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}
