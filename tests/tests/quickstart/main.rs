//! The quickstarts as their users and their attackers meet them: the real programs as processes, real sockets, real files.
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
mod shared_rates;
mod vendor;

mod parity;

#[path = "."]
mod axum {
    const PROGRAM: crate::programs::Program = crate::programs::Program::Axum;

    #[path = "each/mod.rs"]
    mod each;
}

#[path = "."]
#[expect(
    clippy::duplicate_mod,
    reason = "what is promised of one quickstart is promised of each"
)]
mod actix {
    const PROGRAM: crate::programs::Program = crate::programs::Program::Actix;

    #[path = "each/mod.rs"]
    mod each;
}
