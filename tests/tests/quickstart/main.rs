//! The quickstart as its users and its attackers meet it: the real programs as processes, real sockets, real files.
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

mod pipe;
mod programs;
mod server;
mod vendor;

mod bad_licenses;
mod flags;
mod garbage;
mod hostile;
mod licenses;
mod methods;
mod output;
mod readme;
mod second_start;
mod stopping;
mod story;
mod trust;
mod users;
mod vendors_keys;
