//! The servers, each with a gate a path.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use actix_web::{App, HttpServer, web};
use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use entitlements_core::Entitlements;
use entitlements_core::account::PathAccount;
use entitlements_core::allowlist::WhenEmpty;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, UnixListener};
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt};

/// Where a server listens.
pub(crate) enum At {
    Path(PathBuf),
    Port(SocketAddr),
}

type Serve = fn(&Entitlements, &Path) -> At;

pub(crate) const SERVERS: [(&str, Serve); 4] = [
    ("hyper", hyper),
    ("axum", axum_on_a_path),
    ("actix", actix),
    ("axum without connect info", axum_on_a_port),
];

const PATHS: [&str; 6] = [
    "/restricted",
    "/everybody",
    "/off",
    "/none",
    "/fixed",
    "/fixed-open",
];

/// The gate of a path, in the words of any adapter.
macro_rules! gate {
    ($krate:ident, $path:expr, $engine:expr) => {
        match $path {
            "/fixed" => $krate::IpAllowlist::fixed(["192.0.2.0/24"]).on($engine),
            "/fixed-open" => {
                let open = $krate::IpAllowlist::try_fixed([""; 0], WhenEmpty::AllowAll);
                open.unwrap().on($engine)
            }
            _ => $krate::IpAllowlist::per_account(),
        }
    };
}

type Gated = BoxCloneSyncService<Request<Incoming>, Response<Full<Bytes>>, Infallible>;

fn hyper(engine: &Entitlements, path: &Path) -> At {
    let layer = entitlements_tower::EntitlementsLayer::new(engine.clone())
        .account_from(PathAccount::segment(0));
    let gates = PATHS.map(|path| {
        let handler = tower::service_fn(async |_: Request<Incoming>| {
            Ok::<_, Infallible>(Response::new(Full::from("welcome")))
        });
        let gate = gate!(entitlements_tower, path, engine);
        (path, Gated::new(layer.layer(gate.layer(handler))))
    });
    let listener = UnixListener::bind(path).unwrap();
    tokio::spawn(async move {
        loop {
            let Ok((socket, _)) = listener.accept().await else {
                continue;
            };
            let gates = gates.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let mut gates = gates.iter();
                let gate = gates.find(|(path, _)| *path == request.uri().path());
                gate.unwrap().1.clone().oneshot(request)
            });
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                drop(server.serve_connection(TokioIo::new(socket), service).await);
            });
        }
    });
    At::Path(path.to_owned())
}

fn router(engine: &Entitlements) -> Router {
    let layer = entitlements_axum::EntitlementsLayer::new(engine.clone())
        .account_from(PathAccount::segment(0));
    let gates = PATHS.map(|path| {
        let route = Router::new().route(path, get(async || "welcome"));
        route.route_layer(gate!(entitlements_axum, path, engine))
    });
    let all = gates.into_iter().fold(Router::new(), Router::merge);
    all.layer(layer)
}

fn axum_on_a_path(engine: &Entitlements, path: &Path) -> At {
    let listener = UnixListener::bind(path).unwrap();
    tokio::spawn(axum::serve(listener, router(engine)).into_future());
    At::Path(path.to_owned())
}

fn axum_on_a_port(engine: &Entitlements, _: &Path) -> At {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let at = listener.local_addr().unwrap();
    let listener = TcpListener::from_std(listener).unwrap();
    tokio::spawn(axum::serve(listener, router(engine)).into_future());
    At::Port(at)
}

fn actix(engine: &Entitlements, path: &Path) -> At {
    let (engine, listening) = (engine.clone(), path.to_owned());
    // One gate a path in the whole server, as one says so once.
    let gates = PATHS.map(|path| (path, gate!(entitlements_actix, path, &engine)));
    let app = move || {
        let layer = entitlements_actix::EntitlementsLayer::new(engine.clone())
            .account_from(PathAccount::segment(0));
        let gates = gates.clone();
        App::new()
            .configure(move |app| {
                for (path, gate) in gates {
                    app.service(web::resource(path).wrap(gate).to(async || "welcome"));
                }
            })
            .wrap(layer)
    };
    std::thread::spawn(move || {
        let server = HttpServer::new(app).workers(2).disable_signals();
        let server = server.bind_uds(listening).unwrap();
        actix_web::rt::System::new().block_on(server.run())
    });
    At::Path(path.to_owned())
}
