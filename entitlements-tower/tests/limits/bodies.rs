//! U8 with `settle(AtBodyEnd)`: what each end of a body costs.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use entitlements_core::Settle;
use entitlements_core::testing::TestEngine;
use entitlements_tower::RequireLimit;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};

use crate::body::{Boxed, Part, Parts};
use crate::{engine, look, to, users};

use Part::{Data, Error, Pending, Trailers};

/// The body of a response as it comes through a gate that waits for the body's end.
async fn through(engine: &TestEngine, method: &str, response: Response<Boxed>) -> Boxed {
    let gate = RequireLimit::new("users").settle(Settle::AtBodyEnd);
    let gate = gate.on_methods(["POST", "HEAD"]).on(engine);
    let response = Arc::new(Mutex::new(Some(response)));
    let inner = service_fn(move |_: Request<()>| {
        let response = response.lock().unwrap().take().unwrap();
        async { Ok::<_, Infallible>(response) }
    });
    let response = gate.layer(inner).oneshot(to(method)).await.unwrap();
    response.into_body()
}

async fn post(engine: &TestEngine, body: Parts) -> Boxed {
    through(engine, "POST", Response::new(body.boxed())).await
}

const USED: (u64, u64) = (1, 2);
const RESERVED: (u64, u64) = (0, 2);
const RELEASED: (u64, u64) = (0, 3);

/// Reads this many frames, failures among them.
async fn read(body: &mut Boxed, frames: usize) {
    for _ in 0..frames {
        drop(body.frame().await);
    }
}

#[tokio::test]
async fn u8_a_stream_uses_at_its_end_and_not_before() {
    let engine = engine();
    let mut body = post(&engine, Parts::new([Data("a"), Data("b")])).await;
    for _ in 0..2 {
        assert_eq!(users(&engine).await, RESERVED);
        read(&mut body, 1).await;
    }
    assert_eq!(
        users(&engine).await,
        RESERVED,
        "more might come, or a failure"
    );
    assert!(body.frame().await.is_none());
    assert_eq!(users(&engine).await, USED);
    drop(body);
    assert_eq!(users(&engine).await, USED);
}

#[tokio::test]
async fn u8_a_body_that_is_dropped_before_its_end_releases() {
    for frames in 0..=2 {
        let engine = engine();
        let mut body = post(&engine, Parts::new([Data("a"), Data("b")])).await;
        read(&mut body, frames).await;
        drop(body);
        assert_eq!(users(&engine).await, RELEASED, "after {frames} frames");
    }
}

#[tokio::test]
async fn u8_a_body_that_is_dropped_while_it_waits_releases() {
    let engine = engine();
    let mut body = post(&engine, Parts::new([Data("a"), Pending])).await;
    read(&mut body, 1).await;
    assert!(look(&mut body.frame()).is_pending());
    assert_eq!(users(&engine).await, RESERVED);
    drop(body);
    assert_eq!(users(&engine).await, RELEASED);
}

#[tokio::test]
async fn u8_a_body_that_fails_releases_at_once() {
    for before in 0..3 {
        let engine = engine();
        let data = (0..before).map(|_| Data("a"));
        let mut body = post(&engine, Parts::new(data.chain([Error, Data("b")]))).await;
        read(&mut body, before).await;
        assert!(body.frame().await.unwrap().is_err());
        assert_eq!(users(&engine).await, RELEASED);
        // Whatever it says after that.
        read(&mut body, 2).await;
        assert_eq!(users(&engine).await, RELEASED);
    }
}

/// A server asks no more where it has sent what the head announced, and drops the body.
#[tokio::test]
async fn u8_a_body_of_which_all_that_was_announced_was_read_has_ended() {
    let sized = || Parts::new([Data("ab"), Data("c")]).exact(3);
    for (announced, response) in [
        (false, Response::new(sized().boxed())),
        (
            true,
            Response::new(Parts::new([Data("ab"), Data("c")]).boxed()),
        ),
    ] {
        let engine = engine();
        let mut response = response;
        if announced {
            let length = "3".parse().unwrap();
            response.headers_mut().insert("content-length", length);
        }
        let mut body = through(&engine, "POST", response).await;
        read(&mut body, 1).await;
        assert_eq!(users(&engine).await, RESERVED);
        read(&mut body, 1).await;
        drop(body);
        assert_eq!(users(&engine).await, USED);
    }
    let engine = engine();
    let mut body = post(&engine, sized()).await;
    read(&mut body, 1).await;
    drop(body);
    assert_eq!(users(&engine).await, RELEASED, "a third is missing");
}

