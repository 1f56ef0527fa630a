//! Which service asks for what.
//!
//! A layer stands in front of a whole gRPC service, so methods that ask for different things are in different
//! services. [`LayerExt::named_layer`] keeps the name by which tonic finds a service behind a layer.

use axum::routing::get;
use axum::{Json, Router};
use entitlements_axum::Current;
use entitlements_tower::core::account::ApiKeys;
use entitlements_tower::core::allowlist::WhenEmpty;
use entitlements_tower::core::client_address::CidrError;
use entitlements_tower::core::{Entitlements, Settle};
use entitlements_tower::{EntitlementsLayer, IpAllowlist, Require, RequireFeature, RequireLimit};
use serde_json::{Value, json};
use tonic::service::{LayerExt, Routes};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::services::{Exports, Plan, Projects};

/// The gRPC services, each behind its gate. Clones share the projects.
#[must_use]
pub fn services() -> Routes {
    // A project counts where the call succeeds, and not where its name is taken.
    let projects = RequireLimit::new("projects");
    // From where the account says; where it says nothing, from everywhere. An export that breaks off halfway says so in its trailers: it counts when it was sent to its end.
    let exports = RequireFeature::new("export")
        .and_ip_allowlist()
        .and_limit("exports")
        .settle(Settle::AtBodyEnd);
    Routes::new(Plan)
        .add_service(projects.named_layer(Projects::default()))
        .add_service(exports.named_layer(Exports))
}

/// Lets through who calls from one of these ranges, and everybody where there are none. It stands in front of all, the API keys included, so
/// that whoever is elsewhere cannot try any; so it is given the engine.
///
/// # Errors
/// When one of them is no range.
pub fn front(ranges: &[String], engine: &Entitlements) -> Result<Require, CidrError> {
    let ranges = ranges.iter().map(String::as_str);
    Ok(IpAllowlist::try_fixed(ranges, WhenEmpty::AllowAll)?.on(engine))
}

/// Whose call it is says the API key in its metadata: `authorization: Bearer <key>`.
fn engine_layer(
    engine: Entitlements,
    keys: &ApiKeys,
) -> EntitlementsLayer<impl entitlements_tower::core::ResolveAccount> {
    EntitlementsLayer::new(engine).account_from(keys.from_bearer())
}

/// Serves the services by tonic's own server.
///
/// # Errors
/// When the server ends by itself.
///
/// # Cancel safety
/// Dropping the future ends the server and the calls that are under way.
pub async fn serve(
    listener: TcpIncoming,
    services: Routes,
    front: Require,
    engine: Entitlements,
    keys: &ApiKeys,
) -> Result<(), tonic::transport::Error> {
    Server::builder()
        .layer(front)
        .layer(engine_layer(engine, keys))
        .add_routes(services)
        .serve_with_incoming(listener)
        .await
}

/// The same services in an axum router, beside routes of HTTP.
pub fn router(services: Routes, front: Require, engine: Entitlements, keys: &ApiKeys) -> Router {
    let http = Router::new().route("/plan", get(plan)).route(
        "/export",
        get(export).route_layer(RequireFeature::new("export")),
    );
    services
        .into_axum_router()
        .merge(http)
        .layer(engine_layer(engine, keys))
        .layer(front)
}

async fn plan(current: Current) -> Json<Value> {
    Json(json!({ "account": current.account().as_str(), "plan": current.plan_in_force().name() }))
}

async fn export() -> Json<Value> {
    Json(json!({ "rows": [1, 2, 3] }))
}
