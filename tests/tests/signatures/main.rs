//! Signatures by an oracle that nobody here wrote: the vectors of Project Wycheproof, and the examples of RFC 8037.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod rfc_8037;
mod wycheproof;
