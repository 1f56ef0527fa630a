//! From a denial to an actix-web response, for gates and for handlers that deny by themselves.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Bytes;
use entitlements_core::{Denial, Problem};

/// The response to a denied request: the denial's problem, and the [`Denial`] itself in the extensions.
///
/// ```
/// use entitlements_actix::Denial;
///
/// let response = entitlements_actix::denial_response(Denial::layer_missing());
/// assert_eq!(response.status(), 500);
/// assert_eq!(response.headers().get("content-type").unwrap(), "application/problem+json");
/// assert_eq!(response.extensions().get::<Denial>().unwrap().code(), "ENTITLEMENTS_LAYER_MISSING");
/// ```
#[must_use]
pub fn denial_response(denial: Denial) -> HttpResponse {
    let rendered = match denial.rendered(Rendered::of) {
        Some(rendered) => rendered.clone(),
        None => Rendered::of(denial.problem()),
    };
    let mut response = HttpResponse::with_body(rendered.status, BoxBody::new(rendered.body));
    for (name, value) in rendered.headers {
        response.headers_mut().insert(name, value);
    }
    response.extensions_mut().insert(denial);
    response
}

/// The response to a denied gRPC request: HTTP 200 with the status in its head, which gRPC calls trailers-only, and the [`Denial`]
/// in the extensions.
#[must_use]
pub fn grpc_response(denial: Denial) -> HttpResponse {
    let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(()));
    for (name, value) in denial.grpc_status().headers() {
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

/// A problem in actix-web's types; kept with the denial, so that the next such answer is a copy.
#[derive(Clone)]
struct Rendered {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
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
