//! `entitlements_axum::catalog!` as a product uses it, which depends on this crate and on no other of the family.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use entitlements_axum::{
    Catalog, Current, EntitlementsLayer, Limit, RequireFeature, RequirePlan, testing,
};
use http::Request;
use tower::ServiceExt;

mod names {
    entitlements_axum::catalog!("tests/catalog_names.toml");
}

use names::{features, limits, plans};

fn catalog() -> Arc<Catalog> {
    Arc::new(Catalog::from_toml(include_str!("catalog_names.toml")).unwrap())
}

fn app(plan: &str) -> Router {
    let engine = testing::on_plan(catalog(), plan);
    // With the engine at hand the names are looked up when the gate is built, too.
    let audit = RequireFeature::new(features::AUDIT_LOG).on(&engine);
    Router::new()
        .route(
            "/sso",
            get(async || ()).route_layer(RequireFeature::new(features::SSO)),
        )
        .route("/audit", get(async || ()).route_layer(audit))
        .route(
            "/team",
            get(async || ()).route_layer(RequirePlan::at_least(plans::TEAM)),
        )
        .route(
            "/users",
            get(
                async |current: Current| match current.limit(limits::USERS.as_str()) {
                    Limit::AtMost(most) => most.to_string(),
                    Limit::Unlimited => "unlimited".to_owned(),
                },
            ),
        )
        .layer(EntitlementsLayer::new(engine.entitlements().clone()))
}

#[tokio::test]
async fn names_made_from_the_catalog_gate_routes() {
    for (plan, path, status) in [
        ("team", "/sso", 200),
        ("team", "/audit", 402),
        ("team", "/team", 200),
        ("free", "/sso", 402),
        ("free", "/team", 402),
        ("free", "/users", 200),
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = app(plan).oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path} on {plan}");
    }
}

#[test]
fn the_constants_are_the_catalogs_names() {
    assert_eq!(features::SSO.as_str(), "sso");
    assert_eq!(plans::FREE.as_str(), "free");
    assert_eq!(limits::USERS.as_str(), "users");
}
