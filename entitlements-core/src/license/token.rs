//! The compact form and its header (RFC 7515).

use super::{LicenseError, LicenseErrorKind};
use crate::strict::base64url;
use crate::strict::json::{self, JsonErrorKind, Value};

/// The longest key, in bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// A key in its three parts, nothing of it believed yet.
pub(super) struct Token<'a> {
    /// What the signature is over: header and payload as they stand.
    pub(super) signed: &'a [u8],
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) header: Header,
}

impl<'a> Token<'a> {
    /// Takes `text` apart.
    pub(super) fn split(text: &'a str) -> Result<Self, LicenseError> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(LicenseError::new(LicenseErrorKind::TooLong));
        }
        let malformed = || LicenseError::new(LicenseErrorKind::Malformed);
        let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
        if header.is_empty() || payload.contains('.') {
            return Err(malformed());
        }
        let header = Header::read(&decode(header)?)?;
        Ok(Self {
            signed: signed.as_bytes(),
            payload: decode(payload)?,
            signature: decode(signature)?,
            header,
        })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, LicenseError> {
    base64url::decode(part).map_err(|_| LicenseError::new(LicenseErrorKind::Encoding))
}

/// What a header says that matters. `jwk`, `jku`, `x5u` and `x5c` are not read: no key ever comes from a token.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, LicenseError> {
        let error = LicenseError::new;
        let header = object(bytes)?;
        if ["crit", "b64", "zip"]
            .iter()
            .any(|name| header.get(name).is_some())
        {
            return Err(error(LicenseErrorKind::HeaderParameter));
        }
        let typ = match header.get("typ") {
            None => true,
            Some(Value::String(typ)) => typ.eq_ignore_ascii_case("JWT") || typ == "license+jwt",
            Some(_) => false,
        };
        if !typ {
            return Err(error(LicenseErrorKind::TokenType));
        }
        let alg = header.get("alg").and_then(Value::as_str);
        let alg = alg
            .ok_or_else(|| error(LicenseErrorKind::Algorithm))?
            .to_owned();
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) if !kid.is_empty() => Some(kid.clone().into_owned()),
            Some(_) => return Err(error(LicenseErrorKind::KeyId)),
        };
        Ok(Self { alg, kid })
    }
}

/// Reads a JSON object strictly.
pub(super) fn object(bytes: &[u8]) -> Result<Value<'_>, LicenseError> {
    let value = json::read(bytes).map_err(|json| {
        LicenseError::new(match json.kind() {
            JsonErrorKind::DuplicateMember => LicenseErrorKind::DuplicateMember,
            JsonErrorKind::Depth => LicenseErrorKind::Depth,
            _ => LicenseErrorKind::Json,
        })
    })?;
    match value {
        Value::Object(_) => Ok(value),
        _ => Err(LicenseError::new(LicenseErrorKind::NotAnObject)),
    }
}
