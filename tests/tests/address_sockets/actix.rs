//! actix-web's own server, which knows the peer of each request.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Service;
use actix_web::{App, HttpMessage, HttpServer, Resource, web};
use entitlements_actix::{EntitlementsLayer, IpAllowlist};
use entitlements_core::FixedAccount;

use crate::served::{Gated, List, PEER, Served, said_peer};

/// Serves until the tests end.
pub(crate) fn serve(listener: TcpListener, served: &Arc<Served>) {
    let served = Arc::clone(served);
    let app = move || {
        let served = Arc::clone(&served);
        App::new()
            .configure(move |app| {
                for gated in &served.gates {
                    gate(app, gated);
                }
            })
            .wrap_fn(|request, inner| {
                let said = request.headers().get(PEER).map(|value| value.as_bytes());
                if let Some(peer) = said_peer(said) {
                    request.extensions_mut().insert(peer);
                }
                inner.call(request)
            })
    };
    std::thread::spawn(move || {
        let server = HttpServer::new(app).workers(2).disable_signals();
        actix_web::rt::System::new().block_on(server.listen(listener).unwrap().run())
    });
}

fn gate(app: &mut web::ServiceConfig, gated: &Gated) {
    let handler: Resource = web::resource(&gated.path).to(async || "welcome");
    match &gated.list {
        List::Fixed(ranges) => {
            let gate = IpAllowlist::fixed(ranges.iter().map(String::as_str));
            app.service(handler.wrap(gate.on(&gated.engine)));
        }
        List::Of(account) => {
            let told = FixedAccount(account.clone());
            let layer = EntitlementsLayer::new(gated.engine.clone()).account_from(told);
            app.service(handler.wrap(IpAllowlist::per_account()).wrap(layer));
        }
    }
}