#[tokio::test]
async fn u8_what_fails_after_the_announced_length_has_failed() {
    for last in [Error, Trailers("13")] {
        let engine = engine();
        let mut body = post(&engine, Parts::new([Data("abc"), last]).exact(3)).await;
        read(&mut body, 2).await;
        drop(body);
        assert_eq!(users(&engine).await, RELEASED);
    }
    // As `http-body-util` makes such a body, whose size hint knows nothing of trailers.
    let engine = engine();
    let trailers = async {
        let mut trailers = http::HeaderMap::new();
        trailers.insert("grpc-status", "13".parse().unwrap());
        Some(Ok(trailers))
    };
    let body = Full::new("abc".into()).with_trailers(trailers);
    let body = body
        .map_err(|never: Infallible| match never {})
        .boxed_unsync();
    let mut body = through(&engine, "POST", Response::new(body)).await;
    read(&mut body, 2).await;
    drop(body);
    assert_eq!(users(&engine).await, RELEASED);
}

#[tokio::test]
async fn u8_trailers_tell_whether_a_grpc_stream_succeeded() {
    for (status, expected) in [("0", USED), ("", USED), ("1", RELEASED), ("14", RELEASED)] {
        let engine = engine();
        let mut body = post(&engine, Parts::new([Data("a"), Trailers(status)])).await;
        read(&mut body, 1).await;
        assert_eq!(users(&engine).await, RESERVED);
        let trailers = body
            .frame()
            .await
            .unwrap()
            .unwrap()
            .into_trailers()
            .unwrap();
        let given = trailers.get("grpc-status");
        assert_eq!(given.map_or("", |given| given.to_str().unwrap()), status);
        assert_eq!(users(&engine).await, expected, "{status}");
        read(&mut body, 1).await;
        drop(body);
        assert_eq!(users(&engine).await, expected, "{status}");
    }
}

/// hyper asks a body that says its end no further, and one that is empty not at all.
#[tokio::test]
async fn u8_a_body_that_says_its_end_has_ended_there() {
    let engine = engine();
    let mut body = post(&engine, Parts::new([Data("a")]).says_its_end()).await;
    assert_eq!(users(&engine).await, RESERVED);
    read(&mut body, 1).await;
    assert_eq!(users(&engine).await, USED);
    drop(body);
    assert_eq!(users(&engine).await, USED);
}

#[tokio::test]
async fn u8_an_empty_body_ends_with_its_head() {
    let mut announced = Response::new(Parts::new([]).boxed());
    let length = "0".parse().unwrap();
    announced.headers_mut().insert("content-length", length);
    for response in [
        Response::new(Parts::new([]).says_its_end().boxed()),
        Response::new(Parts::new([]).exact(0).boxed()),
        announced,
    ] {
        let engine = engine();
        // Never asked, as a server does not.
        drop(through(&engine, "POST", response).await);
        assert_eq!(users(&engine).await, USED);
    }
}

#[tokio::test]
async fn u8_the_answer_to_head_has_no_body_to_wait_for() {
    let engine = engine();
    let response = Response::new(Parts::new([Data("abc")]).exact(3).boxed());
    drop(through(&engine, "HEAD", response).await);
    assert_eq!(users(&engine).await, USED);
}

#[tokio::test]
async fn u8_statuses_without_content_have_no_body_to_wait_for() {
    for status in [204, 304] {
        let engine = engine();
        let mut response = Response::new(Parts::new([Data("ignored")]).boxed());
        *response.status_mut() = status.try_into().unwrap();
        drop(through(&engine, "POST", response).await);
        assert_eq!(users(&engine).await, USED, "{status}");
    }
}

#[tokio::test]
async fn u8_a_head_that_fails_releases_whatever_its_body_does() {
    let engine = engine();
    let mut response = Response::new(Parts::new([Data("why"), Pending]).boxed());
    *response.status_mut() = 409.try_into().unwrap();
    let mut body = through(&engine, "POST", response).await;
    assert_eq!(users(&engine).await, RELEASED);
    read(&mut body, 1).await;
    assert!(matches!(look(&mut body.frame()), Poll::Pending));
}
