//! Layers on an axum router.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::any;
use entitlements_axum::{EntitlementsLayer, ResolveAccount};
use tower::ServiceExt;

use super::{Answer, Case, Handler, http_request};

pub(super) async fn answers(case: Case) -> Vec<Answer> {
    let handler = Handler::default();
    let router = router(&case, &handler);
    let ask = async |request: &_| {
        let request = http_request(request, Body::empty());
        let Ok(response) = router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX)
            .await
            .expect("the body is in memory");
        Answer::of_parts(&parts, body)
    };
    case.each(&handler, ask).await
}

/// A router with one gated handler at every path.
pub(super) fn router(case: &Case, handler: &Handler) -> Router {
    let handler = handler.clone();
    let respond = move || std::future::ready(handler.response(Body::from));
    let router = Router::new()
        .route("/", any(respond.clone()))
        .route("/{*path}", any(respond))
        .route_layer(case.require());
    if !case.wiring.has_layer() {
        return router;
    }
    let layer = EntitlementsLayer::new(case.stage.engine.clone());
    match &case.account_from {
        None => in_layer(case, layer, router),
        Some(from) => in_layer(case, layer.account_from(from.resolver()), router),
    }
}

fn in_layer<R>(case: &Case, layer: EntitlementsLayer<R>, router: Router) -> Router
where
    R: ResolveAccount + Clone,
{
    router.layer(match &case.anonymous_plan {
        None => layer,
        Some(plan) => layer.anonymous_on_plan(plan),
    })
}
