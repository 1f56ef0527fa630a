use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use entitlements_tower::EntitlementsLayer;
use http::Request;
use tower::{Layer, Service, ServiceExt};

use crate::probe::{Probe, Readiness};
use crate::{open, shut};

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn readiness_is_the_inner_services() {
    for (engine, gate) in [open(), shut()] {
        let probe = Probe::new(Readiness::Pending);
        let layer = EntitlementsLayer::new(engine.entitlements().clone());
        let mut service = layer.layer(gate.layer(probe.clone()));
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut cx = Context::from_waker(&waker);
        assert!(service.poll_ready(&mut cx).is_pending());
        assert_eq!(probe.seen.lock().unwrap().polls, 1);
        for waker in probe.seen.lock().unwrap().wakers.drain(..) {
            waker.wake();
        }
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);

        *probe.answer.lock().unwrap() = Readiness::Failed("closed");
        assert_eq!(service.poll_ready(&mut cx), Poll::Ready(Err("closed")));
        *probe.answer.lock().unwrap() = Readiness::Ready;
        assert_eq!(service.poll_ready(&mut cx), Poll::Ready(Ok(())));
        assert_eq!(probe.seen.lock().unwrap().polls, 3);
        assert_eq!(probe.seen.lock().unwrap().calls, 0);
    }
}

#[tokio::test]
async fn the_instance_that_was_readied_is_the_one_that_is_called() {
    let (engine, gate) = open();
    let probe = Probe::new(Readiness::Ready);
    let layer = EntitlementsLayer::new(engine.entitlements().clone());
    let mut service = layer.layer(gate.layer(probe.clone()));
    for _ in 0..3 {
        let response = service.ready().await.unwrap().call(Request::new(()));
        assert_eq!(response.await.unwrap().body(), "passed");
    }
    assert_eq!(probe.seen.lock().unwrap().calls, 3);
}

#[tokio::test]
async fn after_a_denial_the_service_is_made_ready_anew() {
    let (engine, gate) = shut();
    let probe = Probe::new(Readiness::Ready);
    let mut service = gate.layer(probe.clone());
    for _ in 0..3 {
        let response = service.ready().await.unwrap().call(Request::new(()));
        assert_eq!(response.await.unwrap().status(), 402);
    }
    assert_eq!(probe.seen.lock().unwrap().calls, 0);
    let key = engine.key(|draft| draft.plan("business"));
    engine.activate(&key).await.unwrap();
    let response = service.ready().await.unwrap().call(Request::new(()));
    assert_eq!(response.await.unwrap().body(), "passed");
}

#[tokio::test]
#[should_panic(expected = "called without being ready")]
async fn readiness_that_a_denial_gave_back_is_not_kept() {
    let (engine, gate) = shut();
    let mut service = gate.layer(Probe::new(Readiness::Ready));
    service.ready().await.unwrap();
    let _ = service.call(Request::new(())).await;
    let key = engine.key(|draft| draft.plan("business"));
    engine.activate(&key).await.unwrap();
    // Against the contract: a second call without `poll_ready`.
    let _ = service.call(Request::new(())).await;
}

#[tokio::test]
async fn the_inner_services_errors_pass_unchanged() {
    let (_engine, gate) = open();
    let mut probe = Probe::new(Readiness::Ready);
    probe.fails = Some("broken");
    let failed = gate.layer(probe).oneshot(Request::new(())).await;
    assert_eq!(failed.unwrap_err(), "broken");

    let probe = Probe::new(Readiness::Failed("closed"));
    let failed = gate.layer(probe).oneshot(Request::new(())).await;
    assert_eq!(failed.unwrap_err(), "closed");
}
