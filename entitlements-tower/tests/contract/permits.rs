//! A permit that the readied service holds is given back, whatever becomes of the request.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::task::{Context, Waker};

use entitlements_core::testing;
use entitlements_tower::{EntitlementsLayer, RequireFeature};
use http::{Request, Response};
use tokio::sync::Semaphore;
use tower::limit::{ConcurrencyLimit, GlobalConcurrencyLimitLayer};
use tower::load_shed::LoadShedLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use crate::{open, shut};

fn limited<S>(permits: &Arc<Semaphore>, inner: S) -> ConcurrencyLimit<S> {
    GlobalConcurrencyLimitLayer::with_semaphore(Arc::clone(permits)).layer(inner)
}

async fn pass(_: Request<()>) -> Result<Response<String>, Infallible> {
    Ok(Response::new("passed".into()))
}

#[tokio::test]
async fn a_denial_gives_back_the_permit_while_the_service_stays_idle() {
    let permits = Arc::new(Semaphore::new(1));
    let (_engine, gate) = shut();
    let mut service = gate.layer(limited(&permits, service_fn(pass)));
    service.ready().await.unwrap();
    assert_eq!(permits.available_permits(), 0);
    let denied = service.call(Request::new(()));
    // Before the answer is even asked for, and with the service alive.
    assert_eq!(permits.available_permits(), 1);
    let mut other = service.clone();
    other.ready().await.unwrap();
    assert_eq!(denied.await.unwrap().status(), 402);
    drop((service, other));
    assert_eq!(permits.available_permits(), 1);
}

#[tokio::test]
async fn an_allowed_request_holds_its_permit_until_it_is_done() {
    let permits = Arc::new(Semaphore::new(1));
    let (_engine, gate) = open();
    let mut service = gate.layer(limited(&permits, service_fn(pass)));
    let future = service.ready().await.unwrap().call(Request::new(()));
    assert_eq!(permits.available_permits(), 0);
    future.await.unwrap();
    assert_eq!(permits.available_permits(), 1);
}

#[tokio::test]
async fn a_future_that_is_dropped_gives_back_its_permit() {
    let permits = Arc::new(Semaphore::new(1));
    let (_engine, gate) = open();
    let hangs = service_fn(|_: Request<()>| pending::<Result<Response<String>, Infallible>>());
    let mut service = gate.layer(limited(&permits, hangs));
    let mut future = Box::pin(service.ready().await.unwrap().call(Request::new(())));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut cx).is_pending());
    assert_eq!(permits.available_permits(), 0);
    drop(future);
    assert_eq!(permits.available_permits(), 1);
}

#[tokio::test]
async fn a_panic_inside_passes_and_gives_back_its_permit() {
    let permits = Arc::new(Semaphore::new(1));
    let (_engine, gate) = open();
    let panics = service_fn(|_: Request<()>| async {
        if true {
            panic!("inside");
        }
        Ok::<_, Infallible>(Response::new(String::new()))
    });
    let service = gate.layer(limited(&permits, panics));
    let task = tokio::spawn(service.oneshot(Request::new(())));
    let panicked = task.await.unwrap_err().into_panic();
    assert_eq!(*panicked.downcast::<&str>().unwrap(), "inside");
    assert_eq!(permits.available_permits(), 1);
}

#[tokio::test]
async fn ten_thousand_mixed_requests_leak_no_permit() {
    const PERMITS: usize = 3;
    let permits = Arc::new(Semaphore::new(PERMITS));
    let community = testing::on_plan(testing::catalog(), "community");
    let business = testing::on_plan(testing::catalog(), "business");
    let inner = service_fn(async |request: Request<()>| match request.uri().path() {
        "/error" => Err("broken"),
        "/hang" => pending().await,
        _ => Ok(Response::new(String::from("passed"))),
    });
    let gated = RequireFeature::new("sso").layer(limited(&permits, inner));
    let layer =
        |engine: &testing::TestEngine| EntitlementsLayer::new(engine.entitlements().clone());
    let (mut denied, mut passed) = (0, 0);
    // Long-lived instances, as connections have them.
    let mut shut: Vec<_> = (0..4)
        .map(|_| layer(&community).layer(gated.clone()))
        .collect();
    let mut open: Vec<_> = (0..4)
        .map(|_| layer(&business).layer(gated.clone()))
        .collect();
    for round in 0..10_000_usize {
        let path = ["/", "/error", "/hang"][round % 3];
        let request = Request::get(path).body(()).unwrap();
        let services = if round % 2 == 0 { &mut shut } else { &mut open };
        let service = services[round % 4].ready().await.unwrap();
        let mut future = Box::pin(service.call(request));
        // Every fifth is dropped without a look.
        if round % 5 > 0 {
            let mut cx = Context::from_waker(Waker::noop());
            match future.as_mut().poll(&mut cx) {
                std::task::Poll::Ready(Ok(response)) if response.status() == 402 => denied += 1,
                std::task::Poll::Ready(_) => passed += 1,
                std::task::Poll::Pending => assert_eq!(path, "/hang"),
            }
        }
        drop(future);
        assert_eq!(permits.available_permits(), PERMITS, "after {round}");
    }
    assert_eq!((denied, passed), (4_000, 2_668));
}

#[tokio::test]
async fn load_that_is_shed_inside_is_an_error_and_not_a_denial() {
    let permits = Arc::new(Semaphore::new(0));
    let (_engine, gate) = open();
    let service = ServiceBuilder::new()
        .layer(gate)
        .layer(LoadShedLayer::new())
        .service(limited(&permits, service_fn(pass)));
    let shed = service.oneshot(Request::new(())).await.unwrap_err();
    assert!(shed.is::<tower::load_shed::error::Overloaded>());
}
