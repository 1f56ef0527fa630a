//! A request that ends early, as `application/problem+json`.

use std::fmt;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use entitlements_axum::{Denial, Denied, Refusal};
use serde_json::json;

/// What a handler answers.
pub(crate) type Answer<T> = Result<T, Failure>;

/// Why a request ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It is not one that this server takes.
    Refused(Refusal),
    /// The license does not give it.
    Denied(Box<Denial>),
    /// It does not fit what is there now, and why.
    Conflict(&'static str),
    /// The server cannot, and what is for the log only.
    Broken(String),
}

impl Failure {
    pub(crate) fn not_found(what: &str) -> Self {
        Refusal::not_found(format!("there is no {what} with this id")).into()
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Denial> for Failure {
    fn from(denial: Denial) -> Self {
        Self::Denied(Box::new(denial))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Broken(format!("the database: {error}"))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(format!("what is stored cannot be read: {error}"))
    }
}

/// For the log.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Denied(denial) => denial.fmt(f),
            Self::Conflict(why) => f.write_str(why),
            Self::Broken(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Failure {}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, code, detail) = match self {
            Self::Refused(refusal) => return refusal.response().into_response(),
            Self::Denied(denial) => return Denied(*denial).into_response(),
            Self::Conflict(why) => (StatusCode::CONFLICT, "CONFLICT", why),
            Self::Broken(why) => {
                tracing::error!("a request failed: {why}");
                let detail = "the server could not do this; its log says why";
                (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", detail)
            }
        };
        let title = status.canonical_reason();
        let problem =
            json!({ "title": title, "status": status.as_u16(), "code": code, "detail": detail });
        let headers = [(CONTENT_TYPE, "application/problem+json")];
        (status, headers, problem.to_string()).into_response()
    }
}
