//! The table of tokens: what is made of a license key, as data, for whoever reads keys.
//!
//! [`model`] is the form of the files in `spec/tokens/`, [`make`] makes the token that a row describes with the fixed test
//! keys of [`keys`], and [`Verdict`] is what a reader of keys says of it.

pub mod expand;
pub mod keys;
pub mod make;
pub mod model;
pub mod sign;
mod then;
mod verdict;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use entitlements_core::Catalog;

pub use model::{Case, Expected};
pub use verdict::Verdict;

/// Where the table is.
#[must_use]
pub fn folder() -> PathBuf {
    crate::root().join("spec/tokens")
}

/// A catalog's file.
#[must_use]
pub fn catalog_file(name: &str) -> PathBuf {
    folder().join("catalogs").join(name)
}

/// A catalog of the table, by the name of its file.
///
/// # Panics
/// When it cannot be read, or has mistakes.
#[must_use]
pub fn catalog(name: &str) -> Arc<Catalog> {
    let read = Catalog::read_file(catalog_file(name));
    Arc::new(read.unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// Every row, in the order of files and rows.
///
/// # Panics
/// When a file is not of the form that `spec/tokens/README.md` says.
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
