use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use axum::{Extension, Router};
use entitlements_axum::{Current, EngineCurrent, RequireFeature, Timestamp, testing};

use crate::{layer, on, send, text};

async fn plan(current: Current) -> String {
    current.plan_in_force().name().to_owned()
}

#[tokio::test]
async fn a_handler_gets_what_holds() {
    for name in ["community", "business", "enterprise"] {
        let app = Router::new().route("/", get(plan)).layer(layer(&on(name)));
        assert_eq!(text(send(&app, "GET", "/").await).await, name);
    }
}

#[tokio::test]
async fn d14_without_the_layer_a_handler_answers_500_with_a_problem() {
    let app: Router = Router::new().route("/", get(plan));
    let response = send(&app, "GET", "/").await;
    assert_eq!(response.status(), 500);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(response.headers()["cache-control"], "no-store");
    let body = text(response).await;
    assert!(
        body.contains(r#""code":"ENTITLEMENTS_LAYER_MISSING""#),
        "{body}"
    );
}

#[tokio::test]
async fn a_handler_that_can_do_without_gets_none() {
    async fn maybe(current: Option<Current>) -> String {
        current.map_or("none".into(), |current| current.status().to_string())
    }
    let app: Router = Router::new().route("/", get(maybe));
    assert_eq!(text(send(&app, "GET", "/").await).await, "none");
    let app = app.layer(layer(&on("business")));
    assert_eq!(text(send(&app, "GET", "/").await).await, "active");
}

#[tokio::test]
async fn a_gate_with_its_own_engine_does_not_make_a_current() {
    let business = on("business");
    let gate = RequireFeature::new("sso").on(&business);
    let app: Router = Router::new().route("/", get(plan).route_layer(gate));
    assert_eq!(send(&app, "GET", "/").await.status(), 500);
}

/// Between gate and handler a key is taken into use, and years pass. The request is of the moment it came.
#[tokio::test]
async fn set_and_time_stay_what_they_were_when_the_request_came() {
    let community = Arc::new(on("community"));
    let key = community.key(|draft| draft.plan("enterprise"));
    let came = testing::NOW;
    let engine = Arc::clone(&community);
    let between = from_fn(move |request: Request, next: Next| {
        let (engine, key) = (Arc::clone(&engine), key.clone());
        async move {
            engine.activate(&key).await.unwrap();
            engine.clock().advance_days(100);
            next.run(request).await
        }
    });
    let seen = async |current: Current, Extension(engine_current): Extension<EngineCurrent>| {
        assert_eq!(engine_current.now(), current.now());
        assert!(std::ptr::eq(engine_current.set(), current.set()));
        format!("{} at {}", current.plan_in_force().name(), current.now())
    };
    let app = Router::new()
        .route("/", get(seen))
        // Inside the change, and still of the moment before it.
        .route("/sso", get(seen).route_layer(RequireFeature::new("sso")))
        .layer(between)
        .layer(layer(&community));
    let at = |plan: &str, time: Timestamp| format!("{plan} at {time}");
    assert_eq!(
        text(send(&app, "GET", "/").await).await,
        at("community", came)
    );
    assert_eq!(
        text(send(&app, "GET", "/").await).await,
        at("enterprise", came.saturating_add_days(100))
    );

    community.deactivate_all().await.unwrap();
    assert_eq!(send(&app, "GET", "/sso").await.status(), 402);
    assert_eq!(send(&app, "GET", "/sso").await.status(), 200);
}

#[tokio::test]
async fn requests_of_one_engine_under_way_together_see_each_its_own_moment() {
    let engine = Arc::new(on("business"));
    let app = Router::new().route("/", get(async |current: Current| current.now().to_string()));
    let app = app.layer(layer(&engine));
    let before = send(&app, "GET", "/");
    let before = text(before.await).await;
    engine.clock().advance_days(1);
    let after = text(send(&app, "GET", "/").await).await;
    assert!(before < after);
}
