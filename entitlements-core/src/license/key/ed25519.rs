//! Ed25519 keys (RFC 8032), checked strictly.

use aws_lc_rs::signature::{ED25519, ParsedPublicKey};
use ed25519_dalek::VerifyingKey;

use super::{KeyError, thumbprint};
use crate::strict::base64url;

#[derive(Debug)]
pub(super) struct Ed25519Key {
    bytes: [u8; 32],
    parsed: ParsedPublicKey,
}

impl Ed25519Key {
    /// The 32 bytes of RFC 8032 section 5.1.5.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let point = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::OffCurve)?;
        if point.is_weak() {
            return Err(KeyError::WeakKey);
        }
        // A second encoding of the same point would be a second thumbprint for the same key.
        if point.to_edwards().compress().to_bytes() != *bytes {
            return Err(KeyError::OffCurve);
        }
        let parsed = ParsedPublicKey::new(&ED25519, bytes).map_err(|_| KeyError::OffCurve)?;
        Ok(Self {
            bytes: *bytes,
            parsed,
        })
    }

    pub(super) const fn parsed(&self) -> &ParsedPublicKey {
        &self.parsed
    }

    /// Beyond RFC 8032, a signature whose R has small order is refused; such a key was refused when it was loaded.
    ///
    /// The library recomputes R and compares its one encoding with the signature's, and refuses an S that is not reduced:
    /// with the check of R here this is what `verify_strict` of `ed25519-dalek` does, in less time (ADR 3).
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Some((r, _)) = signature.split_first_chunk::<32>() else {
            return false;
        };
        signature.len() == 64
            && !SMALL_ORDER.contains(r)
            && self.parsed.verify_sig(message, signature).is_ok()
    }

    /// RFC 7638, with the members that RFC 8037 section 2 names.
    pub(super) fn thumbprint(&self) -> String {
        let x = base64url::encode(&self.bytes);
        thumbprint(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#))
    }
}

impl PartialEq for Ed25519Key {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Ed25519Key {}

/// The points of order 1, 2, 4 and 8 in their one encoding.
const SMALL_ORDER: [[u8; 32]; 8] = {
    const fn y(first: u8, middle: u8, last: u8) -> [u8; 32] {
        let mut bytes = [middle; 32];
        bytes[0] = first;
        bytes[31] = last;
        bytes
    }
    const EIGHT_A: [u8; 32] = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ];
    const EIGHT_B: [u8; 32] = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ];
    const fn negative(mut point: [u8; 32]) -> [u8; 32] {
        point[31] |= 0x80;
        point
    }
    [
        y(1, 0, 0),
        y(0xec, 0xff, 0x7f),
        y(0, 0, 0),
        y(0, 0, 0x80),
        EIGHT_A,
        negative(EIGHT_A),
        EIGHT_B,
        negative(EIGHT_B),
    ]
};

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
    use proptest::prelude::*;

    use super::{Ed25519Key, SMALL_ORDER};
    use crate::license::KeyError;

    #[test]
    fn the_list_of_small_points_is_that_of_the_curve() {
        for point in SMALL_ORDER {
            let key = VerifyingKey::from_bytes(&point).unwrap();
            assert!(key.is_weak(), "{point:02x?}");
            assert_eq!(key.to_edwards().compress().to_bytes(), point);
            assert_eq!(Ed25519Key::from_bytes(&point), Err(KeyError::WeakKey));
        }
        let mut points = SMALL_ORDER.to_vec();
        points.sort_unstable();
        points.dedup();
        assert_eq!(points.len(), 8);
    }

    proptest! {
        /// The oracle is the strict check of another implementation.
        #[test]
        fn verifies_exactly_what_verify_strict_does(
            secret: [u8; 32],
            message in proptest::collection::vec(any::<u8>(), 0..64),
            r in proptest::option::of(0_usize..8),
            flip in proptest::option::of(0_usize..512),
            add_order: bool,
        ) {
            let signing = SigningKey::from_bytes(&secret);
            let strict = signing.verifying_key();
            let key = Ed25519Key::from_bytes(strict.as_bytes()).unwrap();
            let mut signature = signing.sign(&message).to_bytes();
            if let Some(point) = r {
                signature[..32].copy_from_slice(&SMALL_ORDER[point]);
            }
            if let Some(bit) = flip {
                signature[bit / 8] ^= 1 << (bit % 8);
            }
            if add_order {
                let order = [
                    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
                    0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
                ];
                let mut carry = 0;
                for (byte, add) in signature[32..].iter_mut().zip(order) {
                    let sum = u16::from(*byte) + add + carry;
                    *byte = sum as u8;
                    carry = sum >> 8;
                }
            }
            let expected = strict
                .verify_strict(&message, &Signature::from_bytes(&signature))
                .is_ok();
            prop_assert_eq!(key.verify(&message, &signature), expected);
        }
    }
}
