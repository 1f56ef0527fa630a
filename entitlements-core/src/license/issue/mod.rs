//! Making license keys: what the vendor does.

mod claims;
mod draft;
mod error;
mod issuer;
mod signing_key;
#[cfg(test)]
mod tests;

pub use draft::LicenseDraft;
pub use error::IssueError;
pub use issuer::LicenseIssuer;
pub use signing_key::SigningKey;
