//! Rates that processes share, in servers of Redis or Valkey that the tests start.
#![cfg(all(feature = "redis", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod clusters;
mod common;
mod connecting;
#[cfg(feature = "redis-tls")]
mod encrypted;
mod engines;
mod failover;
mod faults;
mod keys;
mod sharing;
mod slots;
