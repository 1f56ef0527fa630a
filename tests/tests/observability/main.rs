//! That the pages and files of `docs/observability/` and the table of metrics in the code say the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

mod alerts;
mod dashboard;
mod page;
mod prometheus;
mod queries;

/// A file of the folder.
fn file(name: &str) -> String {
    let path = entitlements_tests::root()
        .join("docs/observability")
        .join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
