//! The program: routes, and what each of them asks for.

use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use entitlements_axum::{
    BearerToken, Current, Entitlements, EntitlementsLayer, IpAllowlist, RateLimit, Refusal,
    ReleaseLimit, Require, RequireFeature, RequireLimit, Requirement,
};
use quickstart_common::{Users, WhoseRequest};
use serde_json::{Value, json};

use crate::{office, users};

/// Every route, with the gates in front of them.
pub(crate) fn router(
    entitlements: Entitlements,
    admin: BearerToken,
    whose: WhoseRequest,
) -> Router {
    let management =
        entitlements_axum::admin(entitlements.clone(), admin.clone(), admin, whose.clone());
    let takes_a_user = known(RequireLimit::new("users"), &entitlements);
    let gives_a_user_back = known(ReleaseLimit::new("users"), &entitlements);
    let not_too_fast = known(RateLimit::new("api"), &entitlements);
    let routes = Router::new()
        .route("/", get(index))
        .route("/sso", get(sso).route_layer(RequireFeature::new("sso")))
        .route(
            "/audit",
            get(audit).route_layer(RequireFeature::new("audit")),
        )
        .route(
            "/users",
            get(users::list)
                .post(users::create)
                .route_layer(takes_a_user),
        )
        .route(
            "/users/{id}",
            delete(users::remove).route_layer(gives_a_user_back),
        )
        .with_state(Users::default())
        .route(
            "/office",
            get(office::show).route_layer(IpAllowlist::per_account()),
        )
        .route("/ping", get(ping).route_layer(not_too_fast))
        .route_layer(EntitlementsLayer::new(entitlements).account_from(whose))
        .nest_service("/api/v1", management)
        .fallback(nothing_here);
    // Around them all: axum adds `Allow` last.
    Router::new()
        .fallback_service(routes)
        .layer(map_response(with_a_reason))
}

/// The gate with its engine; where a vendor's catalog lacks the name there is nothing to count, and it asks for an account alone.
fn known(gate: Require, entitlements: &Entitlements) -> Require {
    let gate = gate.try_on(entitlements);
    gate.unwrap_or_else(|_| Require::new(Requirement::default()))
}

async fn index(entitlements: Current) -> Json<Value> {
    Json(json!({
        "account": entitlements.account().as_str(),
        "product": entitlements.catalog().product_name(),
        "plan": entitlements.plan_in_force().name(),
        "status": entitlements.status().as_str(),
    }))
}

async fn sso(entitlements: Current) -> Json<Value> {
    Json(json!({
        "feature": "sso",
        "plan": entitlements.plan_in_force().name(),
        "message": "log in with your company's account",
    }))
}

async fn audit() -> Json<Value> {
    Json(json!({ "feature": "audit", "events": [] }))
}

async fn ping() -> &'static str {
    "pong\n"
}

async fn nothing_here() -> Response {
    Refusal::not_found("there is nothing at this path")
        .response()
        .into_response()
}

/// Gives axum's bare 405 the body that the management API's has.
async fn with_a_reason(response: Response) -> Response {
    let is_bare = response.status() == StatusCode::METHOD_NOT_ALLOWED
        && response.headers().get(CONTENT_TYPE).is_none();
    match response.headers().get(ALLOW).map(|allow| allow.to_str()) {
        Some(Ok(allowed)) if is_bare => Refusal::MethodNotAllowed(allowed.replace(',', ", "))
            .response()
            .into_response(),
        _ => response,
    }
}
