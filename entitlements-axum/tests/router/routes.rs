use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, map_response};
use axum::response::Response;
use axum::routing::{any, get, post};
use entitlements_axum::{Denial, RequireFeature, RequirePaid};
use http::HeaderValue;

use crate::{layer, on, send, text};

fn app() -> Router {
    Router::new()
        .route("/sso", get(async || "sso").post(async || "posted"))
        .route("/form", post(async || "form"))
        .route_layer(RequireFeature::new("sso"))
        .route("/open", get(async || "open"))
        .layer(layer(&on("community")))
}

#[tokio::test]
async fn unknown_paths_stay_404_and_are_not_sold() {
    for method in ["GET", "POST", "DELETE", "OPTIONS"] {
        assert_eq!(send(&app(), method, "/nothing").await.status(), 404);
    }
    assert_eq!(send(&app(), "GET", "/sso").await.status(), 402);
    assert_eq!(send(&app(), "GET", "/open").await.status(), 200);
}

/// On a method router, `route_layer` lets wrong methods be what they are.
#[tokio::test]
async fn wrong_methods_stay_405_where_the_gate_is_on_the_method() {
    let gated = get(async || "sso").route_layer(RequireFeature::new("sso"));
    let app = Router::new()
        .route("/sso", gated)
        .layer(layer(&on("community")));
    let response = send(&app, "POST", "/sso").await;
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET,HEAD");
    assert_eq!(send(&app, "GET", "/sso").await.status(), 402);
}

#[tokio::test]
async fn a_head_of_a_gated_route_is_denied_without_a_body() {
    let response = send(&app(), "HEAD", "/sso").await;
    assert_eq!(response.status(), 402);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(text(response).await, "");
}

#[tokio::test]
async fn nested_and_merged_routers_keep_their_gates() {
    let business = on("business");
    let scim = Router::new()
        .route("/users", any(async || "scim"))
        .route_layer(RequireFeature::new("scim"));
    let sso = Router::new()
        .route("/sso", get(async || "sso"))
        .route_layer(RequireFeature::new("sso"));
    let app = Router::new()
        .nest("/scim/v2", scim)
        .merge(sso)
        .route_layer(RequirePaid::new())
        .layer(layer(&business));
    assert_eq!(send(&app, "GET", "/sso").await.status(), 200);
    let denied = send(&app, "GET", "/scim/v2/users").await;
    assert_eq!(denied.status(), 402);
    assert!(text(denied).await.contains(r#""feature":"scim""#));
    assert_eq!(send(&app, "GET", "/scim/v2/nothing").await.status(), 404);
}

/// What an application wraps around its router, as a CORS layer does, sees denials as responses like any other.
#[tokio::test]
async fn layers_outside_see_the_denial() {
    let cors = map_response(async |mut response: Response| {
        let any = HeaderValue::from_static("*");
        response
            .headers_mut()
            .insert("access-control-allow-origin", any);
        if let Some(denial) = response.extensions().get::<Denial>() {
            let code = HeaderValue::from_static(denial.code());
            response.headers_mut().insert("x-denial", code);
        }
        response
    });
    let app = app().layer(cors);
    let denied = send(&app, "GET", "/sso").await;
    assert_eq!(denied.status(), 402);
    assert_eq!(denied.headers()["access-control-allow-origin"], "*");
    assert_eq!(denied.headers()["x-denial"], "LICENSE_REQUIRED");
    let open = send(&app, "GET", "/open").await;
    assert!(!open.headers().contains_key("x-denial"));
}

/// An application's own pages for denials, made outside of the gate.
#[tokio::test]
async fn a_denial_can_be_answered_in_the_applications_own_words() {
    let own = from_fn(async |request: Request, next: Next| {
        let response = next.run(request).await;
        match response.extensions().get::<Denial>() {
            Some(denial) => {
                Response::new(format!("Upgrade to {}", denial.available_in()[0]).into())
            }
            None => response,
        }
    });
    let app = app().layer(own);
    assert_eq!(
        text(send(&app, "GET", "/sso").await).await,
        "Upgrade to business"
    );
}

#[tokio::test]
async fn a_fallback_can_be_gated_too() {
    let gated = get(async || "page").route_layer(RequireFeature::new("sso"));
    let app = Router::new()
        .fallback_service(gated)
        .layer(layer(&on("community")));
    assert_eq!(send(&app, "GET", "/anything").await.status(), 402);
}

#[tokio::test]
async fn a_preflight_reaches_the_applications_own_answer() {
    let app = Router::new()
        .route("/sso", get(async || "sso").options(async || "preflight"))
        .route_layer(RequireFeature::new("sso"))
        .layer(layer(&on("community")));
    let request = http::Request::options("/sso")
        .header("origin", "https://app.example")
        .header("access-control-request-method", "GET");
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(app.clone(), request)
        .await
        .unwrap();
    assert_eq!(text(response).await, "preflight");
    assert_eq!(send(&app, "OPTIONS", "/sso").await.status(), 402);
}
