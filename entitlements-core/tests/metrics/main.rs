//! What the engine tells through the `metrics` facade and as spans: the names, labels and values of the table, and no others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod faults;
mod gates;
mod life;
mod recorded;
mod shared_rates;
mod spans;
