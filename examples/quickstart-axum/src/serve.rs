//! Serving until somebody says stop, and no request forever.

use std::io;
use std::net::SocketAddr;

use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use quickstart_common::{PATIENCE, Prepared, late, until_told_to_stop};
use tokio::sync::oneshot;

use crate::app;

pub(crate) async fn serve(prepared: Prepared) -> io::Result<()> {
    let app = app::router(prepared.entitlements, prepared.admin, prepared.whose);
    let app = app.layer(middleware::from_fn(in_time));
    let (serving_on, stopped) = oneshot::channel::<()>();
    // With the address of whoever asks: allowlists go by it, and records of changes name it.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(prepared.listener, app)
        .with_graceful_shutdown(async { drop(stopped.await) })
        .into_future();
    until_told_to_stop(serving, || drop(serving_on), prepared.stop).await
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => late().response().into_response(),
    }
}
