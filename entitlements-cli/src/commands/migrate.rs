use std::ffi::OsString;

use clap::builder::OsStringValueParser;
use entitlements_store::{SqliteStore, StoreError, StoreErrorKind};
use serde::Serialize;

use crate::failure::Failure;
use crate::report::Report;
use crate::wait;

const EXAMPLES: &str = "\
Examples:
  entitlements migrate --database sqlite:///var/lib/acme/acme.db
  entitlements migrate --database \"$DATABASE_URL\"

The file is made where it is missing, for its owner alone: run it as the user
that the product runs as. With `?mode=rw` behind the path it must be there.
Products bring the tables up to date when they start, too. Only tables whose
names begin with `entitlements_` are touched, all steps or none are taken, and
doing it again does nothing.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The database: a `sqlite:` URL or a path
    #[arg(long, value_name = "URL", value_parser = OsStringValueParser::new())]
    database: OsString,
}

#[derive(Serialize)]
struct Done {
    version: u32,
    applied: Vec<&'static str>,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let migrated = wait::wait_for(SqliteStore::migrate(&args.database))?;
    let migrated = migrated.map_err(|error| failed(&error))?;
    let version = migrated.version;
    let text = if migrated.applied.is_empty() {
        format!("version {version}, nothing to do")
    } else {
        format!(
            "version {version}, applied: {}",
            migrated.applied.join(", ")
        )
    };
    let done = Done {
        version,
        applied: migrated.applied,
    };
    Report::new(text, &done)
}

pub(super) fn failed(error: &StoreError) -> Failure {
    let failure = match error.kind() {
        StoreErrorKind::Address => Failure::usage,
        _ => Failure::failed,
    };
    failure("database", error.cause(), error.action()).with_reason(error.kind().as_str())
}
