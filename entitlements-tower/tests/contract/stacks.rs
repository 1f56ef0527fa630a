//! Gates among other layers and services.

use std::convert::Infallible;

use entitlements_core::testing::{self, TestEngine};
use entitlements_tower::{EntitlementsLayer, Require, RequireFeature, RequirePlan};
use http::{Request, Response};
use tower::steer::Steer;
use tower::util::{BoxCloneService, BoxCloneSyncService, BoxService, Either, option_layer};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

async fn pass(request: Request<()>) -> Result<Response<String>, Infallible> {
    Ok(Response::new(request.uri().path().to_owned()))
}

fn engine(plan: &str) -> TestEngine {
    testing::on_plan(testing::catalog(), plan)
}

fn get(path: &str) -> Request<()> {
    Request::get(path).body(()).unwrap()
}

#[tokio::test]
async fn several_gates_in_one_stack_are_asked_from_outside_in() {
    let business = engine("business");
    let stack = |gates: (Require, Require)| {
        ServiceBuilder::new()
            .layer(EntitlementsLayer::new(business.entitlements().clone()))
            .layer(gates.0)
            .layer(gates.1)
            .service_fn(pass)
    };
    let feature = |name| RequireFeature::new(name);
    let passed = stack((feature("sso"), RequirePlan::at_least("business")));
    assert_eq!(passed.oneshot(get("/a")).await.unwrap().body(), "/a");
    let denied = stack((feature("audit"), feature("scim")));
    let body = denied.oneshot(get("/a")).await.unwrap().into_body();
    assert!(body.contains(r#""feature":"audit""#), "{body}");
    let denied = stack((feature("sso"), feature("scim")));
    let body = denied.oneshot(get("/a")).await.unwrap().into_body();
    assert!(body.contains(r#""feature":"scim""#), "{body}");
}

#[tokio::test]
async fn gates_go_into_boxes() {
    let community = engine("community");
    let gated = RequireFeature::new("sso")
        .on(&community)
        .layer(service_fn(pass));
    let boxed = BoxCloneService::new(gated.clone());
    assert_eq!(boxed.clone().oneshot(get("/")).await.unwrap().status(), 402);
    let boxed = BoxCloneSyncService::new(gated.clone());
    assert_eq!(boxed.clone().oneshot(get("/")).await.unwrap().status(), 402);
    let boxed = BoxService::new(gated);
    assert_eq!(boxed.oneshot(get("/")).await.unwrap().status(), 402);
    // And around them.
    let around = RequireFeature::new("sso").on(&community);
    let boxed = around.layer(BoxCloneService::new(service_fn(pass)));
    assert_eq!(boxed.oneshot(get("/")).await.unwrap().status(), 402);
}

#[tokio::test]
async fn a_steer_sends_requests_through_the_gate_of_their_route() {
    let business = engine("business");
    let gated = |feature: &'static str| {
        let gate = RequireFeature::new(feature).on(&business);
        gate.layer(service_fn(pass))
    };
    let pick = |request: &Request<()>, _: &[_]| usize::from(request.uri().path() == "/audit");
    let mut steer = Steer::new([gated("sso"), gated("audit")], pick);
    for (path, status) in [
        ("/sso", 200),
        ("/audit", 402),
        ("/sso", 200),
        ("/audit", 402),
    ] {
        let response = steer.ready().await.unwrap().call(get(path)).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
}

#[tokio::test]
async fn a_gate_may_be_there_or_not() {
    let community = engine("community");
    for (gate, status) in [
        (None, 200),
        (Some(RequireFeature::new("sso").on(&community)), 402),
    ] {
        let service: Either<_, _> = option_layer(gate).layer(service_fn(pass));
        let response = service.oneshot(get("/")).await.unwrap();
        assert_eq!(response.status(), status);
    }
}

#[tokio::test]
async fn one_gate_value_may_stand_in_front_of_many_services() {
    let business = engine("business");
    let gate = RequireFeature::new("sso").on(&business);
    let services: Vec<_> = (0..10).map(|_| gate.layer(service_fn(pass))).collect();
    for service in services {
        assert_eq!(service.oneshot(get("/")).await.unwrap().status(), 200);
    }
    business.clock().advance_days(400);
    let response = gate
        .layer(service_fn(pass))
        .oneshot(get("/"))
        .await
        .unwrap();
    assert!(response.body().contains("LICENSE_EXPIRED"));
}
