//! What a 429 costs, beside an allowed request of the same rated route.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::ServiceResponse;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use entitlements_axum::account::{AccountStore, AccountTerms, MemoryAccounts, NewAccount};
use entitlements_axum::{
    AccountId, Catalog, Entitlements, EntitlementsLayer, RateLimit, Reply, testing,
};
use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;
use governor::middleware::StateInformationMiddleware;
use tower::{Layer, Service, ServiceBuilder};
use tower_governor::governor::GovernorConfigBuilder;
use tower_governor::key_extractor::KeyExtractor;
use tower_governor::{GovernorError, GovernorLayer};

use crate::axum_router::bare;

/// Says which case of a pair is which.
pub(crate) struct Pair {
    what: &'static str,
    pub(crate) allowed: &'static str,
    pub(crate) denied: &'static str,
}

const TOWER: Pair = Pair {
    what: "a plain tower service",
    allowed: "tower service, allowed",
    denied: "tower service, 429",
};
const TOWER_TURNS: Pair = Pair {
    what: "a plain tower service, accounts of two plans in turn",
    allowed: "tower service, allowed",
    denied: "tower service, 429, accounts of two plans in turn",
};
const TOWER_PEER: Pair = Pair {
    what: "`tower_governor` around a tower service",
    allowed: "tower service, `tower_governor`, allowed",
    denied: "tower service, `tower_governor`, 429",
};
pub(crate) const ROUTER: Pair = Pair {
    what: "an axum router",
    allowed: "axum router, allowed",
    denied: "axum router, 429",
};
const ROUTER_TURNS: Pair = Pair {
    what: "an axum router, accounts of two plans in turn",
    allowed: "axum router, allowed",
    denied: "axum router, 429, accounts of two plans in turn",
};
pub(crate) const ROUTER_PEER: Pair = Pair {
    what: "`tower_governor` around an axum router",
    allowed: "axum router, `tower_governor`, allowed",
    denied: "axum router, `tower_governor`, 429",
};
const ROUTE: Pair = Pair {
    what: "a route of an axum router",
    allowed: "axum `route_layer`, allowed",
    denied: "axum `route_layer`, 429",
};
const APP: Pair = Pair {
    what: "an actix-web app",
    allowed: "actix-web app, allowed",
    denied: "actix-web app, 429",
};
const APP_TURNS: Pair = Pair {
    what: "an actix-web app, accounts of two plans in turn",
    allowed: "actix-web app, allowed",
    denied: "actix-web app, 429, accounts of two plans in turn",
};

/// Answers at once, with nothing.
#[derive(Clone, Copy)]
struct Bare;

impl Service<Request> for Bare {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        drop(black_box(request));
        ready(Ok(Response::new(Body::empty())))
    }
}

/// So fast that nothing is ever denied, and so slow that all but one is.
const CATALOG: &str = r#"
schema = 1
[product]
name = "Bench"
default_plan = "slow"
plan_order = ["slow", "slower", "fast"]
[features.sso]
[rates.api]
[plans.slow]
features = ["sso"]
rates = { api = { requests = 1, per = "1d" } }
[plans.slower]
features = ["sso"]
rates = { api = { requests = 1, per = "2d" } }
[plans.fast]
features = ["sso"]
rates = { api = { requests = 1000000000, per = "1s" } }
"#;

/// An account of each plan, and the engine that knows them.
pub(crate) fn rated() -> (Entitlements, [AccountId; 3]) {
    let ids = ["fast", "slow", "slower"].map(|plan| {
        let id = AccountId::new(format!("acc_{plan:0>17}"));
        (plan, id)
    });
    let store = MemoryAccounts::default();
    for (plan, id) in &ids {
        let account = NewAccount::new(id.clone(), AccountTerms::on_plan(*plan), testing::NOW);
        assert!(matches!(store.insert(account), Reply::Now(Ok(true))));
    }
    let catalog = Catalog::from_toml(CATALOG).unwrap();
    let builder = Entitlements::builder().catalog(catalog).accounts(store);
    let mut built = pin!(builder.build());
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok((engine, _))) = built.as_mut().poll(&mut context) else {
        panic!("the engine is built at once");
    };
    (engine, ids.map(|(_, id)| id))
}

/// The account that the application's authentication told, as ours takes it.
#[derive(Clone)]
struct ByAccount;

impl KeyExtractor for ByAccount {
    type Key = AccountId;

    fn extract<T>(&self, request: &http::Request<T>) -> Result<AccountId, GovernorError> {
        let account = request.extensions().get();
        account.cloned().ok_or(GovernorError::UnableToExtractKey)
    }
}

/// The peer, with headers as ours has them.
fn peer(
    period: Duration,
    burst: u32,
) -> GovernorLayer<ByAccount, StateInformationMiddleware, Body> {
    let config = GovernorConfigBuilder::default()
        .key_extractor(ByAccount)
        .period(period)
        .burst_size(burst)
        .use_headers()
        .finish();
    GovernorLayer::new(config.unwrap())
}

fn answer<S>(service: &mut S, account: &AccountId, status: u16)
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let mut request = Request::builder().uri("/page").body(Body::empty()).unwrap();
    request.extensions_mut().insert(account.clone());
    let mut context = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut context).is_ready());
    let future = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = future.poll(&mut context) else {
        panic!("the service does not answer at once");
    };
    assert_eq!(black_box(response).status(), status);
}

