//! The quickstart: one signed key opens one real route.
//!
//! [`app`] is the program; the rest prepares a folder so that nothing needs to be prepared by hand.

mod app;
mod arguments;
mod data_folder;
mod office;
mod setup;
mod users;
mod welcome;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tokio::net::TcpListener;

use arguments::Arguments;
use setup::{Failure, Setup};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| "info".into()))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            welcome::say_error(&failure);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let setup = Setup::prepare(arguments).await?;
    let listener = TcpListener::bind(arguments.listen)
        .await
        .map_err(|error| Failure::new(format!("cannot listen on {}: {error}", arguments.listen)))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::new(error.to_string()))?;
    welcome::say(address, &setup, arguments);
    tokio::spawn(setup.upkeep);
    let app = app::router(setup.entitlements, setup.admin);
    axum::serve(listener, app)
        .with_graceful_shutdown(told_to_stop())
        .await
        .map_err(|error| Failure::new(error.to_string()))
}

/// Resolves at Ctrl-C or a service manager's SIGTERM; requests that are under way are finished.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
