//! The compact form and its header (RFC 7515).

use super::revocation::{MAX_REVOCATIONS_BYTES, TOKEN_TYPE};
use super::{LicenseError, LicenseErrorKind};
use crate::strict::base64url;
use crate::strict::json::{self, JsonError, JsonErrorKind, Value};

/// The longest key, in bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// What a vendor's key signs. The header says which (RFC 8725 section 3.11), so none is taken for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    License,
    Revocations,
}

impl TokenKind {
    /// Takes `text` apart.
    pub(super) fn split(self, text: &str) -> Result<Token<'_>, LicenseError> {
        let parts = Parts::split(text, self)?;
        let header = decode(parts.header)?;
        let header = json::read_only(&header, &Header::READ).map_err(json_fault)?;
        let header = Header::read(&an_object(header)?, self)?;
        Ok(Token {
            signed: parts.signed.as_bytes(),
            payload: decode(parts.payload)?,
            signature: decode(parts.signature)?,
            header,
        })
    }

    const fn most_bytes(self) -> usize {
        match self {
            Self::License => MAX_TOKEN_BYTES,
            Self::Revocations => MAX_REVOCATIONS_BYTES,
        }
    }

    fn is_named(self, typ: Option<&Value<'_>>) -> bool {
        match (self, typ) {
            (Self::License, None) => true,
            (Self::License, Some(Value::String(typ))) => {
                typ.eq_ignore_ascii_case("JWT") || typ == "license+jwt"
            }
            (Self::Revocations, Some(Value::String(typ))) => typ == TOKEN_TYPE,
            _ => false,
        }
    }
}

/// A key in its three parts, nothing of it believed yet.
pub(super) struct Token<'a> {
    /// What the signature is over: header and payload as they stand.
    pub(super) signed: &'a [u8],
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) header: Header,
}

/// The compact form's three parts, as text.
pub(super) struct Parts<'a> {
    signed: &'a str,
    pub(super) header: &'a str,
    pub(super) payload: &'a str,
    pub(super) signature: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn split(text: &'a str, kind: TokenKind) -> Result<Self, LicenseError> {
        if text.len() > kind.most_bytes() {
            return Err(LicenseError::new(LicenseErrorKind::TooLong));
        }
        let malformed = || LicenseError::new(LicenseErrorKind::Malformed);
        let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
        if header.is_empty() || payload.contains('.') {
            return Err(malformed());
        }
        Ok(Self {
            signed,
            header,
            payload,
            signature,
        })
    }
}

/// Reads one part.
pub(super) fn decode(part: &str) -> Result<Vec<u8>, LicenseError> {
    base64url::decode(part).map_err(|_| LicenseError::new(LicenseErrorKind::Encoding))
}

/// What a header says that matters. `jwk`, `jku`, `x5u` and `x5c` are not read: no key ever comes from a token.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
}

impl Header {
    /// All that is looked at.
    const READ: [&str; 6] = ["alg", "b64", "crit", "kid", "typ", "zip"];

    fn read(header: &Value<'_>, kind: TokenKind) -> Result<Self, LicenseError> {
        let fault = Self::faults(header, kind).next();
        let text = |name| header.get(name).and_then(Value::as_str).map(str::to_owned);
        match (fault, text("alg")) {
            (None, Some(alg)) => Ok(Self {
                alg,
                kid: text("kid"),
            }),
            (fault, _) => Err(LicenseError::new(
                fault.unwrap_or(LicenseErrorKind::Algorithm),
            )),
        }
    }

    /// What a header is refused for, whichever key signed.
    pub(super) fn faults(
        header: &Value<'_>,
        kind: TokenKind,
    ) -> impl Iterator<Item = LicenseErrorKind> {
        let extension = ["crit", "b64", "zip"]
            .iter()
            .any(|name| header.get(name).is_some());
        let typ = kind.is_named(header.get("typ"));
        let alg = header.get("alg").and_then(Value::as_str);
        let kid = match header.get("kid") {
            None => true,
            Some(kid) => kid.as_str().is_some_and(|kid| !kid.is_empty()),
        };
        [
            (extension, LicenseErrorKind::HeaderParameter),
            (!typ, LicenseErrorKind::TokenType),
            (alg.is_none(), LicenseErrorKind::Algorithm),
            (!kid, LicenseErrorKind::KeyId),
        ]
        .into_iter()
        .filter_map(|(refused, kind)| refused.then_some(kind))
    }
}

/// Reads a JSON object strictly.
pub(super) fn object(bytes: &[u8]) -> Result<Value<'_>, LicenseError> {
    json::read(bytes).map_err(json_fault).and_then(an_object)
}

fn an_object(value: Value<'_>) -> Result<Value<'_>, LicenseError> {
    match value {
        Value::Object(_) => Ok(value),
        _ => Err(LicenseError::new(LicenseErrorKind::NotAnObject)),
    }
}

fn json_fault(fault: JsonError) -> LicenseError {
    LicenseError::new(match fault.kind() {
        JsonErrorKind::DuplicateMember => LicenseErrorKind::DuplicateMember,
        JsonErrorKind::Depth => LicenseErrorKind::Depth,
        _ => LicenseErrorKind::Json,
    })
}
