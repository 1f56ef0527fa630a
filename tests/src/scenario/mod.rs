//! Scenarios: what the product does, as data, replayed through every front.
//!
//! [`model`], [`held`], [`accounts`], [`addresses`], [`counts`], [`rates`] and [`require`] are the form of the files, [`engine`] makes an engine that holds what a
//! scenario says, [`fronts`] are the ways a request can take, [`stage`] is what happens around each request, and [`replay`] sends each
//! scenario through all of them and tells what differs.

pub mod accounts;
pub mod addresses;
pub mod counts;
pub mod engine;
pub mod fronts;
mod grpc;
pub mod held;
pub mod keys;
pub mod model;
mod places;
pub mod rates;
pub mod replay;
pub mod require;
pub mod set;
pub mod stage;
pub mod stores;

use std::path::PathBuf;

use model::Scenario;

/// Where the scenarios are.
#[must_use]
pub fn folder() -> PathBuf {
    crate::root().join("spec/scenarios")
}

/// Every scenario, each with the name of its file.
///
/// # Panics
/// When a file is not of the form that `spec/README.md` says.
#[must_use]
pub fn all() -> Vec<(String, Scenario)> {
    let files = crate::json_files(&folder());
    files.iter().flat_map(|path| read(path)).collect()
}

fn read(path: &std::path::Path) -> Vec<(String, Scenario)> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let text = std::fs::read_to_string(path).expect("a scenario file can be read");
    let scenarios: Vec<Scenario> =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    scenarios
        .into_iter()
        .map(|scenario| (name.clone(), scenario))
        .collect()
}
