//! Limits without a request: what services and jobs reserve, give back, lease and ask.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod elsewhere;
mod leases;
mod services;

use std::sync::Arc;

use entitlements_core::testing::{ManualClock, NOW};
use entitlements_core::{
    AccountLimit, Clock, Entitlements, EntitlementsBuilder, Environment, Upkeep,
};

const CATALOG: &str = r#"
schema = 1
[product]
name = "Cluster"
default_plan = "free"
plan_order = ["free", "team"]
[limits.users]
[limits.projects]
[limits.nodes]
kind = "concurrent"
lease = "90s"
[limits.api_calls]
kind = "metered"
period = "month"
[plans.free]
limits = { users = 3, projects = 2, nodes = 1, api_calls = 10 }
[plans.team]
limits = { users = "unlimited", projects = 20, nodes = 5, api_calls = 10 }
"#;

/// An engine of that catalog with a clock to move, and whatever `say` adds to it.
async fn engine(
    say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder,
) -> (Entitlements, Upkeep, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(NOW));
    let builder = Entitlements::builder()
        .catalog_toml(CATALOG)
        .unwrap()
        .environment(Environment::of::<String, String>([]))
        .clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let (engine, upkeep) = say(builder).build().await.unwrap();
    (engine, upkeep, clock)
}

/// The code that a denial has.
fn code<T: std::fmt::Debug>(result: Result<T, entitlements_core::Denial>) -> &'static str {
    result.unwrap_err().code()
}

async fn used(limit: &AccountLimit) -> u64 {
    limit.used().await.unwrap()
}
