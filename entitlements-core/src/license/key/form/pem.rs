//! PEM (RFC 7468): one block, and nothing that is not it.

use ::der::pem;

use super::der::{from_pkcs1, from_spki};
use crate::license::key::{KeyError, PublicKey};

pub(in crate::license::key) fn from_pem(text: &[u8]) -> Result<PublicKey, KeyError> {
    let text = std::str::from_utf8(text)
        .map_err(|_| KeyError::PublicForm)?
        .trim_ascii();
    if text.contains("PRIVATE KEY-----") {
        return Err(KeyError::PrivateKeyAsPublic);
    }
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Err(KeyError::Certificate);
    }
    if text.matches("-----BEGIN").count() > 1 {
        return Err(KeyError::SeveralKeys);
    }
    // What stands before the block would be read by nobody, so it is not there.
    if !text.starts_with("-----BEGIN") {
        return Err(KeyError::PublicForm);
    }
    let (label, der) = pem::decode_vec(text.as_bytes()).map_err(|_| KeyError::PublicForm)?;
    match label {
        "PUBLIC KEY" => from_spki(&der),
        "RSA PUBLIC KEY" => from_pkcs1(&der),
        _ => Err(KeyError::PublicForm),
    }
}
