//! The servers: axum's and actix-web's, each with a route for each place, which lets that place pass and no other, and one that says who asks.

use std::net::{SocketAddr, TcpListener};
use std::thread;

use actix_web::{App, HttpServer, rt, web};
use axum::Router;
use axum::routing::get;
use entitlements_axum::allowlist::{AllowlistCaller, AllowlistChange};
use entitlements_axum::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
use entitlements_axum::{AccountId, Entitlements, Timestamp};

use crate::place::Place;

const CATALOG: &str = "
    schema = 1
    product = { name = 'Panel', default_plan = 'all' }
    features.ip_allowlist = {}
    plans.all = { features = ['ip_allowlist'] }";

/// Behind proxies in these ranges, which write `X-Forwarded-For`.
pub(crate) fn behind(ranges: &[&str]) -> ClientAddress {
    let proxies = TrustedProxies::parse(ranges).unwrap();
    ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for())
}

/// Behind so many of them.
pub(crate) fn behind_so_many(proxies: u8) -> ClientAddress {
    let proxies = TrustedProxies::hops(proxies);
    ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for())
}

/// Where they listen: axum's first.
pub(crate) async fn servers(addresses: ClientAddress) -> [SocketAddr; 2] {
    let engine = Entitlements::builder()
        .catalog_toml(CATALOG)
        .unwrap()
        .client_address(addresses);
    let (engine, _) = engine.build().await.unwrap();
    let office = Place::Client.address();
    let office = AllowlistChange::add(office, "office", "ann", Timestamp::UNIX_EPOCH).unwrap();
    let by = AllowlistCaller::nobody();
    let account = AccountId::LOCAL;
    let changed = engine.change_allowlist(&account, office, by).await;
    changed.unwrap();
    [axum(engine.clone()), actix(engine)]
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn axum(engine: Entitlements) -> SocketAddr {
    use entitlements_axum::{ClientIp, EntitlementsLayer, IpAllowlist};

    let office = get(async || "open").route_layer(IpAllowlist::per_account());
    let whoami = get(async |ClientIp(address): ClientIp| address.to_string());
    let mut app = Router::new()
        .route("/office", office)
        .route("/whoami", whoami);
    for place in Place::ALL {
        let gate = IpAllowlist::fixed([place.address()]).on(&engine);
        let path = format!("/from/{}", place.address());
        app = app.route(&path, get(async || "open").route_layer(gate));
    }
    let app = app.layer(EntitlementsLayer::new(engine));
    let (listener, address) = listener();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum::serve(listener, app).into_future());
    address
}

fn actix(engine: Entitlements) -> SocketAddr {
    use entitlements_actix::{ClientIp, EntitlementsLayer, IpAllowlist};

    let (listener, address) = listener();
    // It ends with the program.
    thread::spawn(move || {
        let app = move || {
            let office = web::get().to(async || "open");
            let whoami = web::get().to(async |client: ClientIp| client.0.to_string());
            let mut app = App::new()
                .route("/office", office.wrap(IpAllowlist::per_account()))
                .route("/whoami", whoami);
            for place in Place::ALL {
                let gate = IpAllowlist::fixed([place.address()]).on(&engine);
                let path = format!("/from/{}", place.address());
                app = app.route(&path, web::get().to(async || "open").wrap(gate));
            }
            app.wrap(EntitlementsLayer::new(engine.clone()))
        };
        let server = HttpServer::new(app).workers(1).disable_signals();
        let server = server.listen(listener).unwrap().run();
        rt::System::new().block_on(server).unwrap();
    });
    address
}
