//! PEM (RFC 7468): one block, and nothing that is not it.

use super::der::{from_pkcs1, from_spki};
use crate::license::key::{KeyError, PublicKey};
use crate::license::pem::read_block;

pub(in crate::license::key) fn from_pem(text: &[u8]) -> Result<PublicKey, KeyError> {
    let text = std::str::from_utf8(text).map_err(|_| KeyError::PublicForm)?;
    if text.contains("PRIVATE KEY-----") {
        return Err(KeyError::PrivateKeyAsPublic);
    }
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Err(KeyError::Certificate);
    }
    if text.matches("-----BEGIN").count() > 1 {
        return Err(KeyError::SeveralKeys);
    }
    let (label, der) = read_block(text).ok_or(KeyError::PublicForm)?;
    match label {
        "PUBLIC KEY" => from_spki(&der),
        "RSA PUBLIC KEY" => from_pkcs1(&der),
        _ => Err(KeyError::PublicForm),
    }
}
