//! What the compiler promises.

use std::convert::Infallible;
use std::future::Ready;
use std::task::{Context, Poll};

use entitlements_core::adapter::Gate;
use entitlements_core::{Current, Denial, Entitlements, EntitlementsBuilder, Upkeep};
use entitlements_tower::{
    EntitlementsLayer, EntitlementsService, Require, RequireFuture, RequireService,
};
use http::{Request, Response};
use tower::Service;
use tower::util::BoxCloneService;

fn is_value<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
fn is_send<T: Send + 'static>() {}
fn is_sync<T: Sync>() {}
fn is_unpin<T: Unpin>() {}

#[derive(Debug, Clone)]
struct Inner;

impl Service<Request<()>> for Inner {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        std::future::ready(Ok(Response::new(String::new())))
    }
}

#[test]
fn layers_and_services_are_values_that_go_anywhere() {
    is_value::<Require>();
    is_value::<EntitlementsLayer>();
    is_value::<RequireService<Inner>>();
    is_value::<EntitlementsService<Inner>>();
    is_value::<Entitlements>();
    is_value::<Current>();
    is_value::<Denial>();
    is_send::<Gate>();
    is_sync::<Gate>();
    is_send::<EntitlementsBuilder>();
    is_send::<Upkeep>();
    is_unpin::<Upkeep>();
}

#[test]
fn a_future_is_what_the_inner_one_is() {
    is_send::<RequireFuture<Inner, ()>>();
    is_unpin::<RequireFuture<Inner, ()>>();
    // A service that is only Send still makes a gated one that is Send.
    is_send::<RequireService<BoxCloneService<Request<()>, Response<String>, Infallible>>>();
}

#[test]
fn a_layer_is_a_reference() {
    assert_eq!(size_of::<Require>(), size_of::<usize>());
    assert_eq!(size_of::<EntitlementsLayer>(), size_of::<usize>());
}
