//! Webhooks over real sockets, with a clock that is moved.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod awkward;
mod delivering;
mod keeping;
mod notices;
mod receiver;
mod setup;
mod tls;
