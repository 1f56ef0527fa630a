//! What tower asks of a layer, asked of the gate and of the engine's layer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod bodies;
mod engines;
mod futures;
mod grace_warning;
mod log;
mod mistakes;
mod permits;
mod preflights;
mod probe;
mod rated;
mod readiness;
mod response;
mod stacks;
mod types;

use entitlements_core::testing::{self, TestEngine};
use entitlements_tower::{Require, RequireFeature};

/// A gate that lets everybody pass.
fn open() -> (TestEngine, Require) {
    let engine = testing::on_plan(testing::catalog(), "business");
    let gate = RequireFeature::new("sso").on(&engine);
    (engine, gate)
}

/// A gate that lets nobody pass.
fn shut() -> (TestEngine, Require) {
    let engine = testing::on_plan(testing::catalog(), "community");
    let gate = RequireFeature::new("sso").on(&engine);
    (engine, gate)
}
