//! The store in SQLite, with real files, other processes and kills.
#![cfg(all(feature = "sqlite", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "tests: a failure stops the test, and says why"
)]

mod child;
mod keeping;

mod allowlists;
mod audit;
mod conformance;
mod damaged;
mod engine;
mod killed;
mod opening;
mod private;
mod racing;
mod read_only;
mod shared;

/// Runs a test with tokio's threads, time and I/O at hand.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let threads = threads.worker_threads(4).enable_all().build().unwrap();
    threads.block_on(future)
}
