//! The table of tokens in `spec/tokens/`, read by the library, by the management API and by the command line: they agree on
//! every row, and with the table. Verifiers that were weakened on purpose do not.
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

#[path = "../quickstart/programs.rs"]
#[expect(dead_code, reason = "the quickstarts are for tests of their own")]
mod programs;

mod cli;
mod library;
mod parallel;
mod rest;

mod agreement;
mod beyond_rows;
mod public_keys;
mod rules;
mod weak;
