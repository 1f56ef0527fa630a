//! Encryption at rest: AES-256-GCM with a random nonce for each value.
//!
//! Once switched on it stays on, whatever becomes of the license: a lapsed one never makes anything less safe, and what
//! was sealed can be opened for as long as the key is there.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};

use crate::failure::Failure;

/// What stands in front of a stored value.
const PLAIN: u8 = 0;
const SEALED: u8 = 1;

/// Seals what goes into the database, and opens what comes out of it.
#[derive(Debug)]
pub(crate) struct Vault {
    key: Option<RandomizedNonceKey>,
    is_on: AtomicBool,
}

impl Vault {
    /// From 64 hexadecimal digits.
    pub(crate) fn new(key: Option<&str>) -> Result<Self, &'static str> {
        const WRONG: &str = "the encryption key is not one: 64 hexadecimal digits are needed";
        let key = key.map(|text| {
            let key = read_hex(text).ok_or(WRONG)?;
            RandomizedNonceKey::new(&AES_256_GCM, &key).map_err(|_| WRONG)
        });
        Ok(Self {
            key: key.transpose()?,
            is_on: AtomicBool::new(false),
        })
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    /// From now on everything is sealed.
    pub(crate) fn switch_on(&self) -> Result<(), Failure> {
        const NO_KEY: &str = "there is no key: start with `JOB_SERVER_ENCRYPTION_KEY` set";
        self.key.as_ref().ok_or(Failure::Conflict(NO_KEY))?;
        self.is_on.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// What to store for a value. `place` is its id: a value that was moved elsewhere does not open there.
    pub(crate) fn seal(&self, place: &str, value: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut stored = value.to_vec();
        let Some(key) = self.key.as_ref().filter(|_| self.is_on()) else {
            stored.insert(0, PLAIN);
            return Ok(stored);
        };
        let nonce = key
            .seal_in_place_append_tag(Aad::from(place), &mut stored)
            .map_err(|_| Failure::Broken("a value cannot be sealed".into()))?;
        Ok([&[SEALED], nonce.as_ref().as_slice(), &stored].concat())
    }

    /// The value of what was stored.
    pub(crate) fn open(&self, place: &str, stored: &[u8]) -> Result<Vec<u8>, Failure> {
        let cannot = |why: &str| Failure::Broken(format!("the value of `{place}` {why}"));
        let (kind, rest) = stored.split_first().ok_or_else(|| cannot("is empty"))?;
        if *kind == PLAIN {
            return Ok(rest.to_vec());
        }
        let key = self.key.as_ref();
        let key = key.ok_or_else(|| cannot("is sealed, and no key was given"))?;
        let (nonce, sealed) = rest
            .split_first_chunk::<12>()
            .ok_or_else(|| cannot("is cut off"))?;
        let mut value = sealed.to_vec();
        let opened = key
            .open_in_place(Nonce::from(nonce), Aad::from(place), &mut value)
            .map_err(|_| cannot("does not open with this key"))?;
        Ok(opened.to_vec())
    }
}

fn read_hex(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    let digits: Option<Vec<u8>> = text
        .trim()
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair.iter().fold(0, |byte, digit| byte << 4 | digit);
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::Vault;

    #[test]
    fn what_is_sealed_opens_in_its_place_and_with_its_key_only() {
        let key = "0f".repeat(32);
        let vault = Vault::new(Some(&key)).unwrap();
        let before = vault.seal("a", b"secret").unwrap();
        vault.switch_on().unwrap();
        let sealed = vault.seal("a", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_eq!(vault.open("a", &before).unwrap(), b"secret");
        assert_eq!(vault.open("a", &sealed).unwrap(), b"secret");
        assert!(vault.open("b", &sealed).is_err());
        let other = Vault::new(Some(&"f0".repeat(32))).unwrap();
        assert!(other.open("a", &sealed).is_err());
        assert!(Vault::new(None).unwrap().switch_on().is_err());
    }
}
