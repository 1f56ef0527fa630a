//! What the engine says in the log: at its start, at each change, and when time alone changes something.
//!
//! A program of its own: whether a place in the code logs is settled for all threads at once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod costs;
mod log;
mod shared_rates;
mod start;
mod untold;
mod upkeep;
mod upkeep_clock;
mod wrong;

/// Waits for what no other thread has to wake.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}
