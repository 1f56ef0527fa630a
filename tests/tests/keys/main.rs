//! What vendors and customers may rely on about license keys: what is issued is what is read, and nothing that is changed in a key is
//! taken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod changes;
mod round_trip;
mod shapes;
