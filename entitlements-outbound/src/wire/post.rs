use std::pin::pin;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use entitlements_core::Clock;
use futures_util::future::{Either, select};
use http::Method;
use http::header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::{Dialer, within};

/// The least that hyper takes; no answer that is meant has more than this in its head.
const MOST_HEAD_BYTES: usize = 16 * 1024;
/// How much of an answer's body is read, only so that a polite receiver can end; it is thrown away.
const MOST_BODY_BYTES: usize = 8 * 1024;
/// How long the rest of an answer is waited for, once its status is known.
const LONGEST_BODY: Duration = Duration::from_secs(2);

const AGENT: &str = concat!("entitlements-outbound/", env!("CARGO_PKG_VERSION"));

/// What is sent: a body in JSON, and headers of its own.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

/// What of an answer matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// As it was sent.
    pub(crate) retry_after: Option<String>,
}

/// Why there is no answer. Holds nothing of the URL and nothing that the other side said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PostError {
    #[error("the host has no address that may be connected to")]
    NoAddress,
    #[error("no connection could be made")]
    NotConnected,
    #[error(
        "tls failed: the certificate is of another name or not trusted, or the other side speaks no tls"
    )]
    Tls,
    #[error("no answer came in time")]
    TooSlow,
    #[error("the connection broke off, or the answer was no http")]
    BrokeOff,
}

/// Posts over a new connection, and ends it. Redirects are answers like others.
///
/// # Cancel safety
/// Dropping it closes the connection; whether the request was received is not known then.
pub(crate) async fn post(
    dialer: &Dialer,
    request: Request,
    clock: &dyn Clock,
    limit: Duration,
) -> Result<Answer, PostError> {
    let request = with_headers(dialer, request).ok_or(PostError::BrokeOff)?;
    // The status counts as soon as it is known, whatever becomes of the rest of the answer.
    let known = OnceLock::new();
    let exchange = async {
        let stream = TokioIo::new(dialer.connect(clock).await?);
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(MOST_HEAD_BYTES)
            .handshake(stream)
            .await
            .map_err(|_| PostError::BrokeOff)?;
        let talk = async {
            let sent = sender.send_request(request).await;
            let (head, body) = sent.map_err(|_| PostError::BrokeOff)?.into_parts();
            let _ = known.set(summary(&head));
            within(clock, LONGEST_BODY, throw_away(body)).await;
            Ok(())
        };
        match select(pin!(talk), pin!(connection)).await {
            Either::Left((talked, _)) => talked,
            Either::Right((_, talk)) => talk.await,
        }
    };
    let ended = within(clock, limit, exchange).await;
    match known.into_inner() {
        Some(answer) => Ok(answer),
        None => Err(ended.and_then(Result::err).unwrap_or(PostError::TooSlow)),
    }
}

fn with_headers(dialer: &Dialer, request: Request) -> Option<http::Request<Full<Bytes>>> {
    let target = dialer.target();
    let mut built = http::Request::builder()
        .method(Method::POST)
        .uri(&target.path_and_query)
        .header(HOST, &target.authority)
        .header(USER_AGENT, AGENT)
        .header(CONTENT_TYPE, "application/json");
    for (name, value) in request.headers {
        built = built.header(name, value);
    }
    built.body(Full::new(request.body)).ok()
}

fn summary(head: &http::response::Parts) -> Answer {
    let retry_after = head.headers.get(RETRY_AFTER);
    Answer {
        status: head.status.as_u16(),
        retry_after: retry_after
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
    }
}

async fn throw_away(mut body: Incoming) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > MOST_BODY_BYTES {
            return;
        }
    }
}
