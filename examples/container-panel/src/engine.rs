//! From arguments and data folder to an engine. A bad license is a line in the log; a bad anything else ends the start.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;

use entitlements_actix::{Entitlements, ShiftedClock, Upkeep};
use entitlements_store::SqliteStore;

use crate::arguments::Arguments;
use crate::kinds::KINDS;
use crate::notices::NoticeBoard;
use crate::things::Things;
use crate::{Failure, vendor};

const CATALOG: &str = include_str!("../catalog.toml");

pub(crate) async fn build(
    arguments: &Arguments,
    things: &Arc<Things>,
    notices: &NoticeBoard,
) -> Result<(Entitlements, Upkeep), Failure> {
    let mut builder = Entitlements::builder()
        .catalog_toml(CATALOG)?
        .data_dir(&arguments.data)
        .fingerprint_salt(&arguments.fingerprint_salt)
        .license_from_env()
        .notifier(notices.clone())
        // Licenses are in files of the data folder; who changed them is what a database is better at.
        .audit(SqliteStore::lazy(arguments.data.join("audit.db"))?);
    for key in vendor::trusted_keys(&arguments.trusted_key, &arguments.data)? {
        builder = builder.trusted_key(key);
    }
    if let Some(key) = &arguments.license_key {
        builder = builder.license_key(key);
    }
    // The panel counts what it has by itself: what survives a restart, or was there before, counts without being told.
    for kind in &KINDS {
        if let Some(limit) = &kind.limit {
            let things = Arc::clone(things);
            let count = move |_| ready(Ok::<_, Infallible>(things.count(kind.name)));
            builder = builder.count(limit.clone(), count);
        }
    }
    if let Some(now) = arguments.now {
        tracing::warn!(
            "the clock starts at {now}, because `--now` says so, and not at the time that it is"
        );
        builder = builder.clock(Arc::new(ShiftedClock::starting_at(now)));
    }
    Ok(builder.build().await?)
}
