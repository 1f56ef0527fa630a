//! The container panel as its customers meet it: the real program as a process, over restarts and years.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::string_slice,
    missing_docs,
    reason = "tests: a failure stops the test, and says why"
)]

#[path = "../quickstart/pipe.rs"]
#[expect(
    dead_code,
    reason = "shared with other programs' tests, which ask for more"
)]
mod pipe;
mod program;
mod server;
mod vendor;

mod audit;
mod damage;
mod limits;
mod matrix;
mod notices;
mod readme;
mod refused;
mod start;
mod story;
