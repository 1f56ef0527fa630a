//! What an account has: its subscription, add-ons and overrides beside the licenses that are held.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod addons;
mod denials;
mod downgrade;
mod explain;
mod managed;
mod notices;
mod overrides;
mod plans;
mod product;
mod promises;
mod requests;
mod shown;
mod subscription;
