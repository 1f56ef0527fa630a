//! The engine under attack: readers against writers, the clock against everybody, and every odd way to hand in a key.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod activations;
mod any_order;
mod bindings;
mod denials;
mod expiry;
mod kept;
mod keys;
mod licenses_kept;
mod readers;
mod revocation_races;
mod revocation_sources;
mod revocations;
mod revocations_kept;
mod same_id;
mod start;
mod vendor;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Waits for a future that nothing outside this thread has to wake: activation waits for its lock and no more.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        std::thread::yield_now();
    }
}
