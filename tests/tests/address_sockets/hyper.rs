//! hyper without a framework, which tells the layers of each connection's peer by hand.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use entitlements_core::{FixedAccount, PeerAddress};
use entitlements_tower::{EntitlementsLayer, IpAllowlist};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt};

use crate::served::{Gated, List, PEER, Served, said_peer};

type Gate = BoxCloneSyncService<Request<Incoming>, Response<Full<Bytes>>, Infallible>;

/// Serves as long as the test's runtime lives.
pub(crate) fn serve(listener: std::net::TcpListener, served: &Arc<Served>) {
    let listener = TcpListener::from_std(listener).unwrap();
    let gates: HashMap<_, _> = served
        .gates
        .iter()
        .map(|gated| (gated.path.clone(), gate(gated)))
        .collect();
    let gates = Arc::new(gates);
    tokio::spawn(async move {
        loop {
            let Ok((socket, peer)) = listener.accept().await else {
                continue;
            };
            let gates = Arc::clone(&gates);
            let service = service_fn(move |mut request: Request<Incoming>| {
                let said = request.headers().get(PEER).map(|value| value.as_bytes());
                let peer = said_peer(said).unwrap_or(PeerAddress(peer));
                request.extensions_mut().insert(peer);
                gates[request.uri().path()].clone().oneshot(request)
            });
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                // A client that hangs up is an error of its connection alone.
                drop(server.serve_connection(TokioIo::new(socket), service).await);
            });
        }
    });
}

fn gate(gated: &Gated) -> Gate {
    let handler = tower::service_fn(async |_: Request<Incoming>| {
        Ok::<_, Infallible>(Response::new(Full::from("welcome")))
    });
    match &gated.list {
        List::Fixed(ranges) => {
            let gate = IpAllowlist::fixed(ranges.iter().map(String::as_str));
            BoxCloneSyncService::new(gate.on(&gated.engine).layer(handler))
        }
        List::Of(account) => {
            let told = FixedAccount(account.clone());
            let layer = EntitlementsLayer::new(gated.engine.clone()).account_from(told);
            let gated = IpAllowlist::per_account().layer(handler);
            BoxCloneSyncService::new(layer.layer(gated))
        }
    }
}
