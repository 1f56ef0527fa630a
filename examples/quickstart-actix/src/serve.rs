//! Serving until somebody says stop, and no request forever.

use std::io;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpServer, rt};
use entitlements_actix::{EntitlementsLayer, Refused};
use quickstart_common::{PATIENCE, Prepared, late, until_told_to_stop};

use crate::app::Shared;

/// A quickstart has few visitors.
const WORKERS: usize = 2;

pub(crate) async fn serve(prepared: Prepared) -> io::Result<()> {
    let layer = EntitlementsLayer::new(prepared.entitlements.clone());
    let layer = layer.account_from(prepared.whose.clone());
    let shared = Shared::new(prepared.entitlements, prepared.admin, prepared.whose);
    let serving = HttpServer::new(move || {
        let shared = shared.clone();
        App::new()
            .configure(|config| shared.routes(config))
            .wrap(layer.clone())
            .wrap(from_fn(in_time))
    })
    .workers(WORKERS)
    .client_request_timeout(PATIENCE)
    // Signals are answered as every quickstart answers them.
    .disable_signals()
    .listen(prepared.listener.into_std()?)?
    .run();
    let server = serving.handle();
    let finish = || drop(rt::spawn(server.stop(true)));
    until_told_to_stop(serving, finish, prepared.stop).await
}

/// An error, and not a response with the request in it: no second hand may hold a request while its route is looked for.
async fn in_time(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match rt::time::timeout(PATIENCE, next.call(request)).await {
        Ok(response) => response,
        Err(_) => Err(Refused::from(late()).into()),
    }
}
