//! Layers in the wrong order are told, with what to do.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use entitlements_axum::account::AccountTerms;
use entitlements_axum::testing::{TestEngine, check_router};
use entitlements_axum::{AccountId, IpAllowlist, OrderMistake, Require, RequireFeature};
use tower::{ServiceBuilder, ServiceExt};

use crate::{layer, on};

const ENGINE_MISSING: &str = "GET /sso: a gate finds no engine: put an `EntitlementsLayer` around it, or give the gate its engine with `.on(&entitlements)`";
const AUTHENTICATION_INSIDE: &str = "GET /sso: the `EntitlementsLayer` looks for the account before the authentication has said it: put the authentication around the `EntitlementsLayer`, so that it runs first";
const NOT_A_ROUTE: &str = "a gate answers for a path that no route has: put it around routes only (axum: use `route_layer` in place of `layer`; actix-web: `wrap` resources in it in place of the `App` or the scope), so that 404 and 405 stay what they are";

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

/// Else the list of nobody in particular, which is empty, would open what an account's own closes.
#[tokio::test]
async fn an_accounts_allowlist_before_the_authentication_is_told() {
    let gated = |gate: Require| Router::new().route("/sso", page()).layer(gate);
    let engine = with_acme("business").await;
    let by_account = gated(IpAllowlist::per_account())
        .layer(from_fn(authentication))
        .layer(layer(&engine));
    let mistakes = check_router(by_account, to_sso()).await.unwrap_err();
    assert_eq!(mistakes.to_string(), AUTHENTICATION_INSIDE);
    let fixed = gated(IpAllowlist::fixed(["192.0.2.0/24"]))
        .layer(from_fn(authentication))
        .layer(layer(&engine));
    check_router(fixed, to_sso()).await.unwrap();
}

#[tokio::test]
async fn a_gate_by_layer_is_told() {
    let app = Router::new()
        .route("/sso", page())
        .layer(RequireFeature::new("sso"))
        .layer(layer(&on("community")));
    let mistakes = check_router(app, []).await.unwrap_err().to_string();
    assert!(
        mistakes.starts_with("GET /entitlements-check-"),
        "{mistakes}"
    );
    assert!(mistakes.ends_with(NOT_A_ROUTE), "{mistakes}");
}

fn nest(nested: Router, engine: &TestEngine) -> Router {
    Router::new().nest("/api", nested).layer(layer(engine))
}

fn to_nested() -> [Request; 1] {
    [Request::get("/api/deep/er").body(Body::empty()).unwrap()]
}

/// Also where the plan has the feature.
#[tokio::test]
async fn a_gate_around_the_fallback_of_a_nested_router_is_told() {
    let router = || Router::new().route("/deep/er", page());
    for plan in ["community", "business"] {
        let engine = on(plan);
        let with_fallback = || router().fallback(async || "nothing here");
        let wrong = with_fallback().layer(RequireFeature::new("sso"));
        let mistakes = check_router(nest(wrong, &engine), to_nested()).await;
        let mistakes = mistakes.unwrap_err().to_string();
        assert!(mistakes.starts_with("GET /api/"), "{mistakes}");
        assert!(mistakes.ends_with(NOT_A_ROUTE), "{mistakes}");
        assert_eq!(mistakes.lines().count(), 1);

        let right = with_fallback().route_layer(RequireFeature::new("sso"));
        let mistakes = check_router(nest(right, &engine), to_nested()).await;
        mistakes.unwrap();
        // The fallback of the router around it answers for what a nested one lacks, if that has none.
        let right = router().layer(RequireFeature::new("sso"));
        let mistakes = check_router(nest(right, &engine), to_nested()).await;
        mistakes.unwrap();
    }
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
    let kinds: Vec<_> = found.map(|(_, mistake)| *mistake).collect();
    assert_eq!(kinds, [OrderMistake::LayerMissing, OrderMistake::NotARoute]);
    assert_eq!(format!("{mistakes:?}"), mistakes.to_string());
}

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to what its thread logged.
struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What this thread logs while a router is asked for some paths, in turn.
async fn logged(app: Router, paths: &[&str]) -> String {
    // For all threads and for good: listeners that come and go on one thread take others' lines along.
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(|| Log)
            .init();
    });
    LOG.take();
    for path in paths {
        let request = Request::get(*path).body(Body::empty()).unwrap();
        app.clone().oneshot(request).await.unwrap();
    }
    String::from_utf8(LOG.take()).unwrap()
}

#[tokio::test]
async fn debug_builds_log_once_that_a_gate_is_around_more_than_routes() {
    let paths = ["/sso", "/nothing", "/sso", "/nothing/either"];
    for plan in ["community", "business"] {
        let by_layer = Router::new()
            .route("/sso", page())
            .layer(RequireFeature::new("sso"))
            .layer(layer(&on(plan)));
        let log = logged(by_layer, &paths).await;
        assert_eq!(log.matches(NOT_A_ROUTE).count(), 1, "{log}");
        assert!(log.contains(r#"path="/nothing""#), "{log}");
    }
}

#[tokio::test]
async fn gates_where_they_belong_log_nothing() {
    let engine = on("community");
    let paths = ["/sso", "/nothing", "/sso"];
    let by_route_layer = Router::new()
        .route("/sso", page())
        .route_layer(RequireFeature::new("sso"))
        .layer(layer(&engine));
    assert_eq!(logged(by_route_layer, &paths).await, "");
    // What no route has is served by a fallback that has a gate of its own.
    let fallback = ServiceBuilder::new()
        .layer(RequireFeature::new("sso"))
        .service(Router::new());
    let on_the_fallback = Router::new()
        .route("/sso", page())
        .fallback_service(fallback)
        .layer(layer(&engine));
    assert_eq!(logged(on_the_fallback, &paths).await, "");
}

#[tokio::test]
async fn debug_builds_log_once_that_the_authentication_comes_too_late() {
    let app = sso()
        .layer(from_fn(authentication))
        .layer(layer(&with_acme("community").await));
    let log = logged(app, &["/sso", "/sso"]).await;
    let (_, sentence) = AUTHENTICATION_INSIDE.split_once(": ").unwrap();
    assert_eq!(log.matches(sentence).count(), 1, "{log}");
}
