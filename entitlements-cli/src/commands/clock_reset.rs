#[cfg(feature = "sqlite")]
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use entitlements_core::license::{LicenseFiles, LicenseStoreError, reset_kept_clock};
use entitlements_core::{Clock as _, SystemClock, Timestamp};
use serde::Serialize;

use crate::failure::Failure;
use crate::report::Report;
use crate::wait::wait_for;

const EXAMPLES: &str = "\
Examples:
  entitlements clock reset --data-dir /var/lib/acme
  entitlements clock reset --database sqlite:///var/lib/acme/acme.db

A product keeps the newest time that it could trust, and judges licenses by it
where the clock is behind: a clock that is set back brings no license back. Where
the clock was years ahead for hours, and is right now, run this once, as the user
that the product runs as. A product that is running finds it when it reads its
licenses again: within six hours, or at once by `POST /license/revalidate`.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[group(required = true, multiple = false)]
pub(crate) struct Args {
    /// The product's data folder
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// The product's database: a `sqlite:` URL or a path
    #[cfg(feature = "sqlite")]
    #[arg(long, value_name = "URL")]
    database: Option<OsString>,
}

#[derive(Serialize)]
struct Done {
    newest_trusted: String,
    before: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let now = SystemClock::new().now();
    let now = Timestamp::from_unix_seconds(now.unix_seconds());
    let before = match &args.data_dir {
        Some(folder) => in_folder(folder, now)?,
        None => in_database(args, now)?,
    };
    let text = match before {
        Some(before) => format!("the newest trusted time is {now}; it was {before}"),
        None => format!("the newest trusted time is {now}; none was kept"),
    };
    let done = Done {
        newest_trusted: now.to_string(),
        before: before.map(|before| before.to_string()),
    };
    Report::new(text, &done)
}

fn in_folder(folder: &Path, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    // A folder that is made here would be nobody's.
    if !folder.is_dir() {
        return Err(Failure::usage(
            "data_dir",
            format!("`{}` is no folder", folder.display()),
            "name the data folder that the product uses",
        ));
    }
    let store = LicenseFiles::in_folder(folder);
    wait_for(reset_kept_clock(&store, now))?.map_err(|error| failed(&error))
}

#[cfg(feature = "sqlite")]
fn in_database(args: &Args, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let database = args.database.clone().unwrap_or_default();
    wait_for(async {
        let store = entitlements_store::SqliteStore::open(&database).await;
        let store = store.map_err(|error| super::migrate::failed(&error))?;
        let before = reset_kept_clock(&store, now).await;
        before.map_err(|error| failed(&error))
    })?
}

#[cfg(not(feature = "sqlite"))]
fn in_database(_: &Args, _: Timestamp) -> Result<Option<Timestamp>, Failure> {
    Err(Failure::usage(
        "data_dir",
        "no data folder is named",
        "name it with `--data-dir`",
    ))
}

fn failed(error: &LicenseStoreError) -> Failure {
    Failure::failed(
        "clock",
        format!("the newest trusted time cannot be kept: {error}"),
        "run this as the user that the product runs as, where there is room on the disk",
    )
}
