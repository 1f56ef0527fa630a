//! axum's own server, which tells of peers by its `ConnectInfo`.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::any;
use entitlements_axum::{EntitlementsLayer, IpAllowlist};
use entitlements_core::FixedAccount;
use tokio::net::TcpListener;

use crate::served::{Gated, List, PEER, Served, said_peer};

/// Serves as long as the test's runtime lives.
pub(crate) fn serve(listener: std::net::TcpListener, served: &Arc<Served>) {
    let listener = TcpListener::from_std(listener).unwrap();
    let gates = served.gates.iter();
    let router = gates.fold(Router::new(), |router, gated| router.merge(gate(gated)));
    let router = router.layer(from_fn(async |mut request: Request, next: Next| {
        let said = request.headers().get(PEER).map(|value| value.as_bytes());
        if let Some(peer) = said_peer(said) {
            request.extensions_mut().insert(peer);
        }
        next.run(request).await
    }));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum::serve(listener, service).into_future());
}

fn gate(gated: &Gated) -> Router {
    let handler = Router::new().route(&gated.path, any(async || "welcome"));
    match &gated.list {
        List::Fixed(ranges) => {
            let gate = IpAllowlist::fixed(ranges.iter().map(String::as_str));
            handler.route_layer(gate.on(&gated.engine))
        }
        List::Of(account) => {
            let told = FixedAccount(account.clone());
            let layer = EntitlementsLayer::new(gated.engine.clone()).account_from(told);
            let gate = IpAllowlist::per_account();
            handler.route_layer(gate).route_layer(layer)
        }
    }
}
