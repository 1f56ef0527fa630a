use std::convert::Infallible;

use entitlements_core::testing::{self, TestEngine};
use entitlements_tower::{EntitlementsLayer, GraceWarningLayer, RequireFeature};
use http::{Request, Response};
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

fn service(
    engine: &TestEngine,
    feature: &'static str,
) -> impl Service<Request<()>, Response = Response<String>, Error = Infallible> {
    ServiceBuilder::new()
        .layer(EntitlementsLayer::new(engine.entitlements().clone()))
        .layer(GraceWarningLayer::new())
        .layer(RequireFeature::new(feature))
        .service(service_fn(async |_: Request<()>| {
            Ok(Response::new(String::new()))
        }))
}

#[tokio::test]
async fn s16_responses_in_grace_say_when_it_ends() {
    let engine = testing::on_plan(testing::catalog(), "business");
    for (days, warning) in [
        (0, None),
        (364, None),
        (1, Some(r#"grace;ends="2027-01-15T12:00:00Z""#)),
        (13, Some(r#"grace;ends="2027-01-15T12:00:00Z""#)),
        (1, None),
    ] {
        engine.clock().advance_days(days);
        // Denied or not.
        for feature in ["sso", "scim"] {
            let response = service(&engine, feature)
                .oneshot(Request::new(()))
                .await
                .unwrap();
            let said = response.headers().get("entitlements-warning");
            let said = said.map(|value| value.to_str().unwrap());
            assert_eq!(said, warning, "{feature}");
        }
    }
}

#[tokio::test]
async fn without_an_engine_nothing_is_said_and_errors_stay() {
    let failing = ServiceBuilder::new()
        .layer(GraceWarningLayer::new())
        .service(service_fn(async |_: Request<()>| {
            Err::<Response<()>, _>("out of order")
        }));
    let error = failing.oneshot(Request::new(())).await.unwrap_err();
    assert_eq!(error, "out of order");
    let silent = ServiceBuilder::new()
        .layer(GraceWarningLayer::new())
        .service(service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(()))
        }));
    let response = silent.oneshot(Request::new(())).await.unwrap();
    assert!(response.headers().is_empty());
}
