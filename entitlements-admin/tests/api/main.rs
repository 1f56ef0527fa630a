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

mod account_routes;
mod accounts;
mod addons;
mod allowlist;
mod audit;
mod bodies;
mod client;
mod entitlements;
mod explain;
mod guards;
mod hung_up;
mod license;
mod overrides;
mod plans;
mod revocations;
mod routing;
mod service;
mod status;
mod usage;
