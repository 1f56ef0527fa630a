//! U8 and U9: what each end of a request costs.

use std::convert::Infallible;
use std::future::pending;

use entitlements_core::testing::TestEngine;
use entitlements_tower::{ReleaseLimit, RequireLimit};
use http::{Request, Response};
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::{counting, engine, limit, look, to, used, users};

/// Answers with this status, and with this `grpc-status` where it is there.
async fn answer(engine: &TestEngine, method: &str, status: u16, grpc: &str) -> u16 {
    let gate = RequireLimit::new("users").on(engine);
    let service = gate.layer(service_fn(async |_: Request<()>| {
        let mut response = Response::builder().status(status);
        if !grpc.is_empty() {
            response = response.header("grpc-status", grpc);
        }
        Ok::<_, Infallible>(response.body(String::new()).unwrap())
    }));
    let response = service.oneshot(to(method)).await.unwrap();
    response.status().as_u16()
}

#[tokio::test]
async fn u8_success_uses_and_nothing_else_does() {
    let uses = [200, 201, 202, 204, 299, 300, 302, 303, 304, 399];
    let gives_back = [100, 101, 199, 400, 402, 404, 409, 422, 499, 500, 503, 599];
    let expected = uses.map(|status| (status, 1)).into_iter();
    for (status, count) in expected.chain(gives_back.map(|status| (status, 0))) {
        let engine = engine();
        assert_eq!(answer(&engine, "POST", status, "").await, status);
        assert_eq!(users(&engine).await, (count, 3 - count), "{status}");
    }
}

#[tokio::test]
async fn u8_a_grpc_status_in_the_head_is_of_success_only_where_it_is_0() {
    for (grpc, count) in [
        ("0", 1),
        ("1", 0),
        ("00", 0),
        ("5", 0),
        ("16", 0),
        ("ok", 0),
    ] {
        let engine = engine();
        answer(&engine, "POST", 200, grpc).await;
        assert_eq!(users(&engine).await, (count, 3 - count), "{grpc}");
    }
    let engine = engine();
    answer(&engine, "POST", 500, "0").await;
    assert_eq!(users(&engine).await, (0, 3));
}

#[tokio::test]
async fn u9_only_what_makes_more_is_counted_and_refused() {
    let engine = engine();
    for method in ["GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "post", "QUERY"] {
        assert_eq!(answer(&engine, method, 200, "").await, 200);
        assert_eq!(users(&engine).await, (0, 3), "{method}");
    }
    for (count, method) in ["POST", "PUT", "PATCH"].into_iter().enumerate() {
        assert_eq!(answer(&engine, method, 200, "").await, 200);
        assert_eq!(users(&engine).await.0, count as u64 + 1);
    }
    for method in ["POST", "PUT", "PATCH"] {
        assert_eq!(answer(&engine, method, 200, "").await, 402);
    }
    // Also over the limit, as after a downgrade.
    limit(&engine, "users").sync(7).await.unwrap();
    assert_eq!(answer(&engine, "GET", 200, "").await, 200);
    assert_eq!(answer(&engine, "DELETE", 200, "").await, 200);
}

#[tokio::test]
async fn u9_what_is_given_back_is_given_where_the_handler_succeeded() {
    let engine = engine();
    limit(&engine, "users").sync(2).await.unwrap();
    let release = async |method: &str, status: u16| {
        let gate = ReleaseLimit::new("users").on(&engine);
        let service = gate.layer(service_fn(async |_: Request<()>| {
            let response = Response::builder().status(status);
            Ok::<_, Infallible>(response.body(String::new()).unwrap())
        }));
        service.oneshot(to(method)).await.unwrap();
    };
    release("DELETE", 404).await;
    release("POST", 204).await;
    assert_eq!(used(&engine, "users").await, 2);
    for left in [1, 0, 0] {
        release("DELETE", 204).await;
        assert_eq!(used(&engine, "users").await, left, "U5");
    }
}

#[tokio::test]
async fn u8_an_error_of_the_service_releases_before_its_future_is_dropped() {
    let engine = engine();
    let gate = RequireLimit::new("users").on(&engine);
    let fails = service_fn(async |_: Request<()>| Err::<Response<String>, _>("broken"));
    let mut future = Box::pin(gate.layer(fails).oneshot(to("POST")));
    assert_eq!(future.as_mut().await.unwrap_err(), "broken");
    assert_eq!(users(&engine).await, (0, 3));
    drop(future);
}

#[tokio::test]
async fn u8_a_panic_of_the_handler_releases() {
    let engine = engine();
    for in_call in [true, false] {
        let gate = RequireLimit::new("users").on(&engine);
        let service = gate.layer(service_fn(move |_: Request<()>| {
            assert!(!in_call, "in the call");
            async move {
                tokio::task::yield_now().await;
                assert!(in_call, "in the future");
                Ok::<_, Infallible>(Response::new(String::new()))
            }
        }));
        let task = tokio::spawn(service.oneshot(to("POST")));
        assert!(task.await.unwrap_err().is_panic());
        assert_eq!(users(&engine).await, (0, 3));
    }
}

#[tokio::test]
async fn u8_a_future_that_is_dropped_releases() {
    let engine = engine();
    let gate = RequireLimit::new("users").on(&engine);
    let hangs = service_fn(|_: Request<()>| pending::<Result<Response<String>, Infallible>>());
    for polls in 0..3 {
        let mut service = gate.layer(hangs);
        let mut future = Box::pin(service.ready().await.unwrap().call(to("POST")));
        for _ in 0..polls {
            assert!(look(&mut future).is_pending());
        }
        assert_eq!(users(&engine).await, (0, 2), "while it is under way");
        drop(future);
        assert_eq!(users(&engine).await, (0, 3), "after {polls} polls");
    }
}

#[tokio::test]
async fn u7_a_future_that_is_dropped_while_the_application_counts_leaves_its_place() {
    let engine = counting(pending);
    let gate = RequireLimit::new("projects").and_limit("users").on(&engine);
    let pass = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(String::new())));
    for polls in 0..3 {
        let mut service = gate.layer(pass);
        let mut future = Box::pin(service.ready().await.unwrap().call(to("POST")));
        for _ in 0..polls {
            assert!(look(&mut future).is_pending());
        }
        drop(future);
        assert_eq!(users(&engine).await, (0, 3));
    }
}
