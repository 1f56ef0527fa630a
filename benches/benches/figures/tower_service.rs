//! A feature gate on a plain tower service.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use entitlements_axum::{
    Clock, Entitlements, EntitlementsLayer, RequireFeature, SystemClock, testing,
};
use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;
use http::{Request, Response};
use tower::{Layer, Service, ServiceBuilder};
use tower_http::validate_request::ValidateRequestHeaderLayer;

/// The bare service: answers at once, with nothing.
#[derive(Clone, Copy)]
struct Bare;

impl Service<Request<()>> for Bare {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        drop(black_box(request));
        ready(Ok(Response::new(String::new())))
    }
}

/// An engine on the business plan with the system's clock.
pub(crate) fn engine() -> Entitlements {
    let vendor = testing::TestVendor::new();
    let catalog = testing::catalog();
    let now = SystemClock::new().now();
    let key = vendor.key(&catalog, |draft| {
        draft
            .plan("enterprise")
            .issued_at(now)
            .expires_at(now.saturating_add_days(30))
    });
    let (engine, _) = testing::TestEngine::build(catalog, vendor, |builder| {
        builder.license_key(key).clock(Arc::new(SystemClock::new()))
    });
    engine.entitlements().clone()
}

fn call<S>(service: &mut S, request: Request<()>)
where
    S: Service<Request<()>, Error = Infallible>,
{
    let mut context = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut context).is_ready());
    let future = pin!(service.call(request));
    assert!(black_box(future.poll(&mut context)).is_ready());
}

#[expect(clippy::result_large_err, reason = "what the peer asks for")]
fn accept(_: &mut Request<()>) -> Result<(), Response<String>> {
    black_box(Ok(()))
}

pub(crate) fn table() -> Table {
    let entitlements = engine();
    let clock = SystemClock::new();
    let (mut bare, mut bare_again) = (Bare, Bare);
    let mut gated = RequireFeature::new("sso").on(&entitlements).layer(Bare);
    let engine_layer = EntitlementsLayer::new(entitlements.clone());
    let mut provided = engine_layer.layer(Bare);
    let mut one = ServiceBuilder::new()
        .layer(engine_layer.clone())
        .layer(RequireFeature::new("sso"))
        .service(Bare);
    let mut four = ServiceBuilder::new()
        .layer(engine_layer)
        .layer(RequireFeature::new("sso"))
        .layer(RequireFeature::new("audit"))
        .layer(RequireFeature::new("scim"))
        .layer(RequireFeature::new("ip_allowlist"))
        .service(Bare);
    let mut peer = ServiceBuilder::new()
        .layer(ValidateRequestHeaderLayer::custom(accept))
        .service(Bare);
    let shared = Arc::new(());
    let mut provided_request = Request::new(());
    provided_request
        .extensions_mut()
        .insert(entitlements.current());
    let new = || Request::new(());
    let figures = compare(vec![
        Case::new("bare service", || call(&mut bare, new())),
        Case::new("one clock read", || {
            black_box(clock.now());
        }),
        Case::new("bare service and one extension insert", || {
            let mut request = new();
            request
                .extensions_mut()
                .insert((Arc::clone(&shared), Arc::clone(&shared), 0_i64));
            call(&mut bare_again, request);
        }),
        Case::new("one extension look-up", || {
            black_box(
                provided_request
                    .extensions()
                    .get::<entitlements_axum::EngineCurrent>(),
            );
        }),
        Case::new("gate with `.on(&entitlements)`", || call(&mut gated, new())),
        Case::new("`EntitlementsLayer`", || call(&mut provided, new())),
        Case::new("`EntitlementsLayer` and one gate", || call(&mut one, new())),
        Case::new("`EntitlementsLayer` and four gates", || {
            call(&mut four, new());
        }),
        Case::new("tower-http `ValidateRequestHeaderLayer`", || {
            call(&mut peer, new());
        }),
    ]);
    let mut table = Table {
        title: "A gate on a plain tower service",
        about: "An allowed request through a service that answers at once. The request is built in each of them.",
        figures,
        bars: Vec::new(),
    };
    let bare = table.nanoseconds("bare service");
    let clock = table.nanoseconds("one clock read");
    let insert = table.nanoseconds("bare service and one extension insert") - bare;
    let gate = table.nanoseconds("gate with `.on(&entitlements)`") - bare - clock;
    let one = table.nanoseconds("`EntitlementsLayer` and one gate") - bare - clock;
    table.bar(
        "a gate with `.on`, beyond one clock read",
        gate,
        20.0,
        " ns",
    );
    table.bar(
        "allocations of a gate with `.on`",
        table.allocations("gate with `.on(&entitlements)`") - table.allocations("bare service"),
        0.0,
        "",
    );
    table.bar(
        "a gate through extensions, beyond clock and insert",
        one - insert,
        20.0,
        " ns",
    );
    table.bar(
        "allocations of four gates, beyond one insert",
        table.allocations("`EntitlementsLayer` and four gates")
            - table.allocations("bare service and one extension insert"),
        0.0,
        "",
    );
    table
}
