//! What a denial costs, beside a 404 of the same router.

use std::collections::HashSet;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use entitlements_axum::{RequireFeature, testing};
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

pub(crate) fn table() -> Table {
    let engine = testing::on_plan(testing::catalog(), "community");
    let mut router = Router::new()
        .route(
            "/page",
            get(page).route_layer(RequireFeature::new("sso").on(&engine)),
        )
        .with_state(());
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
            answer(&mut router.clone(), "/none", 404);
        }),
        Case::new("denial with its body, gate around the router", || {
            answer(&mut around, "/page", 402);
        }),
        Case::new("denial with its body, gate in a `route_layer`", || {
            answer(&mut router.clone(), "/page", 402);
        }),
        Case::new(
            "tower-http `ValidateRequestHeaderLayer` (constant text)",
            || answer(&mut validated, "/page", 402),
        ),
        Case::new("protect-axum (text body)", || {
            answer(&mut grants, "/page", 403);
        }),
    ]);
    let _ = &mut router;
    let mut table = Table {
        title: "A denial",
        about: "A request that a feature gate refuses, with its `application/problem+json` body and the typed denial in its extensions.",
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
    table
}
