use std::io::{self, IsTerminal};
use std::process::ExitCode;

use entitlements_admin::BearerToken;
use entitlements_core::Entitlements;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::accounts::WhoseRequest;
use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::setup::Setup;
use crate::stop::StopSignal;
use crate::welcome;

/// A quickstart, by what only it can say of itself.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// As it is typed.
    pub name: &'static str,
    /// The web framework, as people write it.
    pub framework: &'static str,
    /// What is logged where `RUST_LOG` does not say it.
    pub log: &'static str,
}

/// What a program serves with.
#[derive(Debug)]
pub struct Prepared {
    /// Where to serve.
    pub listener: TcpListener,
    /// What holds.
    pub entitlements: Entitlements,
    /// Who may manage licenses and accounts.
    pub admin: BearerToken,
    /// Whose request it is.
    pub whose: WhoseRequest,
    /// When to stop.
    pub stop: StopSignal,
}

impl Program {
    /// Runs from the command line to the end: prepares, says where it is and what to try, and serves.
    ///
    /// A start that cannot succeed ends with one line that says why.
    pub async fn run<F>(self, serve: impl FnOnce(Prepared) -> F) -> ExitCode
    where
        F: Future<Output = io::Result<()>>,
    {
        let arguments = match Arguments::read(&self) {
            Ok(arguments) => arguments,
            Err(said) => return said,
        };
        let filter = EnvFilter::try_from_default_env();
        tracing_subscriber::fmt()
            .with_env_filter(filter.unwrap_or_else(|_| self.log.into()))
            .with_ansi(io::stderr().is_terminal())
            .with_writer(io::stderr)
            // A log that nobody reads any more, such as a closed pipe, must not end requests.
            .log_internal_errors(false)
            .init();
        let ended = match prepare(&arguments).await {
            Ok(prepared) => serve(prepared)
                .await
                .map_err(|error| Failure::new(error.to_string())),
            Err(failure) => Err(failure),
        };
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                welcome::say_error(&failure);
                ExitCode::FAILURE
            }
        }
    }
}

async fn prepare(arguments: &Arguments) -> Result<Prepared, Failure> {
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
    if let Some(header) = &arguments.account_header {
        tracing::warn!(
            "accounts are told by the header `{header}`: whoever can reach this program picks any of them"
        );
    }
    tokio::spawn(setup.upkeep);
    Ok(Prepared {
        listener,
        entitlements: setup.entitlements,
        admin: setup.admin,
        whose: WhoseRequest::told_by(arguments.account_header.as_deref()),
        stop,
    })
}
