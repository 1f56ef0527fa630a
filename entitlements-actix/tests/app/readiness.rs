//! Readiness is the inner service's, whatever the gate thinks of requests.

use std::future::{Ready, ready};
use std::task::{Context, Poll, Waker};

use actix_web::Error;
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::error::ErrorServiceUnavailable;
use entitlements_actix::RequireFeature;

use crate::{get, layer, on};

#[derive(Debug, Clone, Copy)]
enum Inner {
    Ready,
    Waiting,
    Failed,
}

impl Service<ServiceRequest> for Inner {
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Ready<Result<Self::Response, Error>>;

    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self {
            Self::Ready => Poll::Ready(Ok(())),
            Self::Waiting => Poll::Pending,
            Self::Failed => Poll::Ready(Err(ErrorServiceUnavailable("failed"))),
        }
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        ready(match self {
            Self::Failed => Err(ErrorServiceUnavailable("failed")),
            _ => Ok(request.into_response(HttpResponse::Ok())),
        })
    }
}

#[actix_web::test]
async fn gate_and_layer_forward_it() {
    let mut cx = Context::from_waker(Waker::noop());
    for plan in ["community", "business"] {
        let engine = on(plan);
        for inner in [Inner::Ready, Inner::Waiting, Inner::Failed] {
            let gated = RequireFeature::new("sso")
                .new_transform(inner)
                .await
                .unwrap();
            let service = layer(&engine).new_transform(gated).await.unwrap();
            match (inner, service.poll_ready(&mut cx)) {
                (Inner::Ready, Poll::Ready(Ok(()))) | (Inner::Waiting, Poll::Pending) => {}
                (Inner::Failed, Poll::Ready(Err(error))) => assert_eq!(error.to_string(), "failed"),
                (inner, other) => panic!("{inner:?} became {other:?}"),
            }
        }
    }
}

#[actix_web::test]
async fn an_error_of_the_inner_service_stays_one_and_a_denial_never_is() {
    let request = || get("/").to_srv_request();
    for (plan, passes) in [("community", false), ("business", true)] {
        let gate = RequireFeature::new("sso").on(&on(plan));
        let failing = gate.new_transform(Inner::Failed).await.unwrap();
        match failing.call(request()).await {
            Err(error) => assert!(passes && error.to_string() == "failed"),
            Ok(response) => assert!(!passes && response.status() == 402),
        }
    }
}
