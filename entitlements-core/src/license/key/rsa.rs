//! RSA keys for RS512 (RFC 7518 section 3.3): 4096 to 8192 bits, and an exponent of at least 65537.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA512};

use super::{KeyError, thumbprint};
use crate::strict::base64url;

const LEAST_BITS: usize = 4096;
const MOST_BITS: usize = 8192;
const LEAST_EXPONENT: u64 = 65_537;
/// What the library that checks signatures takes: longer exponents only cost time.
const MOST_EXPONENT_BITS: u32 = 33;

#[derive(Debug)]
pub(super) struct RsaKey {
    parsed: ParsedPublicKey,
    /// Big-endian, without leading zeros.
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaKey {
    /// Takes modulus and exponent, big-endian and without leading zeros.
    pub(super) fn from_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let bits = bits(modulus);
        if !(LEAST_BITS..=MOST_BITS).contains(&bits) {
            return Err(KeyError::RsaSize(bits));
        }
        if modulus.last().is_none_or(|last| last % 2 == 0) {
            return Err(KeyError::RsaModulus);
        }
        check_exponent(exponent)?;
        let components = PublicKeyComponents {
            n: modulus,
            e: exponent,
        };
        let parsed = components
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA512)
            .map_err(|_| KeyError::RsaModulus)?;
        Ok(Self {
            parsed,
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
        })
    }

    pub(super) const fn parsed(&self) -> &ParsedPublicKey {
        &self.parsed
    }

    /// A signature has exactly the modulus' length, and its one encoding of the digest.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        signature.len() == self.modulus.len() && self.parsed.verify_sig(message, signature).is_ok()
    }

    /// RFC 7638 section 3.2.
    pub(super) fn thumbprint(&self) -> String {
        let (e, n) = (
            base64url::encode(&self.exponent),
            base64url::encode(&self.modulus),
        );
        thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#))
    }
}

impl PartialEq for RsaKey {
    fn eq(&self, other: &Self) -> bool {
        self.modulus == other.modulus && self.exponent == other.exponent
    }
}

impl Eq for RsaKey {}

fn check_exponent(exponent: &[u8]) -> Result<(), KeyError> {
    let value = match exponent.len() {
        0..=8 => exponent
            .iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte)),
        _ => return Err(KeyError::RsaExponent),
    };
    let too_long = u64::BITS - value.leading_zeros() > MOST_EXPONENT_BITS;
    if value < LEAST_EXPONENT || value % 2 == 0 || too_long {
        return Err(KeyError::RsaExponent);
    }
    Ok(())
}

fn bits(number: &[u8]) -> usize {
    match number.first() {
        Some(first) => number.len() * 8 - first.leading_zeros() as usize,
        None => 0,
    }
}
