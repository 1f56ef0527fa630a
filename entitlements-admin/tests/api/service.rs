use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use entitlements_admin::{AdminApi, BoxError};
use http::{Method, Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full};
use tower::ServiceExt;

use crate::client::{ADMIN, Client};

/// A body that hands out what it is made of, and panics when it is asked for more than that or at all.
struct Script {
    frames: Vec<Result<Frame<Bytes>, BoxError>>,
    then: Then,
    size: SizeHint,
}

enum Then {
    End,
    Panic,
}

impl Script {
    fn of(frames: impl IntoIterator<Item = Result<Frame<Bytes>, BoxError>>) -> Self {
        let frames: Vec<_> = frames.into_iter().collect();
        Self {
            frames: frames.into_iter().rev().collect(),
            then: Then::End,
            size: SizeHint::new(),
        }
    }

    fn untouchable() -> Self {
        Self {
            then: Then::Panic,
            ..Self::of([])
        }
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match (self.frames.pop(), &self.then) {
            (None, Then::Panic) => panic!("the body is read"),
            (frame, _) => Poll::Ready(frame),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.size
    }
}

fn data(text: impl Into<Bytes>) -> Result<Frame<Bytes>, BoxError> {
    Ok(Frame::data(text.into()))
}

async fn call<B>(api: &AdminApi, request: Request<B>) -> Response<Bytes>
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    let answer: Result<Response<Full<Bytes>>, Infallible> = api.clone().oneshot(request).await;
    let (head, body) = answer.unwrap().into_parts();
    Response::from_parts(head, body.collect().await.unwrap().to_bytes())
}

fn post(body: Script) -> Request<Script> {
    Request::post("/license")
        .header("authorization", ADMIN)
        .body(body)
        .unwrap()
}

#[tokio::test]
async fn the_service_does_what_handle_does() {
    let client = Client::unlicensed();
    for (method, path) in [
        (Method::GET, "/license"),
        (Method::GET, "/license/status"),
        (Method::HEAD, "/entitlements"),
        (Method::DELETE, "/license/x"),
        (Method::PUT, "/license"),
        (Method::GET, "/nothing"),
        (Method::POST, "/license"),
    ] {
        let request = || {
            Request::builder()
                .method(method.clone())
                .uri(path)
                .header("authorization", ADMIN)
        };
        let handled = client
            .api
            .handle(request().body(Bytes::new()).unwrap())
            .await;
        let called = call(&client.api, request().body(Empty::<Bytes>::new()).unwrap()).await;
        assert_eq!(called.status(), handled.status(), "{method} {path}");
        assert_eq!(called.headers(), handled.headers());
        assert_eq!(called.body(), handled.body());
    }
}

#[tokio::test]
async fn a_body_in_pieces_is_one_body() {
    let client = Client::unlicensed();
    let body = serde_json::json!({ "key": client.key("lic-1") }).to_string();
    let pieces: Vec<_> = body
        .as_bytes()
        .chunks(7)
        .map(|piece| data(piece.to_vec()))
        .collect();
    let trailers = Ok(Frame::trailers(http::HeaderMap::new()));
    let script = Script::of(pieces.into_iter().chain([data(""), trailers]));
    assert_eq!(call(&client.api, post(script)).await.status(), 200);
    assert!(client.engine.current().has("sso"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400_and_changes_nothing() {
    let client = Client::unlicensed();
    let body = serde_json::json!({ "key": client.key("lic-1") }).to_string();
    let broken = Err("connection reset by 192.0.2.7".into());
    let answer = call(&client.api, post(Script::of([data(body), broken]))).await;
    assert_eq!(answer.status(), 400);
    let text = String::from_utf8(answer.body().to_vec()).unwrap();
    assert!(
        text.contains(r#""code":"MALFORMED""#) && !text.contains("192.0.2.7"),
        "{text}"
    );
    assert!(!client.engine.current().has("sso"));
}

#[tokio::test]
async fn nothing_is_read_beyond_64_kib() {
    let client = Client::unlicensed();
    let piece = || data(vec![b' '; 32 * 1024]);
    let endless = Script {
        then: Then::Panic,
        ..Script::of([piece(), piece(), data(" ")])
    };
    assert_eq!(call(&client.api, post(endless)).await.status(), 413);

    let exact = Script::of([piece(), piece()]);
    assert_eq!(call(&client.api, post(exact)).await.status(), 400);

    let announced = Script {
        size: SizeHint::with_exact(64 * 1024 + 1),
        ..Script::untouchable()
    };
    assert_eq!(call(&client.api, post(announced)).await.status(), 413);

    let mut declared = post(Script::untouchable());
    declared
        .headers_mut()
        .insert("content-length", "65537".parse().unwrap());
    assert_eq!(call(&client.api, declared).await.status(), 413);
}

#[tokio::test]
async fn a_strangers_body_is_not_read() {
    let client = Client::unlicensed();
    for (method, path, authorization, status) in [
        (Method::POST, "/license", "", 401),
        (
            Method::POST,
            "/license",
            "Bearer wrong-0123456789abcdef",
            401,
        ),
        (Method::POST, "/nothing", ADMIN, 404),
        (Method::PUT, "/license", ADMIN, 405),
        (Method::GET, "/license", ADMIN, 200),
        (Method::DELETE, "/license", ADMIN, 204),
    ] {
        for length in ["", "9999999"] {
            let request = Request::builder()
                .method(method.clone())
                .uri(path)
                .header("authorization", authorization)
                .header("content-length", length)
                .body(Script::untouchable());
            let answer = call(&client.api, request.unwrap()).await;
            assert_eq!(answer.status(), status, "{method} {path}");
        }
    }
}
