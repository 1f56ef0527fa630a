//! U11: a gate's lease is for one request, until the end of its response's body, and as long as a handler keeps it.

use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;

use actix_web::body::to_bytes;
use actix_web::dev::{Service, Transform};
use actix_web::{HttpMessage, HttpResponse};
use entitlements_actix::{HeldLease, Lease};

use crate::{answer, engine, gated, look, to, used, users};

#[actix_web::test]
async fn u11_a_lease_is_held_until_the_end_of_the_body_whatever_the_head_says() {
    let engine = engine();
    for status in [200, 302, 404, 500] {
        let gate = Lease::new("connections").on(&engine);
        let service = gated(&gate, move |request| async move {
            assert!(request.extensions().get::<HeldLease>().is_some());
            let status = actix_web::http::StatusCode::from_u16(status).unwrap();
            Ok(request.into_response(HttpResponse::build(status).body("abc")))
        });
        let service = service.await;
        let body = service.call(to("GET")).await.unwrap().into_body();
        assert_eq!(used(&engine, "connections").await, 1, "{status}");
        assert!(to_bytes(body).await.is_ok());
        assert_eq!(
            used(&engine, "connections").await,
            0,
            "{status}: at its end"
        );
        drop(service.call(to("GET")).await.unwrap());
        assert_eq!(used(&engine, "connections").await, 0, "{status}: dropped");
    }
}

#[actix_web::test]
async fn u11_a_handler_that_keeps_the_lease_keeps_it_beyond_its_response() {
    let engine = engine();
    let kept = Rc::new(RefCell::new(None));
    let keep = Rc::clone(&kept);
    let gate = Lease::new("connections").on(&engine);
    let service = gated(&gate, move |request| {
        *keep.borrow_mut() = request.extensions().get::<HeldLease>().cloned();
        async { Ok(answer(request, 101)) }
    });
    drop(service.await.call(to("GET")).await.unwrap());
    assert_eq!(used(&engine, "connections").await, 1);
    drop(kept.borrow_mut().take());
    assert_eq!(used(&engine, "connections").await, 0);
}

/// Several of one gate, and those of gates around it.
#[actix_web::test]
async fn u11_a_handler_that_keeps_the_lease_keeps_all_that_its_request_holds() {
    let engine = engine();
    let lease = || Lease::new("connections");
    let two_gates = (lease().on_methods(["GET"]), lease());
    let two_of_one = (
        lease().on_methods(["POST"]),
        lease().and_lease("connections"),
    );
    for (outer, inner) in [two_gates, two_of_one] {
        let kept = Rc::new(RefCell::new(None));
        let keep = Rc::clone(&kept);
        let inner = inner.on(&engine);
        let inner = gated(&inner, move |request| {
            *keep.borrow_mut() = request.extensions().get::<HeldLease>().cloned();
            async { Ok(answer(request, 101)) }
        });
        let inner = inner.await;
        let service = outer.on(&engine).new_transform(inner).await.unwrap();
        drop(service.call(to("GET")).await.unwrap());
        assert_eq!(used(&engine, "connections").await, 2);
        drop(kept.borrow_mut().take());
        assert_eq!(used(&engine, "connections").await, 0);
    }
}

#[actix_web::test]
async fn u11_a_future_that_is_dropped_ends_its_lease_and_releases_its_reservation() {
    let engine = engine();
    let gate = Lease::new("connections").and_limit("users").on(&engine);
    let service = gated(&gate, |_| pending()).await;
    for polls in 0..3 {
        let mut future = Box::pin(service.call(to("POST")));
        for _ in 0..polls {
            assert!(look(&mut future).is_pending());
        }
        drop(future);
        assert_eq!(used(&engine, "connections").await, 0, "after {polls} polls");
        assert_eq!(users(&engine).await, (0, 3), "after {polls} polls");
    }
    // U4: where no lease is left, no room is taken.
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut future = Box::pin(service.call(to("POST")));
        assert!(look(&mut future).is_pending());
        held.push(future);
    }
    assert_eq!(service.call(to("POST")).await.unwrap().status(), 402);
    assert_eq!(users(&engine).await, (0, 1));
    drop(held);
    assert_eq!(users(&engine).await, (0, 3));
}
