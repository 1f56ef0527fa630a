use clap::{Parser, Subcommand};

#[cfg(feature = "heartbeat")]
use crate::commands::heartbeat;
#[cfg(feature = "sqlite")]
use crate::commands::migrate;
use crate::commands::{
    catalog_check, catalog_diff, catalog_table, clock_reset, fingerprint, inspect, issue, keygen,
    revoke, verify,
};
use crate::failure::Failure;
use crate::output::Format;
use crate::report::Report;

const EXIT_CODES: &str = "\
Exit codes:
  0  fine (verify: the license is active or in grace)
  1  another failure
  2  usage, which a bad key file, public key, revocation list or catalog is too
  3  verified but not in force: expired, not yet valid, revoked, bound elsewhere
  4  rejected: its signature or form is wrong, or it is issued in the future

Errors go to stderr. With `--json` results are one line of JSON on stdout,
errors one on stderr.";

/// What a line of help has room for.
const COLUMNS: usize = 80;

/// Makes keys, issues and checks licenses, checks catalogs.
#[derive(Debug, Parser)]
#[command(name = "entitlements", version, arg_required_else_help = true, after_help = EXIT_CODES)]
#[command(max_term_width = COLUMNS)]
pub(crate) struct Cli {
    /// Write results as JSON on stdout, errors as JSON on stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a key pair: the private key signs licenses, the public one goes into the product
    Keygen(keygen::Args),
    /// Sign a license key and print it
    Issue(Box<issue::Args>),
    /// Check a license key: whether it is genuine, what it says and whether it is in force
    Verify(Box<verify::Args>),
    /// Take back licenses, or all that a key signed: sign a revocation list and print it
    Revoke(revoke::Args),
    /// Show what a license key says, unverified: no key is needed and nothing is checked
    Inspect(inspect::Args),
    /// Print the fingerprint of this instance, which a license can be bound to
    Fingerprint(fingerprint::Args),
    /// Work with what a product knows of time
    #[command(subcommand, arg_required_else_help = true)]
    Clock(ClockCommand),
    /// Make the tables of a database, or bring them up to date
    #[cfg(feature = "sqlite")]
    Migrate(migrate::Args),
    /// Receive the heartbeats of deployments
    #[cfg(feature = "heartbeat")]
    #[command(subcommand, arg_required_else_help = true)]
    Heartbeat(HeartbeatCommand),
    /// Work with catalogs (`entitlements.toml`)
    #[command(subcommand, arg_required_else_help = true)]
    Catalog(CatalogCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// Trust this machine's clock again, after it was wrong for hours
    Reset(clock_reset::Args),
}

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// Say everything that is wrong with a catalog, one mistake a line
    Check(catalog_check::Args),
    /// Show which plan has what, as a table, for a page, or as data
    Table(catalog_table::Args),
    /// Say what customers of each plan lose and gain from one catalog to another
    Diff(catalog_diff::Args),
}

#[cfg(feature = "heartbeat")]
#[derive(Debug, Subcommand)]
pub(crate) enum HeartbeatCommand {
    /// Take beats, and tell the vendor which license is on several clusters
    Serve(heartbeat::serve::Args),
}

impl Command {
    pub(crate) fn run(&self, format: Format) -> Result<Report, Failure> {
        match self {
            Self::Keygen(args) => keygen::run(args, format),
            Self::Issue(args) => issue::run(args, format),
            Self::Verify(args) => verify::run(args),
            Self::Revoke(args) => revoke::run(args),
            Self::Inspect(args) => inspect::run(args),
            Self::Fingerprint(args) => fingerprint::run(args),
            Self::Clock(ClockCommand::Reset(args)) => clock_reset::run(args),
            #[cfg(feature = "sqlite")]
            Self::Migrate(args) => migrate::run(args),
            #[cfg(feature = "heartbeat")]
            Self::Heartbeat(HeartbeatCommand::Serve(args)) => heartbeat::serve::run(args, format),
            Self::Catalog(CatalogCommand::Check(args)) => catalog_check::run(args),
            Self::Catalog(CatalogCommand::Table(args)) => catalog_table::run(args),
            Self::Catalog(CatalogCommand::Diff(args)) => catalog_diff::run(args),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn definitions_agree_with_each_other() {
        Cli::command().debug_assert();
    }
}
