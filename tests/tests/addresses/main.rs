//! Client addresses: the table in `spec/addresses/`, and the library against a second reading of `spec/addresses.md`.
//!
//! - `table.rs`: each row says what the library and the oracle say, and each rule has a row;
//! - `ranges.rs`: ranges of addresses, beside `ipnet`;
//! - `made.rs`: made settings, peers and headers; `promises.rs`: what holds of them whatever they are.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod made;
mod promises;
mod ranges;
mod table;
