//! Answers, and the headers that all of them carry.

use bytes::Bytes;
use entitlements_core::Denial;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, Response, StatusCode};
use serde::Serialize;

use crate::refusal::{Failure, Refusal};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const BEARER: HeaderValue = HeaderValue::from_static("Bearer");

/// An answer with its body in memory.
pub(crate) type Answer = Response<Bytes>;

/// 200 and what is asked for.
pub(crate) fn json(view: &impl Serialize) -> Answer {
    match serde_json::to_vec(view) {
        Ok(body) => with_body(StatusCode::OK, JSON, body.into()),
        Err(error) => unwritable(&error),
    }
}

/// 200 and a text that is JSON already.
pub(crate) fn text(json: Bytes) -> Answer {
    with_body(StatusCode::OK, JSON, json)
}

/// 201, what was made, and where it is: a path beside the one that was asked, whatever the API is mounted under.
pub(crate) fn created(view: &impl Serialize, location: &str) -> Answer {
    let mut response = json(view);
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::CREATED;
        if let Ok(location) = HeaderValue::from_str(location) {
            response.headers_mut().insert(LOCATION, location);
        }
    }
    response
}

/// 204.
pub(crate) fn no_content() -> Answer {
    empty(StatusCode::NO_CONTENT)
}

/// A status alone.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// The answer to a request that ends early.
pub(crate) fn failure(failure: &Failure) -> Answer {
    match failure {
        Failure::Refused(refusal) => refused(refusal),
        Failure::Denied(denial) => denied(denial),
    }
}

pub(crate) fn refused(refusal: &Refusal) -> Answer {
    let body = match serde_json::to_vec(&refusal.problem()) {
        Ok(body) => body.into(),
        Err(error) => return unwritable(&error),
    };
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = with_body(status, PROBLEM, body);
    match refusal {
        Refusal::Unauthorized => {
            response.headers_mut().insert(WWW_AUTHENTICATE, BEARER);
        }
        Refusal::MethodNotAllowed(allowed) => {
            if let Ok(allowed) = HeaderValue::from_str(allowed) {
                response.headers_mut().insert(ALLOW, allowed);
            }
        }
        _ => {}
    }
    response
}

/// Core's problem, unchanged; the denial rides along as in every other adapter.
fn denied(denial: &Denial) -> Answer {
    let problem = denial.problem();
    let mut response =
        empty(StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::FORBIDDEN));
    for (name, value) in problem.headers() {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    *response.body_mut() = Bytes::copy_from_slice(problem.body().as_bytes());
    response.extensions_mut().insert(denial.clone());
    response
}

/// What every answer has in common, whatever made it. A HEAD request gets the head of GET's answer.
pub(crate) fn finish(mut response: Answer, method: &Method) -> Answer {
    let bare = matches!(
        response.status(),
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
    );
    let length = response.body().len();
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
    if !bare {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if *method == Method::HEAD {
        *response.body_mut() = Bytes::new();
    }
    response
}

fn with_body(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Answer {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// No view is without a JSON form; should one be, its reader learns that there is no answer rather than half of one.
fn unwritable(error: &serde_json::Error) -> Answer {
    tracing::error!("an answer of the management api cannot be written: {error}");
    denied(&Denial::unavailable(std::time::Duration::from_secs(1)))
}
