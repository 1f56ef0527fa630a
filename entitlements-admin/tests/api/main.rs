//! The API from outside: requests in, answers out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test that cannot go on stops, and says where"
)]

mod bodies;
mod client;
mod entitlements;
mod guards;
mod license;
mod revocations;
mod routing;
mod service;
mod status;
