//! Where `http` 0.2, which actix-web speaks, meets `http` 1, which the API speaks: names and bytes are copied.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{self, BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use entitlements_core::{Denial, PeerAddress};
use http::header::CONTENT_LENGTH;
use http_body_util::Full;

use super::Carry;

/// The request, its path without what the scopes around the API took.
///
/// # Errors
/// When a part of it is one that `http` 1 does not take.
pub(super) fn request<B>(
    request: &HttpRequest,
    carried: &[Carry],
    body: B,
) -> Result<http::Request<B>, http::Error> {
    let mut asked = http::Request::new(body);
    *asked.method_mut() = http::Method::from_bytes(request.method().as_str().as_bytes())?;
    *asked.uri_mut() = own_uri(request)?;
    for (name, value) in request.headers() {
        let name = http::HeaderName::from_bytes(name.as_str().as_bytes())?;
        let value = http::HeaderValue::from_bytes(value.as_bytes())?;
        asked.headers_mut().try_append(name, value)?;
    }
    if let Some(peer) = request.peer_addr() {
        asked.extensions_mut().insert(PeerAddress(peer));
    }
    for carry in carried {
        carry(request, asked.extensions_mut());
    }
    Ok(asked)
}

fn own_uri(request: &HttpRequest) -> Result<http::Uri, http::Error> {
    let path = own_path(request.uri().path(), request.match_info().unprocessed());
    let uri = match request.uri().query() {
        Some(query) => http::Uri::try_from([path, "?", query].concat())?,
        None => http::Uri::try_from(path)?,
    };
    Ok(uri)
}

/// The end of the path that is left for the API, as the client wrote it.
///
/// actix-web tells what is left after it has decoded some of the path, and the API decodes by itself; a slash that was
/// encoded is not decoded by actix-web, so as many slashes are left in the one as in the other.
fn own_path<'a>(whole: &'a str, left: &str) -> &'a str {
    let begun = usize::from(!left.is_empty() && !left.starts_with('/'));
    let slashes = left.matches('/').count() + begun;
    let start = slashes
        .checked_sub(1)
        .and_then(|nth| whole.rmatch_indices('/').nth(nth));
    start
        .and_then(|(start, _)| whole.get(start..))
        .unwrap_or("/")
}

/// The API's answer, with the denial in its extensions where it is one.
pub(super) fn response(answer: http::Response<Full<Bytes>>) -> HttpResponse {
    let (head, body) = answer.into_parts();
    let body = body.into_inner().unwrap_or_default();
    let status =
        StatusCode::from_u16(head.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let announced = head.headers.get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    let body = match announced {
        Some(length) if body.is_empty() => BoxBody::new(Bodiless { length }),
        None if body.is_empty() => BoxBody::new(body::None::new()),
        _ => BoxBody::new(body),
    };
    let mut response = HttpResponse::with_body(status, body);
    // The length is the server's to write, by the size of the body.
    for (name, value) in head
        .headers
        .iter()
        .filter(|(name, _)| *name != CONTENT_LENGTH)
    {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    if let Some(denial) = head.extensions.get::<Denial>() {
        response.extensions_mut().insert(denial.clone());
    }
    response
}

/// The answer to HEAD: the size of what GET would give, and nothing of it.
struct Bodiless {
    length: u64,
}

impl MessageBody for Bodiless {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_path_that_is_left_is_as_the_client_wrote_it() {
        for (whole, left, own) in [
            ("/api/v1/license", "/license", "/license"),
            ("/api/v1/license/a%20b", "/license/a b", "/license/a%20b"),
            ("/%61pi/v1/license", "/license", "/license"),
            ("/api/v1/license/a%2Fb", "/license/a%2Fb", "/license/a%2Fb"),
            ("/api/v1/license/", "/license/", "/license/"),
            ("/api/v1//license", "//license", "//license"),
            ("/api/v1/", "/", "/"),
            ("/api/v1", "", "/"),
            ("/license", "/license", "/license"),
            ("/api/v1/license/x", "license/x", "/license/x"),
        ] {
            assert_eq!(own_path(whole, left), own, "{whole}");
        }
    }
}
