//! Mistakes in the program: found when the gate is built, else answered with 500 and said once in the log.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};

use entitlements_core::testing;
use entitlements_tower::{EntitlementsLayer, Require, RequireEnterprise, RequireFeature};
use http::{Request, Response};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use crate::log;

async fn pass(_: Request<()>) -> Result<Response<String>, Infallible> {
    Ok(Response::new("passed".into()))
}

fn get(path: &str) -> Request<()> {
    Request::get(path).body(()).unwrap()
}

fn panic_of(build: impl FnOnce() -> Require) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(build()))).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

#[test]
fn i12_an_unknown_name_does_not_get_past_the_start() {
    log::listen();
    let engine = testing::on_plan(testing::catalog(), "business");
    let panic = panic_of(|| RequireFeature::new("ssso").on(&engine));
    assert_eq!(
        panic,
        "a gate cannot be built: unknown feature `ssso`, did you mean `sso`?"
    );
    let panic = panic_of(|| Require::plan_at_least("bussiness").on(&engine));
    assert!(
        panic.ends_with("unknown plan `bussiness`, did you mean `business`?"),
        "{panic}"
    );
    // Also where the name comes after the engine.
    let panic = panic_of(|| RequireFeature::new("sso").on(&engine).and_feature("odit"));
    assert!(panic.contains("unknown feature `odit`"), "{panic}");
}

#[test]
fn names_from_elsewhere_are_tried_and_come_back_as_an_error() {
    log::listen();
    let engine = testing::on_plan(testing::catalog(), "business");
    let unknown = RequireFeature::new("Sso").try_on(&engine).unwrap_err();
    assert_eq!((unknown.name(), unknown.nearest()), ("Sso", Some("sso")));
    for name in ["", "\0", "\u{202e}oss", &"x".repeat(100_000)] {
        let unknown = RequireFeature::new(name.to_owned())
            .try_on(&engine)
            .unwrap_err();
        assert_eq!(unknown.name(), name);
        assert_eq!(unknown.nearest(), None);
    }
    assert!(RequireFeature::new("sso").try_on(&engine).is_ok());
    assert!(RequireEnterprise::new().try_on(&engine).is_ok());
}

#[tokio::test]
async fn d3_an_unknown_name_behind_a_layer_is_500_and_one_line_for_a_thousand_requests() {
    log::listen();
    let engine = testing::on_plan(testing::catalog(), "enterprise");
    let mut service = ServiceBuilder::new()
        .layer(EntitlementsLayer::new(engine.entitlements().clone()))
        .layer(RequireFeature::new("ssso"))
        .service_fn(pass);
    log::take();
    for index in 0..1_000 {
        let request = get(&format!("/page/{index}"));
        // Clones share the gate: axum makes one for each request.
        let response = service.clone().call(request).await.unwrap();
        assert_eq!(response.status(), 500);
        assert!(response.body().contains(r#""code":"UNKNOWN_FEATURE""#));
    }
    service.ready().await.unwrap();
    let lines = log::take();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("ERROR:"), "{lines:?}");
    assert!(lines[0].contains(r#"path="/page/0""#), "{lines:?}");
    assert!(lines[0].contains("did you mean `sso`?"), "{lines:?}");
}

#[tokio::test]
async fn d14_a_gate_outside_the_engines_layer_is_500_and_one_line_with_the_path() {
    log::listen();
    let engine = testing::on_plan(testing::catalog(), "enterprise");
    // The wrong way round.
    let service = ServiceBuilder::new()
        .layer(RequireFeature::new("sso"))
        .layer(EntitlementsLayer::new(engine.entitlements().clone()))
        .service_fn(pass);
    log::take();
    for _ in 0..1_000 {
        let response = service
            .clone()
            .oneshot(get("/sso?token=secret"))
            .await
            .unwrap();
        assert_eq!(response.status(), 500);
        assert!(
            response
                .body()
                .contains(r#""code":"ENTITLEMENTS_LAYER_MISSING""#)
        );
    }
    let lines = log::take();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains(r#"path="/sso""#), "{lines:?}");
    assert!(lines[0].contains("EntitlementsLayer"), "{lines:?}");
    // I9: a query may hold a secret.
    assert!(!lines[0].contains("secret"), "{lines:?}");
}

#[tokio::test]
async fn two_gates_with_mistakes_say_one_line_each() {
    log::listen();
    for feature in ["sso", "audit"] {
        let service = RequireFeature::new(feature).layer(service_fn(pass));
        for _ in 0..10 {
            let _ = service.clone().oneshot(get(&format!("/{feature}"))).await;
        }
    }
    let lines = log::take();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].contains("/sso") && lines[1].contains("/audit"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_path_of_absurd_length_does_not_fill_the_log() {
    log::listen();
    let service = RequireFeature::new("sso").layer(service_fn(pass));
    let path = format!("/{}", "a".repeat(60_000));
    let _ = service.oneshot(get(&path)).await;
    let lines = log::take();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].len() < 1_000, "{} bytes", lines[0].len());
}

#[tokio::test]
async fn denials_that_are_no_mistake_are_not_logged() {
    log::listen();
    let engine = testing::on_plan(testing::catalog(), "community");
    let service = RequireFeature::new("sso")
        .on(&engine)
        .layer(service_fn(pass));
    log::take();
    for _ in 0..100 {
        let response = service.clone().oneshot(get("/sso")).await.unwrap();
        assert_eq!(response.status(), 402);
    }
    assert_eq!(log::take(), Vec::<String>::new());
}
