//! U4, U8, U9, U12 and D17: what each end of a request costs.

use std::future::pending;

use actix_web::dev::Service;
use actix_web::error::ErrorImATeapot;
use entitlements_actix::testing::TestEngine;
use entitlements_actix::{ReleaseLimit, Require, RequireFeature, RequireLimit};

use crate::{answer, counting, engine, gated, limit, look, to, used, users};

async fn ask(gate: &Require, method: &str, status: u16) -> u16 {
    let service = gated(
        gate,
        move |request| async move { Ok(answer(request, status)) },
    )
    .await;
    service.call(to(method)).await.unwrap().status().as_u16()
}

fn gate(engine: &TestEngine) -> Require {
    RequireLimit::new("users").on(engine)
}

#[actix_web::test]
async fn u8_success_uses_and_nothing_else_does() {
    let uses = [200, 201, 204, 299, 302, 304, 399];
    let gives_back = [101, 400, 402, 404, 409, 499, 500, 503, 599];
    let expected = uses.map(|status| (status, 1)).into_iter();
    for (status, count) in expected.chain(gives_back.map(|status| (status, 0))) {
        let engine = engine();
        assert_eq!(ask(&gate(&engine), "POST", status).await, status);
        assert_eq!(users(&engine).await, (count, 3 - count), "{status}");
    }
}

#[actix_web::test]
async fn u9_only_what_makes_more_is_counted_and_refused() {
    let engine = engine();
    for method in ["GET", "HEAD", "OPTIONS", "DELETE", "post"] {
        assert_eq!(ask(&gate(&engine), method, 200).await, 200);
        assert_eq!(users(&engine).await, (0, 3), "{method}");
    }
    for method in ["POST", "PUT", "PATCH"] {
        assert_eq!(ask(&gate(&engine), method, 200).await, 200);
    }
    for (method, status) in [("POST", 402), ("PUT", 402), ("GET", 200), ("DELETE", 200)] {
        assert_eq!(ask(&gate(&engine), method, 200).await, status);
    }
    let release = ReleaseLimit::new("users").on(&engine);
    for (method, status, left) in [("DELETE", 404, 3), ("POST", 204, 3), ("DELETE", 204, 2)] {
        ask(&release, method, status).await;
        assert_eq!(used(&engine, "users").await, left);
    }
}

#[actix_web::test]
async fn u8_an_error_of_the_service_releases_before_its_future_is_dropped() {
    let engine = engine();
    let service = gated(&gate(&engine), |_| async { Err(ErrorImATeapot("broken")) }).await;
    let mut future = Box::pin(service.call(to("POST")));
    assert_eq!(future.as_mut().await.err().unwrap().to_string(), "broken");
    assert_eq!(users(&engine).await, (0, 3));
    drop(future);
}

#[actix_web::test]
async fn u8_a_panic_of_the_handler_releases() {
    let engine = engine();
    let gate = gate(&engine);
    let service = gated(&gate, |request| async {
        actix_web::rt::task::yield_now().await;
        assert!(request.method() == "GET", "in the handler");
        Ok(answer(request, 200))
    });
    let service = service.await;
    // The server's tasks are tokio's, which catch what panics.
    let task = actix_web::rt::spawn(service.call(to("POST")));
    assert!(task.await.unwrap_err().is_panic());
    assert_eq!(users(&engine).await, (0, 3));
}

#[actix_web::test]
async fn u8_a_future_that_is_dropped_releases() {
    let engine = engine();
    let service = gated(&gate(&engine), |_| pending()).await;
    for polls in 0..3 {
        let mut future = Box::pin(service.call(to("POST")));
        for _ in 0..polls {
            assert!(look(&mut future).is_pending());
        }
        assert_eq!(users(&engine).await, (0, 2), "while it is under way");
        drop(future);
        assert_eq!(users(&engine).await, (0, 3), "after {polls} polls");
    }
    let engine = counting(pending);
    let gate = RequireLimit::new("projects").and_limit("users").on(&engine);
    let service = gated(&gate, |_| pending()).await;
    let mut future = Box::pin(service.call(to("POST")));
    assert!(look(&mut future).is_pending());
    drop(future);
    assert_eq!(users(&engine).await, (0, 3));
}

#[actix_web::test]
async fn u4_several_limits_are_used_all_or_none() {
    let engine = engine();
    let gate = RequireLimit::new("users").and_limit("projects").on(&engine);
    for status in [200, 200, 402, 402] {
        assert_eq!(ask(&gate, "POST", 200).await, status);
    }
    assert_eq!(users(&engine).await, (2, 1));
    limit(&engine, "projects").sync(0).await.unwrap();
    let gate = RequireLimit::new("projects")
        .and_limit("users")
        .amount(2)
        .on(&engine);
    assert_eq!(ask(&gate, "POST", 200).await, 402);
    assert_eq!(used(&engine, "projects").await, 0);
    assert_eq!(users(&engine).await, (2, 1));
}

#[actix_web::test]
async fn u12_a_request_that_is_denied_for_anything_spends_nothing() {
    let engine = counting(async || panic!("the application is asked"));
    for gate in [
        RequireLimit::new("users")
            .and_limit("projects")
            .and_feature("sso"),
        RequireFeature::new("sso")
            .and_limit("users")
            .and_limit("projects"),
    ] {
        assert_eq!(ask(&gate.on(&engine), "POST", 200).await, 402);
    }
    assert_eq!(users(&engine).await, (0, 3));
}

#[actix_web::test]
async fn d17_a_gate_in_shadow_spends_nothing_and_lets_pass() {
    for engine in [engine(), counting(async || 2)] {
        let gate = RequireLimit::new("users")
            .and_limit("projects")
            .and_lease("connections");
        let gate = gate.shadow().on(&engine);
        for _ in 0..5 {
            assert_eq!(ask(&gate, "POST", 200).await, 200);
        }
        assert_eq!(users(&engine).await, (0, 3));
        assert_eq!(used(&engine, "connections").await, 0);
    }
}
