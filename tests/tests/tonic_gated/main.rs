//! The gRPC example as its users meet it: the real program as a process, and tonic's client over HTTP/2.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests: a failure stops the test, and says why"
)]

mod addresses;
mod beside_http;
mod calls;
mod server;
mod story;
