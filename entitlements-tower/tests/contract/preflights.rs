//! D2: browsers ask without credentials whether they may ask.

use std::convert::Infallible;

use entitlements_core::testing;
use entitlements_tower::{EntitlementsLayer, RequireFeature};
use http::{Request, Response};
use tower::{ServiceBuilder, ServiceExt};

#[tokio::test]
async fn d2_a_preflight_passes_and_nothing_that_only_looks_like_one() {
    let engine = testing::on_plan(testing::catalog(), "community");
    let service = ServiceBuilder::new()
        .layer(EntitlementsLayer::new(engine.entitlements().clone()))
        .layer(RequireFeature::new("sso"))
        .service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(String::new())));
    let origin = Some("https://app.example");
    for (method, origin, asks, status) in [
        ("OPTIONS", origin, Some("POST"), 200),
        ("OPTIONS", Some("null"), Some(""), 200),
        ("OPTIONS", origin, None, 402),
        ("OPTIONS", None, Some("POST"), 402),
        ("OPTIONS", None, None, 402),
        ("GET", origin, Some("POST"), 402),
        ("POST", origin, Some("POST"), 402),
        ("options", origin, Some("POST"), 402),
        ("OPTIONSX", origin, Some("POST"), 402),
    ] {
        // Asked twice: the second time the denial is remembered.
        for _ in 0..2 {
            let mut request = Request::builder().method(method);
            for (name, value) in [("origin", origin), ("access-control-request-method", asks)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            let response = service.clone().oneshot(request.body(()).unwrap()).await;
            let response = response.unwrap();
            assert_eq!(response.status(), status, "{method} {origin:?} {asks:?}");
        }
    }
}
