//! A container panel in three editions: community, business and enterprise, by license keys that are signed with RS512.
//!
//! - `catalog.toml`: the editions, with every feature and limit; what may be done is said there, and nowhere in the code;
//! - `routes.rs`: every route with its gate; `kinds.rs`, `things.rs`, `lists.rs`: what the panel manages; `terminals.rs`: a limit
//!   that the program computes;
//! - `engine.rs`, `vendor.rs`, `clock.rs`: the engine, whom it believes, and its time;
//! - `notices.rs`: what is told before a license ends, and once it has;
//! - `admin.rs`, `files.rs`, `arguments.rs`, `welcome.rs`: what any program has.

mod admin;
mod arguments;
mod engine;
mod files;
mod kinds;
mod lists;
mod notices;
mod overview;
mod routes;
mod terminals;
mod things;
mod vendor;
mod welcome;

/// Names of the catalog, so that a typo does not compile.
mod names {
    entitlements_actix::catalog!("catalog.toml");
}

use std::io::{self, IsTerminal};
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use actix_web::{App, HttpServer, rt};
use clap::Parser;
use entitlements_actix::EntitlementsLayer;
use tracing_subscriber::EnvFilter;

use crate::admin::Token;
use crate::arguments::Arguments;
use crate::notices::NoticeBoard;
use crate::routes::Panel;
use crate::things::Things;

/// Why a start ends.
type Failure = Box<dyn std::error::Error>;

/// A panel has few visitors.
const WORKERS: usize = 2;

/// How long requests that are under way may take once the program is told to stop.
const PATIENCE_SECONDS: u64 = 10;

#[actix_web::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| "info,actix_server=warn".into()))
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        // A log that nobody reads any more, such as a closed pipe, must not end requests.
        .log_internal_errors(false)
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
    // First of all: a start that gets no port makes no files.
    let listener = TcpListener::bind(arguments.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", arguments.listen))?;
    files::make_folder(&arguments.data)?;
    let things = Arc::new(Things::open(&arguments.data)?);
    let notices = NoticeBoard::open(&arguments.data)?;
    let (entitlements, upkeep) = engine::build(arguments, &things, &notices).await?;
    let token = Token::find(arguments.admin_token.as_deref(), &arguments.data)?;
    welcome::say(listener.local_addr()?, arguments, &entitlements, &token)?;
    rt::spawn(upkeep);
    let layer = EntitlementsLayer::new(entitlements.clone());
    let panel = Panel::new(entitlements, things, notices, token.guard);
    HttpServer::new(move || {
        let panel = panel.clone();
        App::new()
            .configure(|config| panel.routes(config))
            .wrap(layer.clone())
    })
    .workers(WORKERS)
    .shutdown_timeout(PATIENCE_SECONDS)
    .listen(listener)?
    .run()
    .await?;
    Ok(())
}
