//! The quickstart: one signed key opens one real route.
//!
//! [`app`] is the program; the rest prepares a folder so that nothing needs to be prepared by hand.

mod app;
mod arguments;
mod data_folder;
mod failure;
mod office;
mod serve;
mod setup;
mod stop;
mod users;
mod welcome;

use std::io::IsTerminal;
use std::process::ExitCode;

use tokio::net::TcpListener;

use arguments::Arguments;
use failure::Failure;
use setup::Setup;
use stop::StopSignal;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(said) => return said,
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| "info".into()))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
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
    let stop = StopSignal::listen().map_err(|error| Failure::new(error.to_string()))?;
    // First of all: a start that gets no port makes no files, and no token that nobody is shown.
    let listener = TcpListener::bind(arguments.listen)
        .await
        .map_err(|error| Failure::new(format!("cannot listen on {}: {error}", arguments.listen)))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::new(error.to_string()))?;
    let setup = Setup::prepare(arguments).await?;
    welcome::say(address, &setup, arguments);
    tokio::spawn(setup.upkeep);
    let app = app::router(setup.entitlements, setup.admin);
    serve::until_told_to_stop(listener, app, stop)
        .await
        .map_err(|error| Failure::new(error.to_string()))
}
