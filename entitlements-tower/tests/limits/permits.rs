//! A permit that the readied service holds is given back at a limit's gate too, whatever becomes of the request.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;

use entitlements_tower::RequireLimit;
use http::{Request, Response};
use tokio::sync::Semaphore;
use tower::limit::{ConcurrencyLimit, GlobalConcurrencyLimitLayer};
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::{counting, engine, limit, look, to};

fn limited<S>(permits: &Arc<Semaphore>, inner: S) -> ConcurrencyLimit<S> {
    GlobalConcurrencyLimitLayer::with_semaphore(Arc::clone(permits)).layer(inner)
}

async fn pass(_: Request<()>) -> Result<Response<String>, Infallible> {
    Ok(Response::new(String::new()))
}

#[tokio::test]
async fn a_denial_at_once_gives_back_the_permit_before_it_is_asked_for() {
    let permits = Arc::new(Semaphore::new(1));
    let engine = engine();
    limit(&engine, "users").sync(3).await.unwrap();
    let gate = RequireLimit::new("users").on(&engine);
    let mut service = gate.layer(limited(&permits, service_fn(pass)));
    let denied = service.ready().await.unwrap().call(to("POST"));
    assert_eq!(permits.available_permits(), 1);
    assert_eq!(denied.await.unwrap().status(), 402);
}

#[tokio::test]
async fn a_denial_that_takes_its_time_gives_back_the_permit_with_the_answer() {
    let permits = Arc::new(Semaphore::new(1));
    let engine = counting(async || {
        tokio::task::yield_now().await;
        2
    });
    let gate = RequireLimit::new("projects").on(&engine);
    let mut service = gate.layer(limited(&permits, service_fn(pass)));
    let mut denied = Box::pin(service.ready().await.unwrap().call(to("POST")));
    assert!(look(&mut denied).is_pending());
    assert_eq!(
        permits.available_permits(),
        0,
        "it is ready for this request"
    );
    assert_eq!(denied.as_mut().await.unwrap().status(), 402);
    assert_eq!(permits.available_permits(), 1);
    // With the service alive, which may serve on.
    service.ready().await.unwrap();
}

#[tokio::test]
async fn a_request_that_is_dropped_while_it_is_asked_about_gives_back_its_permit() {
    let permits = Arc::new(Semaphore::new(1));
    let engine = counting(pending);
    let gate = RequireLimit::new("projects").on(&engine);
    let mut service = gate.layer(limited(&permits, service_fn(pass)));
    for polls in 0..3 {
        let mut future = Box::pin(service.ready().await.unwrap().call(to("POST")));
        for _ in 0..polls {
            assert!(look(&mut future).is_pending());
        }
        assert_eq!(permits.available_permits(), 0);
        drop(future);
        assert_eq!(permits.available_permits(), 1, "after {polls} polls");
    }
}

#[tokio::test]
async fn a_request_that_was_asked_about_is_served_by_the_service_that_was_ready() {
    let permits = Arc::new(Semaphore::new(1));
    let engine = counting(async || 0);
    let gate = RequireLimit::new("projects").on(&engine);
    let mut service = gate.layer(limited(&permits, service_fn(pass)));
    for _ in 0..3 {
        // `ConcurrencyLimit` panics where it is called without a permit.
        let future = service.ready().await.unwrap().call(to("POST"));
        assert_eq!(future.await.unwrap().status(), 200);
        assert_eq!(permits.available_permits(), 1);
    }
}

#[tokio::test]
async fn an_answer_of_any_kind_gives_back_the_permit() {
    let permits = Arc::new(Semaphore::new(1));
    for engine in [engine(), counting(async || 0)] {
        let gate = RequireLimit::new("users").and_limit("projects").on(&engine);
        let inner = service_fn(async |request: Request<()>| match request.uri().path() {
            "/error" => Err("broken"),
            "/hang" => pending().await,
            _ => Ok(Response::new(String::new())),
        });
        let mut service = gate.layer(limited(&permits, inner));
        for path in ["/error", "/hang", "/"] {
            let request = Request::post(path).body(()).unwrap();
            let mut future = Box::pin(service.ready().await.unwrap().call(request));
            assert_eq!(look(&mut future).is_pending(), path == "/hang");
            drop(future);
            assert_eq!(permits.available_permits(), 1, "{path}");
        }
    }
}
