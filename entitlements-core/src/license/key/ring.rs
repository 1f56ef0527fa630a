use super::{KeyError, TrustedKey};

/// The keys that are trusted, no two with one `kid`.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyRing {
    keys: Vec<TrustedKey>,
}

impl KeyRing {
    pub(crate) fn new(keys: Vec<TrustedKey>) -> Result<Self, KeyError> {
        let mut ring = Self::default();
        for key in keys {
            if ring.keys.iter().any(|known| known.kid() == key.kid()) {
                return Err(KeyError::DuplicateKeyId(key.kid().to_owned()));
            }
            if key.window().is_empty() {
                return Err(KeyError::EmptyWindow(key.kid().to_owned()));
            }
            ring.keys.push(key);
        }
        // I6: where one key is trusted under two names, the same one is tried first whatever the order of configuration.
        ring.keys.sort_by(|a, b| a.kid().cmp(b.kid()));
        Ok(ring)
    }

    pub(crate) fn keys(&self) -> &[TrustedKey] {
        &self.keys
    }

    /// The keys that a token may be signed by: with a `kid` the one of that name, without one every key.
    pub(crate) fn candidates(&self, kid: Option<&str>) -> impl Iterator<Item = &TrustedKey> {
        self.keys
            .iter()
            .filter(move |key| kid.is_none_or(|kid| key.kid() == kid))
    }
}
