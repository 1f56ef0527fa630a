//! What the tests of the whole workspace share; the tests themselves are in `tests/`.
//!
//! [`scenario`] reads the scenarios of `spec/scenarios/` and replays them through every front of the product; [`wire`]
//! speaks HTTP with real servers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "helpers of tests: a failure stops the test, and says why"
)]

pub mod addresses;
pub mod encoding;
pub mod oracle;
pub mod scenario;
pub mod token_table;
pub mod wire;

/// The program in the README compiles, and its catalog is one.
#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
pub struct Readme;

/// What the guide shows compiles.
#[doc = include_str!("../../docs/license-keys.md")]
#[cfg(doctest)]
pub struct LicenseKeys;

/// What the guide to rates shows compiles.
#[doc = include_str!("../../docs/rate-limits.md")]
#[cfg(doctest)]
pub struct RateLimits;

/// Each place's setting does what the guide says.
#[doc = include_str!("../../docs/client-addresses.md")]
#[cfg(doctest)]
pub struct ClientAddresses;

use std::path::{Path, PathBuf};

/// The workspace's folder.
///
/// # Panics
/// Never; this crate is in the workspace's folder.
#[must_use]
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("this crate is in the workspace")
        .to_owned()
}

/// The JSON files of a folder, by name.
///
/// # Panics
/// When there is no such folder.
#[must_use]
pub fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files
}

/// Fails with everything that is wrong.
///
/// # Panics
/// When something is.
pub fn assert_none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} to mend:\n  {}",
        wrong.len(),
        wrong.join("\n  ")
    );
}
