//! What the engine is configured with from outside: license keys and revocation lists, from values, files and variables.
//! Bad ones are written down, never fatal.

mod licenses;
mod place;
mod revocations;
mod variable;

pub(super) use licenses::{load as load_licenses, load_stored};
pub(super) use place::TokenPlace;
pub(super) use revocations::load as load_revocations;
