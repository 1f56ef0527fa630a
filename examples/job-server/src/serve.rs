//! The server, from its start to its end.

use std::error::Error;
use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use entitlements_axum::{AccountId, BearerToken};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;

use crate::app::{App, router};
use crate::arguments::Arguments;
use crate::interfaces::Interfaces;
use crate::paid::{Deliveries, encryption};
use crate::store::Store;
use crate::vault::Vault;
use crate::{engine, heartbeat, housekeeping};

pub(crate) async fn serve(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(arguments.listen).await?;
    make_folder(&arguments.data)?;
    // Before the engine, so that its metrics are recorded too.
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let (entitlements, upkeep) = engine::start(&arguments).await?;
    let vault = Vault::new(arguments.encryption_key.as_deref())?;
    let store = Store::open(&arguments.data, vault).await?;
    encryption::as_configured(&store).await?;
    let deliveries = Deliveries::new(store.clone(), Arc::clone(entitlements.clock()));
    deliveries.go_on().await?;
    let mut app = App {
        interfaces: Interfaces::new(&entitlements, &store, deliveries.clone()),
        deliveries,
        operator: BearerToken::new(arguments.admin_token.as_str())?.named("operator"),
        store,
        entitlements,
        metrics,
        counted: Arc::default(),
        heartbeat: None,
    };
    app.heartbeat = heartbeat::start(&arguments, &app)?;
    tokio::spawn(upkeep);
    // This server is a node of its cluster as the others are; the upkeep renews the lease until it is dropped.
    let nodes = app.entitlements.limit(&AccountId::LOCAL, "nodes");
    let _node = nodes
        .lease(&arguments.node)
        .await
        .map_err(|denial| denial.to_string())?;
    housekeeping::once(&app).await;
    tokio::spawn(housekeeping::forever(app.clone()));
    tracing::info!("listening on http://{}", listener.local_addr()?);
    // With each connection's address, which the management API writes into its audit records.
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service);
    Ok(serving.with_graceful_shutdown(told_to_stop()).await?)
}

/// What is in it is nobody else's business.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Ctrl-C, or a service manager's SIGTERM.
async fn told_to_stop() {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => drop(terminated.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
