//! What the engine is configured with from outside: license keys and revocation lists, from values, files and variables.
//! Bad ones are written down, never fatal.

mod licenses;
mod revocations;
mod token_source;
mod variable;

pub(super) use licenses::{load as load_licenses, load_stored};
pub(super) use revocations::load as load_revocations;
pub(super) use token_source::TokenSource;
