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
    /// The first 64: where most catalogs end, without a pointer to follow.
    low: u64,
    /// Those above.
    rest: Vec<u64>,
}

impl FeatureSet {
    #[inline]
    pub(crate) fn contains(&self, id: FeatureId) -> bool {
        let word = match id.index() / 64 {
            0 => self.low,
            above => self.rest.get(above - 1).copied().unwrap_or(0),
        };
        word >> (id.index() % 64) & 1 == 1
    }

    pub(crate) fn insert(&mut self, id: FeatureId) {
        *self.word_mut(id) |= 1 << (id.index() % 64);
    }

    pub(crate) fn remove(&mut self, id: FeatureId) {
        if self.contains(id) {
            *self.word_mut(id) &= !(1 << (id.index() % 64));
        }
    }

    pub(crate) fn union(&mut self, other: &Self) {
        other.iter().for_each(|id| self.insert(id));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = FeatureId> {
        let words = std::iter::once(&self.low).chain(&self.rest).enumerate();
        words.flat_map(|(word, bits)| {
            (0..64)
                .filter(move |bit| bits >> bit & 1 == 1)
                .filter_map(move |bit| {
                    u16::try_from(word * 64 + bit)
                        .ok()
                        .map(FeatureId::from_index)
                })
        })
    }

    fn word_mut(&mut self, id: FeatureId) -> &mut u64 {
        match (id.index() / 64).checked_sub(1) {
            None => &mut self.low,
            Some(above) => {
                if self.rest.len() <= above {
                    self.rest.resize(above + 1, 0);
                }
                // INVARIANT: it was just made long enough.
                self.rest.get_mut(above).unwrap_or(&mut self.low)
            }
        }
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
