//! Managing queues: pause, resume, drain, clear, concurrency, throttle.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use entitlements_axum::Refusal;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Answer;
use crate::identity::{Caller, Role};
use crate::jobs::{Flags, Queue};
use crate::json_body::JsonBody;

/// Those that the caller may look at.
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Answer<Json<Vec<Queue>>> {
    let mut queues = app.store.queues(Some(&caller.namespace)).await?;
    queues.retain(|queue| caller.may(Role::Reader, &queue.name).is_ok());
    Ok(Json(queues))
}

pub(crate) async fn pause(
    app: State<App>,
    caller: Caller,
    queue: Path<String>,
) -> Answer<StatusCode> {
    set(
        &app,
        &caller,
        &queue,
        Flags {
            paused: true,
            draining: false,
        },
    )
    .await
}

pub(crate) async fn drain(
    app: State<App>,
    caller: Caller,
    queue: Path<String>,
) -> Answer<StatusCode> {
    set(
        &app,
        &caller,
        &queue,
        Flags {
            paused: false,
            draining: true,
        },
    )
    .await
}

/// Ends a pause as well as a draining.
pub(crate) async fn resume(
    app: State<App>,
    caller: Caller,
    queue: Path<String>,
) -> Answer<StatusCode> {
    set(
        &app,
        &caller,
        &queue,
        Flags {
            paused: false,
            draining: false,
        },
    )
    .await
}

async fn set(app: &App, caller: &Caller, queue: &str, flags: Flags) -> Answer<StatusCode> {
    manages(caller, queue)?;
    app.store.set_flags(&caller.namespace, queue, flags).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn clear(
    State(app): State<App>,
    caller: Caller,
    Path(queue): Path<String>,
) -> Answer<Json<Value>> {
    manages(&caller, &queue)?;
    let cleared = app.store.clear(&caller.namespace, &queue).await?;
    Ok(Json(json!({ "cleared": cleared })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Most {
    /// `null` for as many as there are.
    most: Option<u32>,
}

pub(crate) async fn concurrency(
    State(app): State<App>,
    caller: Caller,
    Path(queue): Path<String>,
    JsonBody(body): JsonBody<Most>,
) -> Answer<StatusCode> {
    manages(&caller, &queue)?;
    app.store
        .set_concurrency(&caller.namespace, &queue, body.most)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn throttle(
    State(app): State<App>,
    caller: Caller,
    Path(queue): Path<String>,
    JsonBody(body): JsonBody<Most>,
) -> Answer<StatusCode> {
    manages(&caller, &queue)?;
    app.store
        .set_throttle(&caller.namespace, &queue, body.most)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn manages(caller: &Caller, queue: &str) -> Answer<()> {
    check_name(queue)?;
    caller.may(Role::Admin, queue)
}

/// Names of queues, and of namespaces.
pub(crate) fn check_name(name: &str) -> Result<(), Refusal> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(is_plain) {
        Ok(())
    } else {
        Err(Refusal::invalid(
            "name",
            "must be 1 to 64 of a-z, A-Z, 0-9, `-`, `_` and `.`",
        ))
    }
}
