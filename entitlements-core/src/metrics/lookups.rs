use std::fmt;
use std::sync::OnceLock;

use metrics::{Counter, counter};

use super::table::{CACHE_HITS, CACHE_MISSES, CACHE_STALE};

/// How accounts were found that are not in this process's memory.
///
/// Each counter is looked up once and kept, as those of gates are; the memory's own accounts are not counted at all.
#[derive(Default)]
pub(crate) struct Lookups {
    hits: OnceLock<Counter>,
    misses: OnceLock<Counter>,
}

impl Lookups {
    /// The store had it at hand.
    pub(crate) fn hit(&self) {
        let hits = self.hits.get_or_init(|| counter!(CACHE_HITS.name));
        hits.increment(1);
    }

    /// The store is asked, and waited for.
    pub(crate) fn miss(&self) {
        let misses = self.misses.get_or_init(|| counter!(CACHE_MISSES.name));
        misses.increment(1);
    }

    /// A request is judged by what was last known.
    #[cold]
    pub(crate) fn stale() {
        counter!(CACHE_STALE.name).increment(1);
    }
}

impl fmt::Debug for Lookups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookups").finish_non_exhaustive()
    }
}
