//! The life of a job: enqueue, fetch, acknowledge, fail, retry, cancel, move, delete.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::app::App;
use crate::failure::Answer;
use crate::free::{queues, webhooks};
use crate::identity::{Caller, Role};
use crate::jobs::{Job, NewJob, State as JobState, Step};
use crate::json_body::JsonBody;
use crate::paid::retention;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enqueue {
    payload: Box<RawValue>,
    #[serde(default = "three")]
    max_attempts: u32,
    #[serde(default)]
    delay_seconds: u32,
}

const fn three() -> u32 {
    3
}

pub(crate) async fn enqueue(
    State(app): State<App>,
    caller: Caller,
    Path(queue): Path<String>,
    JsonBody(body): JsonBody<Enqueue>,
) -> Answer<(StatusCode, Json<Job>)> {
    queues::check_name(&queue)?;
    caller.may(Role::Worker, &queue)?;
    let new = NewJob {
        namespace: &caller.namespace,
        queue: &queue,
        payload: &body.payload,
        max_attempts: body.max_attempts.max(1),
        delay: Duration::from_secs(body.delay_seconds.into()),
    };
    let job = app.store.enqueue(new, app.now()).await?;
    webhooks::tell(&app, "job.enqueued", &job).await;
    Ok((StatusCode::CREATED, Json(job)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fetch {
    worker: Option<String>,
    /// For so long nobody else gets the job.
    #[serde(default = "thirty")]
    visibility_seconds: u32,
}

const fn thirty() -> u32 {
    30
}

/// 204 where there is nothing to do, or the queue lets nothing out.
pub(crate) async fn fetch(
    State(app): State<App>,
    caller: Caller,
    Path(queue): Path<String>,
    JsonBody(body): JsonBody<Fetch>,
) -> Answer<Response> {
    caller.may(Role::Worker, &queue)?;
    let now = app.now();
    let visible_again = now.saturating_add(Duration::from_secs(body.visibility_seconds.into()));
    let worker = body.worker.as_deref();
    let fetched = app
        .store
        .fetch(&caller.namespace, &queue, worker, visible_again, now);
    Ok(match fetched.await? {
        Some(job) => Json(job).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Job>> {
    let job = app.store.job(&caller.namespace, &id).await?;
    caller.may(Role::Reader, &job.queue)?;
    Ok(Json(job))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attempt {
    attempt: u32,
    #[serde(default)]
    error: String,
}

pub(crate) async fn ack(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Attempt>,
) -> Answer<Json<Job>> {
    let step = Step::Ack {
        attempt: body.attempt,
    };
    step_by(&app, &caller, Role::Worker, &id, step).await
}

pub(crate) async fn fail(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Attempt>,
) -> Answer<Json<Job>> {
    let Attempt { attempt, error } = body;
    step_by(
        &app,
        &caller,
        Role::Worker,
        &id,
        Step::Fail { attempt, error },
    )
    .await
}

pub(crate) async fn retry(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Job>> {
    step_by(&app, &caller, Role::Admin, &id, Step::Retry).await
}

pub(crate) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Job>> {
    step_by(&app, &caller, Role::Admin, &id, Step::Cancel).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Move {
    queue: String,
}

pub(crate) async fn move_on(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(Move { queue }): JsonBody<Move>,
) -> Answer<Json<Job>> {
    queues::check_name(&queue)?;
    caller.may(Role::Admin, &queue)?;
    app.store.make_queue(&caller.namespace, &queue).await?;
    step_by(&app, &caller, Role::Admin, &id, Step::Move { queue }).await
}

pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<StatusCode> {
    let job = app.store.job(&caller.namespace, &id).await?;
    caller.may(Role::Admin, &job.queue)?;
    app.store.remove_job(&job).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn step_by(
    app: &App,
    caller: &Caller,
    needed: Role,
    id: &str,
    step: Step,
) -> Answer<Json<Job>> {
    let job = app.store.job(&caller.namespace, id).await?;
    caller.may(needed, &job.queue)?;
    Ok(Json(take(app, &job, step).await?))
}

/// Takes a step, and tells those who want to know.
async fn take(app: &App, job: &Job, step: Step) -> Answer<Job> {
    let now = app.now();
    let has_failed = matches!(step, Step::Fail { .. } | Step::TimeOut);
    let mut after = job
        .after(step, now)
        .map_err(crate::failure::Failure::Conflict)?;
    after.keep_until = match after.finished_at {
        Some(finished) => retention::keep_until(app, &after, finished).await?,
        None => None,
    };
    app.store.swap(job, &after, now).await?;
    let event = match after.state {
        JobState::Done => "job.done",
        JobState::Dead => "job.dead",
        JobState::Cancelled => "job.cancelled",
        _ if has_failed => "job.failed",
        _ => "job.ready",
    };
    webhooks::tell(app, event, &after).await;
    Ok(after)
}

pub(crate) async fn time_out(app: &App) -> Answer<()> {
    for job in app.store.timed_out(app.now()).await? {
        take(app, &job, Step::TimeOut).await?;
    }
    Ok(())
}
