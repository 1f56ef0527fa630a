use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::Timestamp;

/// The leases of one limit of one account, by their holders.
#[derive(Debug, Default)]
pub(super) struct Leases(HashMap<Box<str>, Timestamp, RandomState>);

impl Leases {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn hold(&mut self, holder: &str, until: Timestamp) {
        self.0.insert(holder.into(), until);
    }

    /// Moves the end of a lease there is, and says whether there is one.
    pub(super) fn renew(&mut self, holder: &str, until: Timestamp) -> bool {
        self.0.get_mut(holder).map(|end| *end = until).is_some()
    }

    pub(super) fn end(&mut self, holder: &str) {
        self.0.remove(holder);
    }

    /// Forgets those that ended at or before `now`, and says when the next one ends.
    pub(super) fn forget_lapsed(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.0.retain(|_, until| *until > now);
        self.0.values().min().copied()
    }
}
