//! What the workspace promises about itself: which way crates depend, how little they pull in, under which licences,
//! and that no source is unfinished or reads the clock where it must not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

mod dependencies;
mod licences;
mod manifests;
mod metadata;
mod sources;
mod spdx;
