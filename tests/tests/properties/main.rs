//! What customers and vendors may rely on, whatever is held: the order of licenses does not matter, one more never takes
//! anything away, a gate that remembers says what a new one would, and rates admit what they say, when they say it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod catalogs;
mod licenses;
mod promises;
mod rates;
