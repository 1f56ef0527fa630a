//! U11: a gate's lease is for one request, until the end of its response's body, and as long as a handler keeps it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entitlements_core::testing::TestEngine;
use entitlements_core::usage::Renewed;
use entitlements_core::{HeldLease, Settle};
use entitlements_tower::{Lease, RequireLimit, RequireService};
use http::{Request, Response};
use http_body_util::BodyExt;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::body::{Boxed, Part, Parts};
use crate::{engine, look, to, used, users};

async fn connections(engine: &TestEngine) -> u64 {
    used(engine, "connections").await
}

/// Answers with this status and a body of one frame.
async fn connect(engine: &TestEngine, status: u16) -> Response<Boxed> {
    let gate = Lease::new("connections").on(engine);
    let service = gate.layer(service_fn(async |request: Request<()>| {
        assert!(request.extensions().get::<HeldLease>().is_some());
        let body = Parts::new([Part::Data("a")]).boxed();
        Ok::<_, Infallible>(Response::builder().status(status).body(body).unwrap())
    }));
    service.oneshot(to("GET")).await.unwrap()
}

#[tokio::test]
async fn u11_a_lease_is_held_until_the_end_of_the_body_whatever_the_head_says() {
    let engine = engine();
    for status in [200, 302, 404, 500] {
        let mut response = connect(&engine, status).await;
        assert_eq!(connections(&engine).await, 1, "{status}");
        response.body_mut().frame().await.unwrap().unwrap();
        assert_eq!(connections(&engine).await, 1, "{status}");
        assert!(response.body_mut().frame().await.is_none());
        assert_eq!(connections(&engine).await, 0, "{status}: at its end");
        drop(connect(&engine, status).await);
        assert_eq!(connections(&engine).await, 0, "{status}: dropped");
    }
}

#[tokio::test]
async fn u11_as_many_requests_are_under_way_as_are_allowed() {
    let engine = engine();
    let first = connect(&engine, 200).await;
    let second = connect(&engine, 200).await;
    let third = connect(&engine, 200).await;
    assert_eq!(third.status(), 402);
    drop(first);
    assert_eq!(connect(&engine, 200).await.status(), 200);
    drop(second);
    assert_eq!(connections(&engine).await, 0);
}

#[tokio::test]
async fn u11_a_handler_that_keeps_the_lease_keeps_it_beyond_its_response() {
    let engine = engine();
    let kept = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&kept);
    // As for a connection that is upgraded: status 101, and an empty body.
    let service =
        Lease::new("connections")
            .on(&engine)
            .layer(service_fn(move |request: Request<()>| {
                let lease = request.extensions().get::<HeldLease>().cloned();
                *keep.lock().unwrap() = lease;
                async {
                    let response = Response::builder().status(101);
                    Ok::<_, Infallible>(response.body(String::new()).unwrap())
                }
            }));
    drop(service.oneshot(to("GET")).await.unwrap());
    assert_eq!(connections(&engine).await, 1);
    // A lease that nobody renews lapses, and makes room by itself.
    engine.clock().advance(Duration::from_secs(89));
    assert_eq!(connections(&engine).await, 1);
    engine.clock().advance(Duration::from_secs(1));
    assert_eq!(connections(&engine).await, 0);
    drop(kept.lock().unwrap().take());
    assert_eq!(connections(&engine).await, 0);
}

/// Several of one gate, and those of gates around it.
#[tokio::test]
async fn u11_a_handler_that_keeps_the_lease_keeps_all_that_its_request_holds() {
    let engine = engine();
    let lease = || Lease::new("connections");
    let two_gates = (Some(lease().on(&engine)), lease().on(&engine));
    let two_of_one = (None, lease().and_lease("connections").on(&engine));
    for (outer, inner) in [two_gates, two_of_one] {
        let kept = Arc::new(Mutex::new(None));
        let keep = Arc::clone(&kept);
        let handler = service_fn(move |request: Request<()>| {
            *keep.lock().unwrap() = request.extensions().get::<HeldLease>().cloned();
            async { Ok::<_, Infallible>(Response::new(String::new())) }
        });
        let service = tower::util::option_layer(outer).layer(inner.layer(handler));
        drop(service.oneshot(to("GET")).await.unwrap());
        assert_eq!(connections(&engine).await, 2);
        engine.clock().advance(Duration::from_secs(60));
        let lease = kept.lock().unwrap().take().unwrap();
        assert_eq!(lease.renew().await.unwrap(), Renewed::Held);
        engine.clock().advance(Duration::from_secs(60));
        assert_eq!(connections(&engine).await, 2);
        drop(lease);
        assert_eq!(connections(&engine).await, 0);
    }
}

fn hanging(engine: &TestEngine) -> RequireService<Hang> {
    Lease::new("connections")
        .and_limit("users")
        .on(engine)
        .layer(Hang)
}

#[derive(Clone)]
struct Hang;

impl Service<Request<()>> for Hang {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = std::future::Pending<Result<Self::Response, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        std::future::pending()
    }
}

#[tokio::test]
async fn u11_a_future_that_is_dropped_ends_its_lease_and_releases_its_reservation() {
    let engine = engine();
    for polls in 0..3 {
        let mut future = Box::pin(hanging(&engine).call(to("POST")));
        for _ in 0..polls {
            assert!(look(&mut future).is_pending());
        }
        drop(future);
        assert_eq!(connections(&engine).await, 0, "after {polls} polls");
        assert_eq!(users(&engine).await, (0, 3), "after {polls} polls");
    }
}

#[tokio::test]
async fn u4_where_no_lease_is_left_no_room_is_taken() {
    let engine = engine();
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut future = Box::pin(hanging(&engine).call(to("POST")));
        assert!(look(&mut future).is_pending());
        held.push(future);
    }
    assert_eq!(users(&engine).await, (0, 1));
    let denied = hanging(&engine).oneshot(to("POST")).await.unwrap();
    assert_eq!(denied.status(), 402);
    assert!(denied.body().contains("connections"), "{}", denied.body());
    assert_eq!(users(&engine).await, (0, 1));
    drop(held);
    assert_eq!(users(&engine).await, (0, 3));
    assert_eq!(connections(&engine).await, 0);
}

#[tokio::test]
async fn u11_both_are_settled_at_the_bodys_end() {
    let engine = engine();
    let service = RequireLimit::new("users")
        .and_lease("connections")
        .settle(Settle::AtBodyEnd)
        .on(&engine);
    let service = service.layer(service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::new(Parts::new([Part::Data("a")]).boxed()))
    }));
    let dropped = service.clone().oneshot(to("POST")).await.unwrap();
    assert_eq!(
        (users(&engine).await, connections(&engine).await),
        ((0, 2), 1)
    );
    drop(dropped);
    assert_eq!(
        (users(&engine).await, connections(&engine).await),
        ((0, 3), 0)
    );
    let read = service.oneshot(to("POST")).await.unwrap();
    read.into_body().collect().await.unwrap();
    assert_eq!(
        (users(&engine).await, connections(&engine).await),
        ((1, 2), 0)
    );
}
