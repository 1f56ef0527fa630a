//! From arguments to the engine that knows what the license gives.

use std::error::Error;
use std::sync::Arc;

use entitlements_axum::{Entitlements, ShiftedClock, Upkeep};
use entitlements_store::SqliteStore;

use crate::arguments::Arguments;

/// Features, limits and the look of license keys. A bad one fails the start, and the feature-table test before it.
const CATALOG: &str = include_str!("../entitlements.toml");

/// Says in the log which features are on, and until when. A bad license is a line in the log, never a failed start.
pub(crate) async fn start(arguments: &Arguments) -> Result<(Entitlements, Upkeep), Box<dyn Error>> {
    // Opened when it is needed first: a damaged one is an error in the status, not a server that does not start.
    let licenses = SqliteStore::lazy(arguments.data.join("licenses.db"))?;
    let mut builder = Entitlements::builder()
        .catalog_toml(CATALOG)?
        .license_from_env()
        .license_store(licenses.clone())
        .audit(licenses)
        .data_dir(&arguments.data);
    for path in &arguments.trusted_key {
        builder = builder.trusted_key_file(path)?;
    }
    if let Some(key) = &arguments.license_key {
        builder = builder.license_key(key);
    }
    if let Some(start) = arguments.now {
        tracing::warn!("the clock starts at {start} because of `--now`, not at the real time");
        builder = builder.clock(Arc::new(ShiftedClock::starting_at(start)));
    }
    Ok(builder.build().await?)
}
