//! Gates, extractor and management API in an axum router, as an application puts them together.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

#[cfg(feature = "admin")]
mod allowlist;
mod current;
mod ending;
mod order;
mod rates;
mod routes;
#[cfg(feature = "admin")]
mod socket;
mod streams;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use entitlements_axum::testing::TestEngine;
use entitlements_axum::{EntitlementsLayer, testing};
use http::Request;
use tower::ServiceExt;

fn on(plan: &str) -> TestEngine {
    testing::on_plan(testing::catalog(), plan)
}

fn layer(engine: &TestEngine) -> EntitlementsLayer {
    EntitlementsLayer::new(engine.entitlements().clone())
}

async fn send(app: &Router, method: &str, path: &str) -> Response {
    let request = Request::builder().method(method).uri(path);
    let request = request.body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}
