//! What a denial costs, beside a 404 of the same router.

use std::collections::HashSet;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use entitlements_axum::{Refusal, RequireFeature, testing};
use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;
use http::StatusCode;
use protect_axum::GrantsLayer;
use tower::ServiceBuilder;
use tower_http::validate_request::ValidateRequestHeaderLayer;

use crate::axum_router::answer;

#[protect_axum::protect("sso")]
async fn protected() -> &'static str {
    "welcome"
}

async fn page() -> &'static str {
    "welcome"
}

async fn no_grants(_: &mut Request) -> Result<HashSet<String>, Response> {
    Ok(HashSet::new())
}

#[expect(clippy::result_large_err, reason = "what the peer asks for")]
fn refuse(_: &mut Request) -> Result<(), Response> {
    Err((StatusCode::PAYMENT_REQUIRED, "a license is required").into_response())
}

/// What a service answers that says its 404 in the form of its denials.
async fn nothing_here() -> Response {
    Refusal::not_found("there is nothing at this path")
        .response()
        .into_response()
}

pub(crate) fn table() -> Table {
    let engine = testing::on_plan(testing::catalog(), "community");
    let mut router = Router::new()
        .route(
            "/page",
            get(page).route_layer(RequireFeature::new("sso").on(&engine)),
        )
        .with_state(());
    let mut not_found = router.clone();
    let mut with_fallback = router.clone().fallback(nothing_here).with_state(());
    let mut validated: Router = Router::new()
        .route(
            "/page",
            get(page).route_layer(ValidateRequestHeaderLayer::custom(refuse)),
        )
        .with_state(());
    let mut grants: Router = Router::new()
        .route("/page", get(protected))
        .layer(GrantsLayer::with_extractor(no_grants))
        .with_state(());
    let mut around = ServiceBuilder::new()
        .layer(RequireFeature::new("sso").on(&engine))
        .service(Router::new().route("/page", get(page)).with_state(()));
    let figures = compare(vec![
        Case::new("404 of the router", || {
            answer(&mut not_found, "/none", 404);
        }),
        Case::new("404 of the router, with a problem for its body", || {
            answer(&mut with_fallback, "/none", 404);
        }),
        Case::new("denial with its body, gate around the router", || {
            answer(&mut around, "/page", 402);
        }),
        Case::new("denial with its body, gate in a `route_layer`", || {
            answer(&mut router, "/page", 402);
        }),
        Case::new(
            "tower-http `ValidateRequestHeaderLayer` (constant text)",
            || answer(&mut validated, "/page", 402),
        ),
        Case::new("protect-axum (text body)", || {
            answer(&mut grants, "/page", 403);
        }),
    ]);
    let mut table = Table {
        title: "A denial",
        about: "A request that a feature gate refuses, with its `application/problem+json` body and the typed denial in its extensions. In a `route_layer` the path is matched, the route cloned and its future boxed before any gate is asked, which an empty 404 of the router is spared; the peers show that part.",
        figures,
        bars: Vec::new(),
    };
    let not_found = table.nanoseconds("404 of the router");
    for name in ["gate around the router", "gate in a `route_layer`"] {
        let denial = table.nanoseconds(&format!("denial with its body, {name}"));
        table.bar(
            format!("{name}: to a 404 of the same router"),
            denial / not_found,
            1.3,
            "x",
        );
    }
    table.known("axum boxes and clones what a `route_layer` wraps; a peer's constant text costs most of it already");
    let with_body = table.nanoseconds("404 of the router, with a problem for its body");
    let inside = table.nanoseconds("denial with its body, gate in a `route_layer`");
    table.bar(
        "gate in a `route_layer`: to a 404 with a problem for its body",
        inside / with_body,
        1.3,
        "x",
    );
    table
}