fn answer_of_app<S, B>(app: &S, account: &AccountId, status: u16)
where
    S: actix_web::dev::Service<
            actix_http::Request,
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
        >,
{
    let request = actix_web::test::TestRequest::with_uri("/page").to_request();
    request.extensions_mut().insert(account.clone());
    let future = pin!(app.call(request));
    let Poll::Ready(Ok(response)) = future.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the app does not answer at once");
    };
    assert_eq!(black_box(response).status(), status);
}

pub(crate) fn table() -> Table {
    actix_web::rt::System::new().block_on(measured())
}

async fn page() -> &'static str {
    "welcome"
}

async fn measured() -> Table {
    let (engine, [fast, slow, slower]) = rated();
    let (turns, more_turns, app_turns) = (Cell::new(false), Cell::new(false), Cell::new(false));
    let next = |at: &Cell<bool>| {
        at.set(!at.get());
        if at.get() { &slow } else { &slower }
    };
    let layers = || {
        ServiceBuilder::new()
            .layer(EntitlementsLayer::new(engine.clone()))
            .layer(RateLimit::new("api"))
    };
    let mut service = Bare;
    let mut rated = layers().service(Bare);
    let mut rated_again = rated.clone();
    let mut in_turn_service = rated.clone();
    let (quickly, slowly) = (
        peer(Duration::from_nanos(1), u32::MAX),
        peer(Duration::from_secs(86_400), 1),
    );
    let mut peer = quickly.layer(Bare);
    let mut peer_slow = slowly.layer(Bare);
    let mut router = bare();
    let mut around = layers().service(bare());
    let mut around_again = around.clone();
    let mut in_turn_router = around.clone();
    let mut peer_around = ServiceBuilder::new().layer(quickly).service(bare());
    let mut peer_slow_around = ServiceBuilder::new().layer(slowly).service(bare());
    let mut inside = bare().route_layer(layers()).with_state(());
    let mut inside_again = inside.clone();
    let app = actix_web::test::init_service(
        actix_web::App::new().route("/page", actix_web::web::get().to(page)),
    )
    .await;
    let rated_app = actix_web::test::init_service(
        actix_web::App::new()
            .wrap(entitlements_actix::RateLimit::new("api"))
            .wrap(entitlements_actix::EntitlementsLayer::new(engine.clone()))
            .route("/page", actix_web::web::get().to(page)),
    )
    .await;
    // The one that a slow account may; both of the peer's count together, too.
    answer(&mut rated, &slow, 200);
    answer(&mut rated, &slower, 200);
    answer(&mut peer_slow, &slow, 200);
    let figures = compare(vec![
        Case::new("tower service, no rate", || {
            answer(&mut service, &fast, 200);
        }),
        Case::new(TOWER.allowed, || answer(&mut rated, &fast, 200)),
        Case::new(TOWER.denied, || answer(&mut rated_again, &slow, 429)),
        Case::new(TOWER_TURNS.denied, || {
            answer(&mut in_turn_service, next(&turns), 429);
        }),
        Case::new(TOWER_PEER.allowed, || answer(&mut peer, &fast, 200)),
        Case::new(TOWER_PEER.denied, || answer(&mut peer_slow, &slow, 429)),
        Case::new("axum router, no rate", || answer(&mut router, &fast, 200)),
        Case::new(ROUTER.allowed, || answer(&mut around, &fast, 200)),
        Case::new(ROUTER.denied, || answer(&mut around_again, &slow, 429)),
        Case::new(ROUTER_TURNS.denied, || {
            answer(&mut in_turn_router, next(&more_turns), 429);
        }),
        Case::new(ROUTER_PEER.allowed, || answer(&mut peer_around, &fast, 200)),
        Case::new(ROUTER_PEER.denied, || {
            answer(&mut peer_slow_around, &slow, 429);
        }),
        Case::new(ROUTE.allowed, || answer(&mut inside, &fast, 200)),
        Case::new(ROUTE.denied, || answer(&mut inside_again, &slow, 429)),
        Case::new("actix-web app, no rate", || {
            answer_of_app(&app, &fast, 200);
        }),
        Case::new(APP.allowed, || answer_of_app(&rated_app, &fast, 200)),
        Case::new(APP.denied, || answer_of_app(&rated_app, &slow, 429)),
        Case::new(APP_TURNS.denied, || {
            answer_of_app(&rated_app, next(&app_turns), 429);
        }),
    ]);
    let mut table = Table {
        title: "A request that comes too fast",
        about: "An allowed request of a route behind `EntitlementsLayer` and `RateLimit`, which says in its headers where the rate stands, and a denied one, which says it too and has a problem for its body. `tower_governor` by the same account, with its headers, a text for its body.",
        figures,
        bars: Vec::new(),
    };
    for Pair {
        what,
        allowed,
        denied,
    } in [
        TOWER,
        TOWER_TURNS,
        ROUTER,
        ROUTER_TURNS,
        ROUTE,
        APP,
        APP_TURNS,
    ] {
        let ratio = table.nanoseconds(denied) / table.nanoseconds(allowed);
        table.bar(
            format!("{what}: a 429 to an allowed request"),
            ratio,
            1.5,
            "x",
        );
    }
    for (ours, theirs) in [(TOWER, TOWER_PEER), (ROUTER, ROUTER_PEER)] {
        let ratio = table.nanoseconds(ours.denied) / table.nanoseconds(theirs.denied);
        table.bar(
            format!("a 429 of {}, to {}'s", ours.what, theirs.what),
            ratio,
            1.0,
            "x",
        );
    }
    table
}
