//! Making license keys: what the vendor does.

mod claims;
mod draft;
mod error;
mod header;
mod issuer;
mod numbers;
mod revocations;
mod signer;
mod signing_key;
#[cfg(test)]
mod tests;
mod unsigned;

pub use draft::LicenseDraft;
pub use error::IssueError;
pub use issuer::{LicenseIssuer, NoSigner};
pub use revocations::RevocationDraft;
pub use signer::{SignError, Signer};
pub use signing_key::SigningKey;
pub use unsigned::UnsignedLicense;
