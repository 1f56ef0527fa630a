//! Layers on an axum router.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::any;
use entitlements_axum::EntitlementsLayer;
use tower::ServiceExt;

use super::{Answer, Calls, Case};

pub(super) async fn answer(case: Case) -> Answer {
    let calls = Calls::default();
    let request = case.http_request(Body::empty());
    let Ok(response) = router(&case, &calls).oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .expect("the body is in memory");
    Answer::of_parts(&parts, body, calls.made())
}

/// A router with one gated route that counts its calls.
pub(super) fn router(case: &Case, calls: &Calls) -> Router {
    let calls = calls.clone();
    let handler = move || {
        calls.count();
        std::future::ready("welcome")
    };
    let router = Router::new()
        .route("/", any(handler))
        .route_layer(case.require());
    if case.wiring.has_layer() {
        router.layer(EntitlementsLayer::new(case.engine.clone()))
    } else {
        router
    }
}
