use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The longest id that is kept in place, in bytes: a UUID and three letters.
const INLINE: usize = 39;

/// The identity of an account: the billing entity whose entitlements a request is judged by.
///
/// A self-hosted product has one, [`AccountId::LOCAL`]. Ids of up to 39 bytes are kept in place, so that
/// cloning one copies 48 bytes and touches nothing that threads share.
///
/// ```
/// use entitlements_core::AccountId;
///
/// assert_eq!(AccountId::LOCAL.as_str(), "local");
/// assert_eq!(AccountId::new("acc_42").to_string(), "acc_42");
/// ```
#[derive(Clone)]
pub struct AccountId(Repr);

#[derive(Clone)]
enum Repr {
    Inline(Inline),
    Shared(Arc<str>),
}

/// A short text, and its length in the last byte. Whole words, so that it is copied in a few large steps.
///
/// INVARIANT: as many of its bytes as the last one says are UTF-8, and those between are zero.
#[derive(Clone, Copy)]
#[repr(align(8))]
struct Inline([u8; INLINE + 1]);

impl AccountId {
    /// The one account of a self-hosted product.
    pub const LOCAL: Self = Self::from_short("local");

    /// All callers whom no account could be told of, where the application puts them on a plan.
    pub const ANONYMOUS: Self = Self::from_short("anonymous");

    /// The account with this id.
    #[must_use]
    pub fn new(id: impl AsRef<str>) -> Self {
        let id = id.as_ref();
        if id.len() <= INLINE {
            Self::from_short(id)
        } else {
            Self(Repr::Shared(id.into()))
        }
    }

    #[inline]
    const fn from_short(id: &str) -> Self {
        let text = id.as_bytes();
        let mut bytes = [0; INLINE + 1];
        let (start, _) = bytes.split_at_mut(text.len());
        start.copy_from_slice(text);
        let [.., length] = &mut bytes;
        #[expect(clippy::cast_possible_truncation, reason = "at most 39")]
        {
            *length = text.len() as u8;
        }
        Self(Repr::Inline(Inline(bytes)))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Inline(_) => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Repr::Shared(id) => id,
        }
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline(Inline(bytes)) => {
                let [.., length] = bytes;
                bytes.get(..usize::from(*length)).unwrap_or_default()
            }
            Repr::Shared(id) => id.as_bytes(),
        }
    }
}

/// A short id in words, its length in the highest byte of the last; for stores that compare ids by them.
impl AccountId {
    /// None where the id is longer than that.
    #[inline]
    pub(super) fn short(&self) -> Option<[u64; 5]> {
        match &self.0 {
            Repr::Inline(Inline(bytes)) => {
                let (words, _) = bytes.as_chunks();
                let words: &[[u8; 8]; 5] = words.try_into().ok()?;
                Some(words.map(u64::from_le_bytes))
            }
            Repr::Shared(_) => None,
        }
    }

    /// The id that `short` told.
    pub(super) fn from_short_words(words: [u64; 5]) -> Self {
        let mut bytes = [0; INLINE + 1];
        let (places, _) = bytes.as_chunks_mut();
        for (place, word) in places.iter_mut().zip(words) {
            *place = word.to_le_bytes();
        }
        Self(Repr::Inline(Inline(bytes)))
    }
}

impl PartialEq for AccountId {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for AccountId {}

impl PartialOrd for AccountId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By the bytes of the id, which is the order of its text.
impl Ord for AccountId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for AccountId {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.as_bytes());
        state.write_u8(0xff);
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({:?})", self.as_str())
    }
}

impl From<&str> for AccountId {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for AccountId {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_any_length_keep_their_text_and_order() {
        let texts: Vec<_> = (0..60).map(|length| "é".repeat(length)).collect();
        for text in &texts {
            let id = AccountId::new(text);
            assert_eq!(id.as_str(), text);
            assert_eq!(id.short().is_some(), text.len() <= INLINE);
            if let Some(words) = id.short() {
                assert_eq!(AccountId::from_short_words(words), id);
            }
        }
        let mut ids: Vec<_> = texts.iter().rev().map(AccountId::new).collect();
        ids.sort();
        let sorted: Vec<_> = ids.iter().map(AccountId::as_str).collect();
        assert_eq!(sorted, texts);
    }

    #[test]
    fn an_id_is_small() {
        assert_eq!(size_of::<AccountId>(), 48);
        assert_eq!(size_of::<Option<AccountId>>(), 48);
    }
}
