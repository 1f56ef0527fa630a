//! Four layers, and a load that is denied altogether, over real sockets.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread::{self, JoinHandle};

use actix_web::{App, HttpServer, web};
use axum::Router;
use axum::routing::get;
use entitlements_axum::allowlist::{AllowlistChange, AllowlistStore, ChangedBy, MemoryAllowlists};
use entitlements_axum::{
    AccountId, Catalog, Entitlements, EntitlementsLayer, IpAllowlist, RateLimit, Reply,
    RequireFeature, testing,
};
use entitlements_benches::load::{Target, drive};
use entitlements_benches::report::LoadTable;
use tokio::sync::oneshot;
use tower::ServiceBuilder;

use crate::axum_router::NoLayer;

const AXUM: &str = "axum, bare";
const AXUM_ROUTES: &str = "axum, four layers, each a `route_layer`";
const AXUM_AROUND: &str = "axum, four layers around the router";
const AXUM_NOTHING: &str = "axum, four layers that do nothing, each a `route_layer`";
const AXUM_DENIED: &str = "axum, four layers around the router, all denied";
const ACTIX: &str = "actix-web, bare";
const ACTIX_FOUR: &str = "actix-web, four layers";
const ACTIX_DENIED: &str = "actix-web, four layers, all denied";

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

/// What axum takes for that.
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

/// A server in a thread of its own, until it is dropped.
struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(serve: impl FnOnce(TcpListener, oneshot::Receiver<()>) + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread::spawn(|| serve(listener, stopped))),
        }
    }

    /// What has layers is told the other end of its connections, and the bare router is not.
    fn axum(router: Router, is_told: bool) -> Self {
        Self::start(move |listener, stopped| {
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
                    tokio::spawn(axum::serve(listener, app).into_future());
                } else {
                    tokio::spawn(axum::serve(listener, router).into_future());
                }
                let _ = stopped.await;
            });
        })
    }

    fn actix(engine: Option<Entitlements>) -> Self {
        use entitlements_actix::{EntitlementsLayer, IpAllowlist, RateLimit, RequireFeature};

        Self::start(move |listener, stopped| {
            actix_web::rt::System::new().block_on(async {
                let server = match engine {
                    None => HttpServer::new(|| App::new().route("/ping", web::get().to(ping)))
                        .workers(WORKERS)
                        .disable_signals()
                        .listen(listener)
                        .unwrap()
                        .run(),
                    Some(engine) => HttpServer::new(move || {
                        App::new()
                            .wrap(RequireFeature::new("sso"))
                            .wrap(RateLimit::new("api"))
                            .wrap(IpAllowlist::per_account())
                            .wrap(EntitlementsLayer::new(engine.clone()))
                            .route("/ping", web::get().to(ping))
                    })
                    .workers(WORKERS)
                    .disable_signals()
                    .listen(listener)
                    .unwrap()
                    .run(),
                };
                let handle = server.handle();
                actix_web::rt::spawn(server);
                let _ = stopped.await;
                handle.stop(false).await;
            });
        })
    }

    /// Sends a request that is to pass.
    fn ask(&self) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = "GET /ping HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }

    fn target(&self, name: &'static str, bare: &'static str, status: u16) -> Target {
        Target {
            name,
            bare,
            address: self.address,
            status,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

pub(crate) fn table() -> LoadTable {
    let (fast, slow) = (engine(FAST), engine(SLOW));
    let denied = Server::axum(around(&slow), true);
    // The one request of the slow engine that passes.
    denied.ask();
    let servers = [
        (Server::axum(bare(), false), AXUM, AXUM, 200),
        (
            Server::axum(each_a_route_layer(&fast), true),
            AXUM_ROUTES,
            AXUM,
            200,
        ),
        (Server::axum(around(&fast), true), AXUM_AROUND, AXUM, 200),
        (Server::axum(nothing(), true), AXUM_NOTHING, AXUM, 200),
        (denied, AXUM_DENIED, AXUM, 429),
        (Server::actix(None), ACTIX, ACTIX, 200),
        (Server::actix(Some(fast)), ACTIX_FOUR, ACTIX, 200),
        (Server::actix(Some(slow)), ACTIX_DENIED, ACTIX, 429),
    ];
    let targets: Vec<Target> = servers
        .iter()
        .map(|(server, name, bare, status)| server.target(name, bare, *status))
        .collect();
    let mut table = LoadTable {
        title: "Over loopback",
        about: "Requests per second of a server with two threads, over 32 connections that are kept alive; the load generator is two threads of hyper's client, on the same two processors. The four layers are `EntitlementsLayer`, `IpAllowlist::per_account()` with a range in the list, `RateLimit` by the plan's rate, with its headers, and `RequireFeature`; the bare server has none, and is not told the other end of its connections either. What is kept is the median of turns of 40 ms, each to the bare server's turn just before; in brackets the quartiles. What the server's threads compute for a request, the system's part of it included, is told beside.",
        figures: drive(&targets).unwrap(),
        bars: Vec::new(),
    };
    drop(servers);
    for (name, most) in [
        (AXUM_ROUTES, 5.0),
        (AXUM_AROUND, 5.0),
        (AXUM_DENIED, 10.0),
        (ACTIX_FOUR, 5.0),
        (ACTIX_DENIED, 10.0),
    ] {
        table.bar(name, most);
        if name == AXUM_ROUTES {
            table.known("axum boxes what each `route_layer` wraps, and clones it for each request: layers that do nothing show how much of it that is");
        }
    }
    table
}
