//! DER: `SubjectPublicKeyInfo` (RFC 5280, RFC 8410) and `RSAPublicKey` (RFC 8017 appendix A.1.1).

use ::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use ::der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};

use crate::license::key::{KeyError, PublicKey};

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Takes either form, and says where it is another thing that people have in DER.
pub(in crate::license::key) fn from_der(der: &[u8]) -> Result<PublicKey, KeyError> {
    match Looks::like(der) {
        Looks::PublicKeyInfo => from_spki(der),
        Looks::RsaPublicKey => from_pkcs1(der),
        Looks::PrivateKey => Err(KeyError::PrivateKeyAsPublic),
        Looks::Certificate => Err(KeyError::Certificate),
        Looks::Unknown => Err(KeyError::PublicForm),
    }
}

pub(super) fn from_spki(der: &[u8]) -> Result<PublicKey, KeyError> {
    let (algorithm, parameters, key) = read_spki(der).map_err(|_| KeyError::PublicForm)?;
    match algorithm {
        // RFC 8410 section 3: the parameters must be absent.
        ED25519 if parameters.is_none() => {
            let bytes = key.try_into().map_err(|_| KeyError::PublicForm)?;
            PublicKey::from_ed25519_bytes(bytes)
        }
        // RFC 3279 section 2.3.1: they must be NULL.
        RSA_ENCRYPTION if parameters.is_some_and(|parameters| parameters == AnyRef::NULL) => {
            from_pkcs1(key)
        }
        ED25519 | RSA_ENCRYPTION => Err(KeyError::PublicForm),
        _ => Err(KeyError::OtherAlgorithm),
    }
}

fn read_spki(der: &[u8]) -> ::der::Result<(ObjectIdentifier, Option<AnyRef<'_>>, &[u8])> {
    let mut reader = SliceReader::new(der)?;
    let parts = reader.sequence(|info| {
        let (oid, parameters) = info.sequence(|algorithm| {
            let oid = ObjectIdentifier::decode(algorithm)?;
            Ok::<_, ::der::Error>((oid, Option::<AnyRef<'_>>::decode(algorithm)?))
        })?;
        let key = BitStringRef::decode(info)?;
        let key = key.as_bytes().ok_or(Tag::BitString.value_error())?;
        Ok::<_, ::der::Error>((oid, parameters, key))
    })?;
    reader.finish()?;
    Ok(parts)
}

pub(super) fn from_pkcs1(der: &[u8]) -> Result<PublicKey, KeyError> {
    let read = || {
        let mut reader = SliceReader::new(der)?;
        let parts = reader.sequence(|key| {
            Ok::<_, ::der::Error>((UintRef::decode(key)?, UintRef::decode(key)?))
        })?;
        reader.finish()?;
        Ok::<_, ::der::Error>(parts)
    };
    let (modulus, exponent) = read().map_err(|_| KeyError::PublicForm)?;
    PublicKey::from_rsa_components(modulus.as_bytes(), exponent.as_bytes())
}

/// What some DER is, by its first elements.
enum Looks {
    PublicKeyInfo,
    RsaPublicKey,
    PrivateKey,
    Certificate,
    Unknown,
}

impl Looks {
    fn like(der: &[u8]) -> Self {
        let first = AnyRef::from_der(der).ok().and_then(|outer| {
            let mut inner = SliceReader::new(outer.value()).ok()?;
            AnyRef::decode(&mut inner).ok()
        });
        let Some(first) = first else {
            return Self::Unknown;
        };
        match (first.tag(), first.value()) {
            // A version: PKCS#8 and PKCS#1 private keys begin with it.
            (Tag::Integer, [0 | 1]) => Self::PrivateKey,
            (Tag::Integer, _) => Self::RsaPublicKey,
            (Tag::Sequence, [0x06, ..]) => Self::PublicKeyInfo,
            (Tag::Sequence, [0xa0 | 0x02, ..]) => Self::Certificate,
            _ => Self::Unknown,
        }
    }
}
