//! Layers in the wrong order are told, with what to do.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use entitlements_axum::account::AccountTerms;
use entitlements_axum::testing::{TestEngine, check_router};
use entitlements_axum::{AccountId, OrderMistake, RequireFeature};

use crate::{layer, on};

const ENGINE_MISSING: &str = "GET /sso: a gate finds no engine: wrap the router in an `EntitlementsLayer`, outside the gate, or give the gate its engine with `.on(&entitlements)`";
const AUTHENTICATION_INSIDE: &str = "GET /sso: the `EntitlementsLayer` looks for the account before the authentication has said it: put the authentication around the `EntitlementsLayer`, so that it runs first";
const NOT_A_ROUTE: &str = "a gate answers for a path that no route has: use `route_layer` in place of `layer`, so that 404 and 405 stay what they are";

/// As an application's own, this one puts the account into the request.
async fn authentication(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(AccountId::new("acme"));
    next.run(request).await
}

async fn with_acme(plan: &str) -> TestEngine {
    let engine = on(plan);
    let terms = AccountTerms::on_plan("business");
    engine.add_account("acme", "Acme", terms).await.unwrap();
    engine
}

fn page() -> MethodRouter {
    get(async || "page")
}

fn sso() -> Router {
    Router::new().route("/sso", page().route_layer(RequireFeature::new("sso")))
}

fn to_sso() -> [Request; 1] {
    [Request::get("/sso").body(Body::empty()).unwrap()]
}

#[tokio::test]
async fn the_right_order_has_no_mistakes() {
    for plan in ["community", "business"] {
        let app = sso()
            .layer(layer(&with_acme(plan).await))
            .layer(from_fn(authentication));
        check_router(app, to_sso()).await.unwrap();
    }
}

#[tokio::test]
async fn a_gate_without_an_engine_is_told() {
    let mistakes = check_router(sso(), to_sso()).await.unwrap_err();
    assert_eq!(mistakes.to_string(), ENGINE_MISSING);
    let found = ("GET /sso".to_owned(), OrderMistake::LayerMissing);
    assert_eq!(mistakes.found(), [found]);
}

#[tokio::test]
async fn a_layer_inside_the_gate_is_no_engine_of_it() {
    let app = Router::new()
        .route("/sso", page())
        .route_layer(layer(&on("business")))
        .route_layer(RequireFeature::new("sso"));
    let mistakes = check_router(app, to_sso()).await.unwrap_err();
    assert_eq!(mistakes.to_string(), ENGINE_MISSING);
}

/// Told whether or not the request passes all the same.
#[tokio::test]
async fn an_engine_outside_the_authentication_is_told() {
    for plan in ["community", "business"] {
        let app = sso()
            .layer(from_fn(authentication))
            .layer(layer(&with_acme(plan).await));
        let mistakes = check_router(app, to_sso()).await.unwrap_err();
        assert_eq!(mistakes.to_string(), AUTHENTICATION_INSIDE, "{plan}");
    }
}

#[tokio::test]
async fn a_gate_by_layer_is_told() {
    let app = Router::new()
        .route("/sso", page())
        .layer(RequireFeature::new("sso"))
        .layer(layer(&on("community")));
    let mistakes = check_router(app, []).await.unwrap_err().to_string();
    assert!(
        mistakes.starts_with("GET /entitlements-check/"),
        "{mistakes}"
    );
    assert!(mistakes.ends_with(NOT_A_ROUTE), "{mistakes}");
}

#[tokio::test]
async fn a_gate_on_a_route_of_any_name_is_no_mistake() {
    let app = Router::new()
        .route("/users/{id}", page())
        .route_layer(RequireFeature::new("sso"))
        .layer(layer(&on("community")));
    let request = Request::get("/users/7").body(Body::empty()).unwrap();
    check_router(app, [request]).await.unwrap();
}

#[tokio::test]
async fn several_mistakes_are_told_together() {
    let app = Router::new()
        .route("/sso", page())
        .layer(RequireFeature::new("sso"));
    let mistakes = check_router(app, to_sso()).await.unwrap_err();
    let found = mistakes.found().iter();
    let kinds: Vec<_> = found.map(|(_, mistake)| mistake.clone()).collect();
    assert_eq!(kinds, [OrderMistake::LayerMissing, OrderMistake::NotARoute]);
    assert_eq!(format!("{mistakes:?}"), mistakes.to_string());
}
