//! `/users`: a list in memory for each account. How long it may get is said by the gate in front of it.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use entitlements_axum::{Current, Refusal, read_body};
use quickstart_common::{Users, read_name};
use serde_json::Value;

pub(crate) async fn list(State(users): State<Users>, current: Current) -> Json<Value> {
    Json(users.view(current.account()))
}

pub(crate) async fn create(
    State(users): State<Users>,
    current: Current,
    request: Request,
) -> Response {
    match name_of(request).await {
        Ok(name) => {
            let user = users.add(current.account(), name);
            (StatusCode::CREATED, Json(user)).into_response()
        }
        Err(refusal) => refusal.response().into_response(),
    }
}

pub(crate) async fn remove(
    State(users): State<Users>,
    current: Current,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    // What is not even text is nobody's id.
    let id = id.map_or_else(|_| String::new(), |Path(id)| id);
    match users.remove(current.account(), &id) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refusal.response().into_response(),
    }
}

async fn name_of(request: Request) -> Result<String, Refusal> {
    let (head, body) = request.into_parts();
    read_name(&read_body(&head.headers, body).await?)
}
