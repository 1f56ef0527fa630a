//! The license keys and revocation lists that an engine was given, and what is held because of them.

use std::sync::Arc;

use super::kept_lists::KeptLists;
use super::place::Place;
use crate::license::Revocations;
use crate::resolve::{HeldLicense, Holdings, RejectedKey, RejectedRevocations};

/// License keys by where they come from, and the revocation lists that judge them.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// From variables, files and flags: read-only here.
    pub(super) managed: Vec<HeldLicense>,
    /// Handed in while running.
    pub(super) stored: Vec<HeldLicense>,
    pub(super) rejected: Vec<RejectedKey>,
    pub(super) ignored: Vec<String>,
    /// What the vendor has taken back, by lists from anywhere.
    pub(super) revocations: Arc<Revocations>,
    pub(super) rejected_revocations: Vec<RejectedRevocations>,
    /// Those of them that outlast the process.
    pub(super) kept_lists: KeptLists,
}

impl Keys {
    /// One license for each id: the one that was handed in; of two from outside the one issued later, then the one that
    /// lasts longer.
    pub(super) fn holdings(&self, place: &Place) -> Holdings {
        let mut managed: Vec<_> = self.managed.iter().collect();
        managed.sort_by_key(|held| (held.license.issued_at(), held.license.expires_at()));
        let mut holdings = Holdings {
            rejected: self.rejected.clone(),
            ignored: self.ignored.clone(),
            revocations: Arc::clone(&self.revocations),
            rejected_revocations: self.rejected_revocations.clone(),
            ..Holdings::default()
        };
        // The last of one id stays.
        for held in managed.into_iter().chain(&self.stored) {
            holdings.hold(held.clone());
        }
        place.enter(&mut holdings);
        holdings
    }
}
