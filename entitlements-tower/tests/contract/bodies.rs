//! Bodies of any kind, on both ways.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use entitlements_tower::DenialBody;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use http_body_util::{BodyExt, Either, Empty, Full};
use tower::{Layer, ServiceExt, service_fn};

use crate::{open, shut};

async fn denied<R: DenialBody + Default>() -> Response<R> {
    let (_engine, gate) = shut();
    let inner = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(R::default())));
    gate.layer(inner).oneshot(Request::new(())).await.unwrap()
}

async fn text<B: Body<Data = Bytes, Error: std::fmt::Debug>>(response: Response<B>) -> String {
    assert_eq!(response.status(), 402);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_denial_fits_into_every_body() {
    let expected = denied::<String>().await.into_body();
    assert!(
        expected.contains(r#""code":"LICENSE_REQUIRED""#),
        "{expected}"
    );
    assert_eq!(text(denied::<Full<Bytes>>().await).await, expected);
    assert_eq!(
        text(denied::<BoxBody<Bytes, Infallible>>().await).await,
        expected
    );
    assert_eq!(
        text(denied::<UnsyncBoxBody<Bytes, Infallible>>().await).await,
        expected
    );
    assert_eq!(
        text(denied::<Boxed>().await.map(|body| body.0)).await,
        expected
    );
    let either = denied::<EitherBody>().await.map(|body| body.0);
    assert_eq!(text(either).await, expected);
    assert_eq!(denied::<Mine>().await.body().0, expected.as_bytes());
    #[cfg(feature = "axum")]
    {
        let (_engine, gate) = shut();
        let inner = service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(axum_core::body::Body::empty()))
        });
        let response = gate.layer(inner).oneshot(Request::new(())).await.unwrap();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(bytes, expected);
    }
}

#[tokio::test]
async fn where_a_body_holds_nothing_status_and_headers_tell_it() {
    assert_eq!(text(denied::<Empty<Bytes>>().await).await, "");
    let response = denied::<()>().await;
    assert_eq!(response.status(), 402);
    assert_eq!(response.headers()["cache-control"], "no-store");
}

/// A body whose errors are of a kind that cannot be made from anything.
#[derive(Debug)]
struct Unmakeable;

struct Boxed(BoxBody<Bytes, Unmakeable>);

impl Default for Boxed {
    fn default() -> Self {
        Self(Empty::new().map_err(|never| match never {}).boxed())
    }
}

impl DenialBody for Boxed {
    fn from_problem(problem: Bytes) -> Self {
        Self(BoxBody::from_problem(problem))
    }
}

struct EitherBody(Either<Full<Bytes>, Empty<Bytes>>);

impl Default for EitherBody {
    fn default() -> Self {
        Self(Either::Right(Empty::new()))
    }
}

impl DenialBody for EitherBody {
    fn from_problem(problem: Bytes) -> Self {
        Self(Either::from_problem(problem))
    }
}

/// A body of the application's own.
#[derive(Default)]
struct Mine(Bytes);

impl DenialBody for Mine {
    fn from_problem(problem: Bytes) -> Self {
        Self(problem)
    }
}

/// A request body that nobody may look at.
struct Untouchable(#[expect(dead_code, reason = "counts that it lives")] Arc<()>);

impl Body for Untouchable {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("the body was polled");
    }
}

#[tokio::test]
async fn a_request_body_is_not_touched_and_is_dropped_with_the_denial() {
    let alive = Arc::new(());
    let inner = service_fn(async |request: Request<Untouchable>| {
        // Whoever passes gets it as it was.
        Ok::<_, Infallible>(Response::new(Some(request.into_body())).map(|_| String::new()))
    });
    let (_engine, gate) = shut();
    let request = Request::new(Untouchable(Arc::clone(&alive)));
    let mut service = gate.layer(inner);
    let future = tower::Service::call(&mut service, request);
    // Before the answer is sent: a client that uploads must not hold memory for a denial.
    assert_eq!(Arc::strong_count(&alive), 1);
    assert_eq!(future.await.unwrap().status(), 402);

    let (_engine, gate) = open();
    let request = Request::new(Untouchable(Arc::clone(&alive)));
    assert_eq!(
        gate.layer(inner).oneshot(request).await.unwrap().status(),
        200
    );
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[tokio::test]
async fn what_passes_gets_the_request_and_gives_the_response_unchanged() {
    let (_engine, gate) = open();
    let inner = service_fn(async |request: Request<String>| {
        assert_eq!(request.method(), "PUT");
        assert_eq!(request.uri(), "/a?b=c");
        assert_eq!(request.headers()["x-a"], "b");
        assert_eq!(request.extensions().get::<u8>(), Some(&7));
        let response = Response::builder().status(418).header("x-c", "d");
        Ok::<_, Infallible>(response.extension(9_u8).body(request.into_body()).unwrap())
    });
    let request = Request::put("/a?b=c").header("x-a", "b").extension(7_u8);
    let response = gate
        .layer(inner)
        .oneshot(request.body("body".to_owned()).unwrap());
    let response = response.await.unwrap();
    assert_eq!(response.status(), 418);
    assert_eq!(response.headers()["x-c"], "d");
    assert_eq!(response.headers().len(), 1);
    assert_eq!(response.extensions().get::<u8>(), Some(&9));
    assert_eq!(response.body(), "body");
}
