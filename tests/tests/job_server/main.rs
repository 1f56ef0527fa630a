//! The job server as its users meet it: the real program as a process, real sockets, a moved clock.
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
mod receiver;
mod server;
mod vendor;

mod features;
mod free;
mod paid;
mod story;
