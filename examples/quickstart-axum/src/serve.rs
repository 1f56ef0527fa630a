//! Serving until somebody says stop, and no request forever.

use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use entitlements_axum::Refusal;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::stop::StopSignal;

/// How long a client may take to send its body, and a request to be finished once the program is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Told to stop, it takes no more connections and finishes the requests that are under way, for at most
/// [`PATIENCE`]; told again, it ends at once.
pub(crate) async fn until_told_to_stop(
    listener: TcpListener,
    app: Router,
    mut stop: StopSignal,
) -> io::Result<()> {
    let app = app.layer(middleware::from_fn(in_time));
    let (serving_on, stopped) = oneshot::channel::<()>();
    let mut serving = pin!(
        axum::serve(listener, app)
            .with_graceful_shutdown(async { drop(stopped.await) })
            .into_future()
    );
    tokio::select! {
        ended = &mut serving => return ended,
        () = stop.arrives() => drop(serving_on),
    }
    tracing::info!("stopping; requests under way are finished");
    tokio::select! {
        ended = serving => ended,
        () = tokio::time::sleep(PATIENCE) => {
            tracing::warn!("connections that were still open after {PATIENCE:?} are cut off");
            Ok(())
        }
        () = stop.arrives() => Ok(()),
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::Malformed("the request did not arrive in time".into())
            .response()
            .into_response(),
    }
}
