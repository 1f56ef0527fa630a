//! From a denial to an HTTP response: the one place where a problem becomes `http` types.

use bytes::Bytes;
use entitlements_core::Denial;
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
    let problem = denial.problem();
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::FORBIDDEN);
    let mut headers = HeaderMap::with_capacity(4);
    for (name, value) in problem.headers() {
        let value = match value {
            std::borrow::Cow::Borrowed(value) => HeaderValue::from_static(value),
            // INVARIANT: what is not constant is a number of seconds.
            std::borrow::Cow::Owned(value) => {
                HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("1"))
            }
        };
        headers.insert(HeaderName::from_static(name), value);
    }
    let mut response = Response::new(B::from_problem(Bytes::from_owner(Body(denial.clone()))));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response.extensions_mut().insert(denial);
    response
}

/// The text of a problem, without a copy of it.
struct Body(Denial);

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.0.problem().body().as_bytes()
    }
}
