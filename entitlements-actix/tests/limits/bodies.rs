//! U8 with `settle(AtBodyEnd)`: what each end of a body costs.

use std::io;
use std::pin::Pin;

use actix_web::HttpResponse;
use actix_web::body::{BodyStream, BoxBody, EitherBody, MessageBody, SizedStream};
use actix_web::dev::Service;
use actix_web::web::Bytes;
use entitlements_actix::testing::TestEngine;
use entitlements_actix::{RequireLimit, Settle};
use futures_util::stream::{self, StreamExt};

use crate::{engine, gated, look, to, users};

const USED: (u64, u64) = (1, 2);
const RESERVED: (u64, u64) = (0, 2);
const RELEASED: (u64, u64) = (0, 3);

type Chunks = Vec<Result<&'static str, &'static str>>;

fn chunks(given: Chunks) -> impl stream::Stream<Item = Result<Bytes, io::Error>> {
    stream::iter(given).map(|chunk| chunk.map(Bytes::from).map_err(io::Error::other))
}

/// The body of a response as it comes through a gate that waits for the body's end.
async fn through(
    engine: &TestEngine,
    method: &str,
    make: impl Fn() -> HttpResponse + 'static,
) -> Pin<Box<EitherBody<BoxBody>>> {
    let gate = RequireLimit::new("users").settle(Settle::AtBodyEnd);
    let gate = gate.on_methods(["POST", "HEAD"]).on(engine);
    let make = std::rc::Rc::new(make);
    let service = gated(&gate, move |request| {
        let response = make();
        async move { Ok(request.into_response(response)) }
    });
    let response = service.await.call(to(method)).await.unwrap();
    Box::pin(response.into_body())
}

async fn streams(engine: &TestEngine, given: Chunks) -> Pin<Box<EitherBody<BoxBody>>> {
    let make = move || HttpResponse::Created().body(BodyStream::new(chunks(given.clone())));
    through(engine, "POST", make).await
}

/// Whether there was a chunk; false at the end and for a failure.
async fn next(body: &mut Pin<Box<EitherBody<BoxBody>>>) -> bool {
    let chunk = std::future::poll_fn(|cx| body.as_mut().poll_next(cx)).await;
    matches!(chunk, Some(Ok(_)))
}

#[actix_web::test]
async fn u8_a_stream_uses_at_its_end_and_not_before() {
    let engine = engine();
    let mut body = streams(&engine, vec![Ok("a"), Ok("b")]).await;
    for _ in 0..2 {
        assert_eq!(users(&engine).await, RESERVED);
        assert!(next(&mut body).await);
    }
    assert_eq!(users(&engine).await, RESERVED);
    assert!(!next(&mut body).await);
    assert_eq!(users(&engine).await, USED);
    drop(body);
    assert_eq!(users(&engine).await, USED);
}

#[actix_web::test]
async fn u8_a_body_that_is_dropped_or_fails_before_its_end_releases() {
    for read in 0..=2 {
        let engine = engine();
        let mut body = streams(&engine, vec![Ok("a"), Ok("b")]).await;
        for _ in 0..read {
            assert!(next(&mut body).await);
        }
        drop(body);
        assert_eq!(users(&engine).await, RELEASED, "after {read} chunks");
    }
    let engine = engine();
    let mut body = streams(&engine, vec![Ok("a"), Err("broken"), Ok("b")]).await;
    assert!(next(&mut body).await && !next(&mut body).await);
    assert_eq!(users(&engine).await, RELEASED);
    while next(&mut body).await {}
    assert_eq!(users(&engine).await, RELEASED);
    let waits = || HttpResponse::Ok().body(BodyStream::new(stream::pending::<io::Result<Bytes>>()));
    let mut body = through(&engine, "POST", waits).await;
    let mut waiting = Box::pin(next(&mut body));
    assert!(look(&mut waiting).is_pending());
    assert_eq!(users(&engine).await, RESERVED);
    drop(waiting);
    drop(body);
    assert_eq!(users(&engine).await, RELEASED);
}

#[actix_web::test]
async fn u8_a_body_of_which_all_that_was_announced_was_read_has_ended() {
    let sized = || HttpResponse::Ok().body(SizedStream::new(3, chunks(vec![Ok("ab"), Ok("c")])));
    let engine = engine();
    let mut body = through(&engine, "POST", sized).await;
    assert!(next(&mut body).await);
    assert_eq!(users(&engine).await, RESERVED);
    assert!(next(&mut body).await);
    drop(body);
    assert_eq!(users(&engine).await, USED);
    let mut body = through(&engine, "POST", sized).await;
    assert!(next(&mut body).await);
    drop(body);
    assert_eq!(users(&engine).await, USED, "a third is missing");
}

#[actix_web::test]
async fn u8_what_fails_after_the_announced_length_has_failed() {
    let engine = engine();
    let make =
        || HttpResponse::Ok().body(SizedStream::new(3, chunks(vec![Ok("abc"), Err("late")])));
    let mut body = through(&engine, "POST", make).await;
    assert!(next(&mut body).await && !next(&mut body).await);
    drop(body);
    assert_eq!(users(&engine).await, RELEASED);
}

#[actix_web::test]
async fn u8_an_empty_body_and_the_answer_to_head_end_with_their_head() {
    let engine = engine();
    drop(through(&engine, "POST", || HttpResponse::NoContent().finish()).await);
    assert_eq!(users(&engine).await, (1, 2));
    drop(through(&engine, "POST", || HttpResponse::Ok().body("")).await);
    assert_eq!(users(&engine).await, (2, 1));
    drop(through(&engine, "HEAD", || HttpResponse::Ok().body("abc")).await);
    assert_eq!(users(&engine).await, (3, 0));
}

#[actix_web::test]
async fn u8_statuses_without_content_have_no_body_to_wait_for() {
    for status in [204, 304] {
        let engine = engine();
        let make = move || {
            let status = actix_web::http::StatusCode::from_u16(status).unwrap();
            HttpResponse::build(status).body(BodyStream::new(chunks(vec![Ok("ignored")])))
        };
        drop(through(&engine, "POST", make).await);
        assert_eq!(users(&engine).await, USED, "{status}");
    }
}
