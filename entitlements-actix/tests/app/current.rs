use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::middleware::{Next, from_fn};
use actix_web::test::init_service;
use actix_web::{App, HttpMessage, HttpRequest, web};
use entitlements_actix::{Current, CurrentRejection, EngineCurrent, RequireFeature};

use crate::{ask, get, layer, on};

async fn plan(current: Current) -> String {
    current.plan_in_force().name().to_owned()
}

#[actix_web::test]
async fn a_handler_gets_what_holds() {
    for name in ["community", "business", "enterprise"] {
        let app = App::new()
            .route("/", web::get().to(plan))
            .wrap(layer(&on(name)));
        assert_eq!(ask(&init_service(app).await, get("/")).await.body, name);
    }
}

#[actix_web::test]
async fn d14_without_the_layer_a_handler_answers_500_with_a_problem() {
    let app = init_service(App::new().route("/", web::get().to(plan))).await;
    let answer = ask(&app, get("/")).await;
    assert_eq!(answer.status, 500);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.denial.unwrap().code(), "ENTITLEMENTS_LAYER_MISSING");
    assert!(
        answer
            .body
            .contains(r#""code":"ENTITLEMENTS_LAYER_MISSING""#)
    );
}

#[actix_web::test]
async fn a_handler_that_can_do_without_gets_none_or_an_error() {
    async fn maybe(current: Option<Current>) -> String {
        current.map_or("none".into(), |current| current.status().to_string())
    }
    async fn either(current: Result<Current, CurrentRejection>) -> String {
        match current {
            Ok(current) => current.status().to_string(),
            Err(rejection) => rejection.denial().code().to_owned(),
        }
    }
    let app = || {
        App::new()
            .route("/maybe", web::get().to(maybe))
            .route("/either", web::get().to(either))
    };
    let bare = init_service(app()).await;
    assert_eq!(ask(&bare, get("/maybe")).await.body, "none");
    assert_eq!(
        ask(&bare, get("/either")).await.body,
        "ENTITLEMENTS_LAYER_MISSING"
    );
    let layered = init_service(app().wrap(layer(&on("business")))).await;
    assert_eq!(ask(&layered, get("/maybe")).await.body, "active");
    assert_eq!(ask(&layered, get("/either")).await.body, "active");
}

#[actix_web::test]
async fn a_gate_with_its_own_engine_does_not_make_a_current() {
    let gate = RequireFeature::new("sso").on(&on("business"));
    let app = App::new().service(web::resource("/").wrap(gate).to(plan));
    assert_eq!(ask(&init_service(app).await, get("/")).await.status, 500);
}

/// Between gate and handler a key is taken into use, and years pass. The request is of the moment it came.
#[actix_web::test]
async fn set_and_time_stay_what_they_were_when_the_request_came() {
    async fn seen(request: HttpRequest, current: Current) -> String {
        let extensions = request.extensions();
        let engine_current = extensions.get::<EngineCurrent>().unwrap();
        assert_eq!(engine_current.now(), current.now());
        assert!(std::ptr::eq(engine_current.set(), current.set()));
        current.plan_in_force().name().to_owned()
    }
    let community = Arc::new(on("community"));
    let key = community.key(|draft| draft.plan("enterprise"));
    let engine = Arc::clone(&community);
    let between = from_fn(move |request: ServiceRequest, next: Next<_>| {
        let (engine, key) = (Arc::clone(&engine), key.clone());
        async move {
            engine.activate(&key).await.unwrap();
            engine.clock().advance_days(100);
            next.call(request).await
        }
    });
    let gated = web::resource("/sso")
        .wrap(RequireFeature::new("sso"))
        .to(seen);
    let app = App::new()
        .route("/", web::get().to(seen))
        .service(gated)
        .wrap(between)
        .wrap(layer(&community));
    let app = init_service(app).await;
    assert_eq!(ask(&app, get("/")).await.body, "community");
    assert_eq!(ask(&app, get("/")).await.body, "enterprise");
    community.deactivate_all().await.unwrap();
    assert_eq!(ask(&app, get("/sso")).await.status, 402);
    assert_eq!(ask(&app, get("/sso")).await.status, 200);
}
