//! A refusal as a handler's error, in the form that the management API's have.

use std::fmt;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use entitlements_actix::Refusal;
use http_body::Body;

/// What `?` makes of a [`Refusal`].
#[derive(Debug)]
pub(crate) struct Refused(Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::BAD_REQUEST)
    }

    /// Copied, because a refusal is rendered in the types of `http` 1, which actix-web does not speak.
    fn error_response(&self) -> HttpResponse {
        let (head, body) = self.0.response().into_parts();
        let mut response = HttpResponse::build(self.status_code());
        // The length is the server's to write.
        for (name, value) in head
            .headers
            .iter()
            .filter(|(name, _)| *name != CONTENT_LENGTH.as_str())
        {
            let name = HeaderName::from_bytes(name.as_str().as_bytes());
            let value = HeaderValue::from_bytes(value.as_bytes());
            if let (Ok(name), Ok(value)) = (name, value) {
                response.append_header((name, value));
            }
        }
        // INVARIANT: it is in memory, in one part.
        let part = pin!(body).poll_frame(&mut Context::from_waker(Waker::noop()));
        match part {
            Poll::Ready(Some(Ok(part))) => response.body(part.into_data().unwrap_or_default()),
            _ => response.finish(),
        }
    }
}
