//! Signed license keys: what they say, whether that may be believed, and what state they are in.
//!
//! A key is a compact JWS (RFC 7515). It is read in this order, and the first fault ends the reading
//! (`spec/license.md`):
//!
//! 1. size and form, before anything is decoded (`token.rs`);
//! 2. the header: algorithm, key id, nothing critical;
//! 3. the signature, by a key that was configured, with the one algorithm of that key ([`TrustedKey`]);
//! 4. only then the claims, by the names of the catalog's `[license]` table.
//!
//! What comes out is a [`License`]. [`License::status`] judges it: by its times, by where it is used ([`Deployment`]), and by what
//! the vendor has taken back ([`Revocations`]). Keys are made by [`LicenseIssuer`], with a [`SigningKey`] or another
//! [`Signer`].

mod binding;
mod claims;
mod digest;
mod error;
mod input;
mod issue;
mod key;
mod pem;
mod revocation;
mod status;
mod store;
mod token;
mod unverified;
mod verified;
mod verify;

pub use binding::Deployment;
pub(crate) use digest::sha256_hex;
pub use error::{LicenseError, LicenseErrorKind};
pub use input::{MAX_INPUT_BYTES, compact_key, compact_revocations};
pub use issue::{
    IssueError, LicenseDraft, LicenseIssuer, NoSigner, RevocationDraft, SignError, Signer,
    SigningKey, UnsignedLicense,
};
pub use key::{Algorithm, KeyError, TrustedKey};
pub use revocation::{MAX_REVOCATIONS_BYTES, RevocationError, RevocationList, Revocations};
pub use status::LicenseStatus;
pub use store::{
    Collection, LicenseFiles, LicenseStore, LicenseStoreError, MemoryLicenses, StoredEntry,
};
pub use token::MAX_TOKEN_BYTES;
pub use unverified::UnverifiedToken;
pub use verified::License;
pub use verify::LicenseVerifier;

pub use crate::engine::reset_kept_clock;

#[cfg(test)]
mod tests;
