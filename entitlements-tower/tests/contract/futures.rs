use std::convert::Infallible;
use std::future::{pending, ready};
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use tower::{Layer, Service, service_fn};

use crate::{open, shut};

#[test]
fn polling_a_denial_after_it_was_given_does_not_panic() {
    let (_engine, gate) = shut();
    let mut service = gate.layer(service_fn(|_: Request<()>| {
        ready(Ok::<_, Infallible>(Response::new(())))
    }));
    let mut future = Box::pin(service.call(Request::new(())));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut cx).is_ready());
    for _ in 0..3 {
        assert!(future.as_mut().poll(&mut cx).is_pending());
    }
}

#[test]
fn a_denial_is_ready_at_the_first_poll() {
    let (_engine, gate) = shut();
    let mut service = gate.layer(service_fn(|_: Request<()>| {
        pending::<Result<Response<()>, Infallible>>()
    }));
    let mut future = Box::pin(service.call(Request::new(())));
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(response)) = future.as_mut().poll(&mut cx) else {
        panic!("the denial is not there");
    };
    assert_eq!(response.status(), 402);
}

/// The verdict falls when the request comes, not when its future is first polled.
#[tokio::test]
async fn the_verdict_of_a_request_is_that_of_its_call() {
    let (engine, gate) = shut();
    let mut service = gate.layer(service_fn(|_: Request<()>| {
        ready(Ok::<_, Infallible>(Response::new(())))
    }));
    let before = service.call(Request::new(()));
    engine
        .activate(&engine.key(|draft| draft.plan("business")))
        .await
        .unwrap();
    let after = service.call(Request::new(()));
    assert_eq!(before.await.unwrap().status(), 402);
    assert_eq!(after.await.unwrap().status(), 200);
}

#[test]
fn dropped_futures_do_nothing() {
    for (_engine, gate) in [open(), shut()] {
        let mut service = gate.layer(service_fn(|_: Request<()>| {
            pending::<Result<Response<()>, Infallible>>()
        }));
        for _ in 0..100 {
            drop(service.call(Request::new(())));
        }
    }
}
