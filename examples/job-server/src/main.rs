//! A job queue over HTTP on SQLite: one binary for open source and enterprise.
//!
//! The whole split is a table in [`app`]: free routes, and one gated route for each paid feature of `entitlements.toml`.
//! Where a feature changes what *every* request does, there is a trait in [`interfaces`] whose free implementation does
//! nothing, and the license switches between the two while the program runs.

mod app;
mod arguments;
mod engine;
mod failure;
mod free;
mod glob;
mod heartbeat;
mod housekeeping;
mod identify;
mod identity;
mod interfaces;
mod jobs;
mod json_body;
mod outgoing;
mod paid;
mod serve;
mod store;
mod table;
mod vault;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    match serve::serve(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}
