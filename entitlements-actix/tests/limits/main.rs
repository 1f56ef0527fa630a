//! Limits at the gates of actix-web: whatever becomes of a request, exactly what succeeded is used, and nothing stays reserved.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod bodies;
mod leases;
mod outcomes;
mod races;
mod storm;

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, fn_service};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use entitlements_actix::testing::{TestEngine, TestVendor};
use entitlements_actix::{AccountId, AccountLimit, Catalog, Require, testing};

const CATALOG: &str = r#"
    schema = 1
    [product]
    name = "Limited"
    default_plan = "free"
    [features.sso]
    [limits.users]
    [limits.projects]
    [limits.connections]
    kind = "concurrent"
    lease = "90s"
    [plans.free]
    limits = { users = 3, projects = 2, connections = 2 }
    [plans.all]
    features = ["sso"]
"#;

fn catalog() -> Arc<Catalog> {
    Arc::new(Catalog::from_toml(CATALOG).unwrap())
}

/// Three users, two projects and two connections.
fn engine() -> TestEngine {
    testing::without_license(catalog())
}

/// The same, where `count` says how many projects there are.
fn counting<F, C>(count: F) -> TestEngine
where
    F: Fn() -> C + Send + Sync + 'static,
    C: Future<Output = u64> + Send + 'static,
{
    let count = move |_: AccountId| {
        let count = count();
        async move { Ok::<_, std::convert::Infallible>(count.await) }
    };
    TestEngine::build(catalog(), TestVendor::new(), |builder| {
        builder.count("projects", count)
    })
    .0
}

fn limit(engine: &TestEngine, name: &'static str) -> AccountLimit {
    engine.limit(&AccountId::LOCAL, name)
}

async fn used(engine: &TestEngine, name: &'static str) -> u64 {
    limit(engine, name).used().await.unwrap()
}

/// How many more there is room for: all that is allowed, but for what is used and what is reserved.
async fn room(engine: &TestEngine, name: &'static str) -> u64 {
    let limit = limit(engine, name);
    let mut held = Vec::new();
    while let Ok(reservation) = limit.reserve(1).await {
        held.push(reservation);
    }
    held.len() as u64
}

/// How many users are used, and how many more there is room for.
async fn users(engine: &TestEngine) -> (u64, u64) {
    (used(engine, "users").await, room(engine, "users").await)
}

fn to(method: &str) -> ServiceRequest {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    TestRequest::default()
        .method(method)
        .uri("/users")
        .to_srv_request()
}

/// A gate around a handler, without an application: what the gate does with an error or a drop is seen as it is.
async fn gated<F, C>(
    gate: &Require,
    handler: F,
) -> impl Service<ServiceRequest, Response = ServiceResponse<EitherBody<BoxBody>>, Error = Error>
+ use<F, C>
where
    F: Fn(ServiceRequest) -> C + Clone + 'static,
    C: Future<Output = Result<ServiceResponse, Error>> + 'static,
{
    gate.new_transform(fn_service(handler)).await.unwrap()
}

/// A response of this status.
fn answer(request: ServiceRequest, status: u16) -> ServiceResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap();
    request.into_response(HttpResponse::build(status).finish())
}

/// Polls once.
fn look<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}
