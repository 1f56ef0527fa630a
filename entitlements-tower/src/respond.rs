//! From a denial to an HTTP response, for gates and for handlers that deny by themselves.

use std::borrow::Cow;

use bytes::Bytes;
use entitlements_core::{Denial, Problem};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use crate::DenialBody;

/// The response to a denied request: the denial's problem, and the [`Denial`] itself in the extensions.
///
/// ```
/// use entitlements_core::Denial;
///
/// let response = entitlements_tower::denial_response::<String>(Denial::layer_missing());
/// assert_eq!(response.status(), 500);
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// assert_eq!(response.extensions().get::<Denial>().unwrap().code(), "ENTITLEMENTS_LAYER_MISSING");
/// ```
#[must_use]
pub fn denial_response<B: DenialBody>(denial: Denial) -> Response<B> {
    let rendered = match denial.rendered(Rendered::of) {
        Some(rendered) => rendered.clone(),
        None => Rendered::of(denial.problem()),
    };
    let mut response = Response::new(B::from_problem(rendered.body));
    *response.status_mut() = rendered.status;
    *response.headers_mut() = rendered.headers;
    response.extensions_mut().insert(denial);
    response
}

/// The response to a denied gRPC request: HTTP 200 with the status in its head, which gRPC calls trailers-only, and the [`Denial`]
/// in the extensions.
///
/// ```
/// use entitlements_core::Denial;
///
/// let response = entitlements_tower::grpc_response::<String>(Denial::layer_missing());
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.headers()["grpc-status"], "13");
/// ```
#[must_use]
pub fn grpc_response<B: DenialBody>(denial: Denial) -> Response<B> {
    let mut response = Response::new(B::empty());
    let status = denial.grpc_status();
    for (name, value) in status.headers() {
        // INVARIANT: values are numbers, words, or percent-encoded.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response.extensions_mut().insert(denial);
    response
}

/// A problem in `http` types; kept with the denial, so that the next such answer is a copy.
#[derive(Clone)]
struct Rendered {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Rendered {
    fn of(problem: &Problem) -> Self {
        let headers = problem.headers().map(|(name, value)| {
            let value = match value {
                Cow::Borrowed(value) => HeaderValue::from_static(value),
                // INVARIANT: what is not constant is a number of seconds.
                Cow::Owned(value) => {
                    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("1"))
                }
            };
            (HeaderName::from_static(name), value)
        });
        Self {
            status: StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::FORBIDDEN),
            headers: headers.collect(),
            body: Bytes::copy_from_slice(problem.body().as_bytes()),
        }
    }
}
