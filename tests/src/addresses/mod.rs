//! The table of addresses: where requests come from, as data, for whoever asks.
//!
//! [`model`] is the form of the files in `spec/addresses/`, and [`oracle`] tells addresses by the page alone.

pub mod model;
pub mod oracle;

use std::path::{Path, PathBuf};

pub use model::{Case, Expected, Range};

/// Where the table is.
#[must_use]
pub fn folder() -> PathBuf {
    crate::root().join("spec/addresses")
}

/// Every row, in the order of files and rows.
///
/// # Panics
/// When a file is not of the form that `spec/addresses/README.md` says.
#[must_use]
pub fn all() -> Vec<Case> {
    let files = crate::json_files(&folder());
    files.iter().flat_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Vec<Case> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = std::fs::read_to_string(path).expect("a file of the table can be read");
    let file: model::File =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    file.cases(&name)
}

/// Every range, good and bad.
///
/// # Panics
/// When the file is not of the form that `spec/addresses/README.md` says.
#[must_use]
pub fn ranges() -> Vec<Range> {
    let path = folder().join("ranges/ranges.json");
    let text = std::fs::read_to_string(path).expect("the ranges can be read");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("ranges.json: {error}"))
}
