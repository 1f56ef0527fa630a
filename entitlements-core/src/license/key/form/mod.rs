//! The forms in which a public key comes: PEM, DER, JWK, raw bytes.

mod der;
mod jwk;
mod pem;

pub(super) use der::from_der;
pub(super) use jwk::from_jwk;
pub(super) use pem::from_pem;
