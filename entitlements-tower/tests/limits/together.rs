//! U4, U12 and D17: several limits at one gate, limits asked last, and gates in shadow.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use entitlements_core::testing::TestEngine;
use entitlements_tower::{Require, RequireFeature, RequireLimit};
use http::{Request, Response};
use tokio::sync::Semaphore;
use tower::{Layer, ServiceExt, service_fn};

use crate::{counting, engine, limit, look, room, to, used, users};

async fn pass(_: Request<()>) -> Result<Response<String>, Infallible> {
    Ok(Response::new(String::new()))
}

async fn post(gate: &Require) -> Response<String> {
    let service = gate.layer(service_fn(pass));
    service.oneshot(to("POST")).await.unwrap()
}

async fn projects(engine: &TestEngine) -> (u64, u64) {
    (
        used(engine, "projects").await,
        room(engine, "projects").await,
    )
}

#[tokio::test]
async fn u4_several_limits_are_used_all_or_none() {
    let engine = engine();
    for gate in [
        RequireLimit::new("users").and_limit("projects"),
        RequireLimit::new("projects").and_limit("users"),
    ] {
        limit(&engine, "users").sync(0).await.unwrap();
        limit(&engine, "projects").sync(0).await.unwrap();
        let gate = gate.on(&engine);
        for count in 1..=2 {
            assert_eq!(post(&gate).await.status(), 200);
            assert_eq!(users(&engine).await, (count, 3 - count));
            assert_eq!(projects(&engine).await, (count, 2 - count));
        }
        for _ in 0..3 {
            let denied = post(&gate).await;
            assert!(
                denied.body().contains(r#""limit":"projects""#),
                "{}",
                denied.body()
            );
            assert_eq!(users(&engine).await, (2, 1));
        }
    }
}

#[tokio::test]
async fn u4_amounts_are_used_whole_or_not() {
    let engine = engine();
    let gate = RequireLimit::new("users")
        .amount(2)
        .and_limit("projects")
        .on(&engine);
    assert_eq!(post(&gate).await.status(), 200);
    assert_eq!(post(&gate).await.status(), 402);
    assert_eq!(
        (users(&engine).await, projects(&engine).await),
        ((2, 1), (1, 1))
    );
}

#[tokio::test]
async fn u4_a_limit_that_the_application_counts_is_left_where_another_is_full() {
    let engine = counting(async || 0);
    limit(&engine, "users").sync(3).await.unwrap();
    let gate = RequireLimit::new("projects").and_limit("users").on(&engine);
    for _ in 0..5 {
        assert_eq!(post(&gate).await.status(), 402);
        assert_eq!(room(&engine, "projects").await, 2);
    }
}

#[tokio::test]
async fn u12_a_request_that_is_denied_for_anything_spends_nothing() {
    let counted = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&counted);
    let engine = counting(move || {
        count.fetch_add(1, Ordering::SeqCst);
        async { 0 }
    });
    // In whichever order it is written.
    for gate in [
        RequireLimit::new("users")
            .and_limit("projects")
            .and_feature("sso"),
        RequireFeature::new("sso")
            .and_limit("users")
            .and_limit("projects"),
    ] {
        let denied = post(&gate.on(&engine)).await;
        assert!(
            denied.body().contains("LICENSE_REQUIRED"),
            "{}",
            denied.body()
        );
    }
    assert_eq!(
        counted.load(Ordering::SeqCst),
        0,
        "the application is not even asked"
    );
    assert_eq!(users(&engine).await, (0, 3));
    // Nor where the feature's gate is another one inside.
    let inner = RequireFeature::new("sso")
        .on(&engine)
        .layer(service_fn(pass));
    let outer = RequireLimit::new("users").on(&engine).layer(inner);
    assert_eq!(outer.oneshot(to("POST")).await.unwrap().status(), 402);
    assert_eq!(users(&engine).await, (0, 3));
}

#[tokio::test]
async fn d17_a_gate_in_shadow_spends_nothing_and_lets_pass() {
    for engine in [engine(), counting(async || 2)] {
        let gate = RequireLimit::new("users")
            .and_limit("projects")
            .and_lease("connections");
        let gate = gate.shadow().on(&engine);
        for _ in 0..5 {
            assert_eq!(post(&gate).await.status(), 200);
        }
        assert_eq!(users(&engine).await, (0, 3));
        assert_eq!(used(&engine, "connections").await, 0);
    }
}

/// A gate in shadow that waits for a slow count must not stand in the way of a request that is meant.
#[tokio::test]
async fn d17_a_gate_in_shadow_takes_no_room_while_it_looks() {
    let slow = Arc::new(Semaphore::new(0));
    let first = Arc::new(AtomicU64::new(0));
    let (turn, wait) = (Arc::clone(&first), Arc::clone(&slow));
    let engine = counting(move || {
        let is_first = turn.fetch_add(1, Ordering::SeqCst) == 0;
        let wait = Arc::clone(&wait);
        async move {
            if is_first {
                drop(wait.acquire().await);
            }
            1
        }
    });
    let shadow = RequireLimit::new("projects").shadow().on(&engine);
    let mut looking = Box::pin(shadow.layer(service_fn(pass)).oneshot(to("POST")));
    assert!(look(&mut looking).is_pending());
    // One of two is there: the last one is free.
    let gate = RequireLimit::new("projects").on(&engine);
    assert_eq!(post(&gate).await.status(), 200);
    slow.add_permits(1);
    assert_eq!(looking.await.unwrap().status(), 200);
}
