//! `spec/catalog.md`, rule by rule.

mod contract;

/// The example of the specification.
const CONTRACT: &str = include_str!("contract.toml");
