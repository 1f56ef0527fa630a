//! A server to drive over loopback: `loopback-server KIND` says its address and serves until its input ends.
//!
//! It is a program of its own, for that of the benchmarks counts each allocation.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a part of the benchmarks"
)]

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

use actix_web::{App, HttpServer, web};
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use entitlements_axum::allowlist::{AllowlistChange, AllowlistStore, ChangedBy, MemoryAllowlists};
use entitlements_axum::{
    AccountId, Catalog, Entitlements, EntitlementsLayer, IpAllowlist, RateLimit, Reply,
    RequireFeature, testing,
};
use tower::{Service, ServiceBuilder};

/// How many threads a server has: as many as the machine of the figures has processors, which both frameworks would take by
/// themselves.
const WORKERS: usize = 2;

const CATALOG: &str = r#"
schema = 1
[product]
name = "Bench"
default_plan = "free"
[features.sso]
[features.ip_allowlist]
[rates.api]
[plans.free]
features = ["sso", "ip_allowlist"]
"#;

const FAST: &str = r#"rates = { api = { requests = 1000000000, per = "1s" } }"#;
const SLOW: &str = r#"rates = { api = { requests = 1, per = "1d" } }"#;

/// An engine of one account, with a list that lets loopback pass.
fn engine(rate: &str) -> Entitlements {
    let lists = MemoryAllowlists::default();
    let add = AllowlistChange::add("127.0.0.0/8", "", "bench", testing::NOW).unwrap();
    let added = lists.change(&AccountId::LOCAL, add, ChangedBy::nobody());
    assert!(matches!(added, Reply::Now(Ok(_))));
    let catalog = Catalog::from_toml(&[CATALOG, rate].concat()).unwrap();
    let builder = Entitlements::builder().catalog(catalog).allowlists(lists);
    let mut built = pin!(builder.build());
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok((engine, _))) = built.as_mut().poll(&mut context) else {
        panic!("the engine is built at once");
    };
    engine
}

async fn ping() -> &'static str {
    "pong"
}

fn bare() -> Router {
    Router::new().route("/ping", get(ping))
}

/// As the quickstart has them.
fn each_a_route_layer(engine: &Entitlements) -> Router {
    Router::new()
        .route("/ping", get(ping).route_layer(RequireFeature::new("sso")))
        .route_layer(RateLimit::new("api"))
        .route_layer(IpAllowlist::per_account())
        .route_layer(EntitlementsLayer::new(engine.clone()))
}

/// What axum takes for four.
fn nothing() -> Router {
    Router::new()
        .route("/ping", get(ping).route_layer(NoLayer))
        .route_layer(NoLayer)
        .route_layer(NoLayer)
        .route_layer(NoLayer)
}

fn around(engine: &Entitlements) -> Router {
    let layers = ServiceBuilder::new()
        .layer(EntitlementsLayer::new(engine.clone()))
        .layer(IpAllowlist::per_account())
        .layer(RateLimit::new("api"))
        .layer(RequireFeature::new("sso"));
    bare().layer(layers)
}

/// What has layers is told the other end of its connections, and the bare router is not.
fn axum(router: Router, is_told: bool, listener: TcpListener) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        if is_told {
            let app = router.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, app).await.unwrap();
        } else {
            axum::serve(listener, router).await.unwrap();
        }
    });
}

fn actix_bare(listener: TcpListener) {
    let server = HttpServer::new(|| App::new().route("/ping", web::get().to(ping)));
    let server = server.workers(WORKERS).listen(listener).unwrap();
    actix_web::rt::System::new().block_on(server.run()).unwrap();
}

fn actix(engine: Entitlements, listener: TcpListener) {
    use entitlements_actix::{EntitlementsLayer, IpAllowlist, RateLimit, RequireFeature};

    let server = HttpServer::new(move || {
        App::new()
            .wrap(RequireFeature::new("sso"))
            .wrap(RateLimit::new("api"))
            .wrap(IpAllowlist::per_account())
            .wrap(EntitlementsLayer::new(engine.clone()))
            .route("/ping", web::get().to(ping))
    });
    let server = server.workers(WORKERS).listen(listener).unwrap();
    actix_web::rt::System::new().block_on(server.run()).unwrap();
}

fn main() {
    let kind = std::env::args().nth(1).unwrap_or_default();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    println!("{}", listener.local_addr().unwrap());
    thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    match kind.as_str() {
        "axum-bare" => axum(bare(), false, listener),
        "axum-nothing" => axum(nothing(), true, listener),
        "axum-routes" => axum(each_a_route_layer(&engine(FAST)), true, listener),
        "axum-around" => axum(around(&engine(FAST)), true, listener),
        "axum-denied" => axum(around(&engine(SLOW)), true, listener),
        "actix-bare" => actix_bare(listener),
        "actix-four" => actix(engine(FAST), listener),
        "actix-denied" => actix(engine(SLOW), listener),
        _ => panic!("no server is called `{kind}`"),
    }
}

/// Hands everything on.
#[derive(Clone)]
struct NoLayer;

#[derive(Clone)]
struct NoService<S>(S);

impl<S> tower::Layer<S> for NoLayer {
    type Service = NoService<S>;

    fn layer(&self, inner: S) -> NoService<S> {
        NoService(inner)
    }
}

impl<S: Service<Request>> Service<Request> for NoService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> S::Future {
        self.0.call(request)
    }
}
