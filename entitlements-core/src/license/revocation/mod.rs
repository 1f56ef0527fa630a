//! Revocation lists: which licenses, and which signing keys, the vendor has taken back (L14 to L17).
//!
//! A [`RevocationList`] is one signed list. [`Revocations`] are those that apply: of each signing key the newest.

mod error;
mod list;
mod read;
mod set;
#[cfg(test)]
mod tests;

pub use error::RevocationError;
pub(super) use list::TOKEN_TYPE;
pub use list::{MAX_REVOCATIONS_BYTES, RevocationList};
pub use set::Revocations;
