//! `/users`: a list in memory, for something to count.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use entitlements_axum::{Fields, Refusal, read_body};
use serde_json::{Value, json};
use uuid::Uuid;

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

#[derive(Clone, Default)]
pub(crate) struct Users {
    list: Arc<Mutex<Vec<User>>>,
}

struct User {
    id: Uuid,
    name: String,
}

impl User {
    fn view(&self) -> Value {
        json!({ "id": self.id.to_string(), "name": self.name })
    }
}

impl Users {
    fn with<T>(&self, act: impl FnOnce(&mut Vec<User>) -> T) -> T {
        act(&mut self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(crate) async fn list(State(users): State<Users>) -> Json<Value> {
    let views: Vec<_> = users.with(|list| list.iter().map(User::view).collect());
    Json(json!({ "users": views }))
}

pub(crate) async fn create(State(users): State<Users>, request: Request) -> Response {
    match read_name(request).await {
        Ok(name) => {
            let user = User {
                id: Uuid::now_v7(),
                name,
            };
            let view = user.view();
            users.with(|list| list.push(user));
            (StatusCode::CREATED, Json(view)).into_response()
        }
        Err(refusal) => refusal.response().into_response(),
    }
}

pub(crate) async fn remove(
    State(users): State<Users>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    // What is not even text is nobody's id.
    let removed = id.is_ok_and(|Path(id)| {
        users.with(|list| {
            let before = list.len();
            list.retain(|user| user.id.to_string() != id);
            list.len() < before
        })
    });
    if removed {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Refusal::not_found("there is no user with this id")
            .response()
            .into_response()
    }
}

/// `{"name"}`, and nothing else.
async fn read_name(request: Request) -> Result<String, Refusal> {
    let (head, body) = request.into_parts();
    let body = read_body(&head.headers, body).await?;
    let mut fields = Fields::read(&body)?;
    let name = fields.string("name").map(String::from);
    fields.finish()?;
    let name = name.unwrap_or_default();
    if name.trim().is_empty() {
        Err(Refusal::invalid("name", "must not be empty"))
    } else if name.chars().count() > LONGEST_NAME {
        Err(Refusal::invalid(
            "name",
            format!("must have at most {LONGEST_NAME} characters"),
        ))
    } else {
        Ok(name)
    }
}
