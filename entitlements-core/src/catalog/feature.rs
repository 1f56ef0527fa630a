use super::label::Label;
use super::table::{FeatureId, Id};

/// Something that is on or off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureDefinition {
    pub(crate) label: Label,
}

/// A set of features of one catalog.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct FeatureSet {
    words: Vec<u64>,
}

impl FeatureSet {
    #[inline]
    pub(crate) fn contains(&self, id: FeatureId) -> bool {
        let word = self.words.get(id.index() / 64).copied().unwrap_or(0);
        word >> (id.index() % 64) & 1 == 1
    }

    pub(crate) fn insert(&mut self, id: FeatureId) {
        let word = id.index() / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word |= 1 << (id.index() % 64);
        }
    }

    pub(crate) fn remove(&mut self, id: FeatureId) {
        if let Some(word) = self.words.get_mut(id.index() / 64) {
            *word &= !(1 << (id.index() % 64));
        }
    }

    pub(crate) fn union(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = FeatureId> {
        self.words.iter().enumerate().flat_map(|(word, bits)| {
            (0..64)
                .filter(move |bit| bits >> bit & 1 == 1)
                .filter_map(move |bit| {
                    u16::try_from(word * 64 + bit)
                        .ok()
                        .map(FeatureId::from_index)
                })
        })
    }
}

impl FromIterator<FeatureId> for FeatureSet {
    fn from_iter<T: IntoIterator<Item = FeatureId>>(ids: T) -> Self {
        let mut set = Self::default();
        ids.into_iter().for_each(|id| set.insert(id));
        set
    }
}

impl std::fmt::Debug for FeatureSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
