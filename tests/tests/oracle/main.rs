//! The library against a second decider that was written from the pages of `spec/` alone.
//!
//! - `products.rs`, `licenses.rs`, `accounts.rs`, `addresses.rs`, `asking.rs`: random catalogs, holdings and questions, with boundaries hit on
//!   purpose;
//! - `worlds.rs`: all of it together, and an engine for it;
//! - `agreement.rs`: both say the same, to the letter;
//! - `rates.rs`: the same of many requests in a row, and of what they are told of rates;
//! - `promises.rs`: what holds whatever the answer is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod accounts;
mod addresses;
mod agreement;
mod asking;
mod licenses;
mod products;
mod promises;
mod rates;
mod worlds;
