//! The license keys and revocation lists that an engine was given, and what is held because of them.

use std::sync::Arc;

use super::kept_lists::KeptLists;
use super::this_deployment::ThisDeployment;
use crate::license::{LicenseStore, MemoryLicenses, Revocations};
use crate::resolve::{
    HeldLicense, Holdings, LicenseSource, RejectedCause, RejectedKey, RejectedRevocations,
};

/// License keys by where they come from, and the revocation lists that judge them.
#[derive(Debug)]
pub(super) struct Keys {
    /// From variables, files and flags: read-only here.
    pub(super) managed: Vec<HeldLicense>,
    /// Handed in while running, now or by an earlier process.
    pub(super) stored: Vec<HeldLicense>,
    /// Where these outlast the process.
    pub(super) store: Arc<dyn LicenseStore>,
    pub(super) rejected: Vec<RejectedKey>,
    pub(super) ignored: Vec<String>,
    /// What the vendor has taken back, by lists from anywhere.
    pub(super) revocations: Arc<Revocations>,
    pub(super) rejected_revocations: Vec<RejectedRevocations>,
    /// Those of them that outlast the process.
    pub(super) kept_lists: KeptLists,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            managed: Vec::new(),
            stored: Vec::new(),
            store: Arc::new(MemoryLicenses),
            rejected: Vec::new(),
            ignored: Vec::new(),
            revocations: Arc::default(),
            rejected_revocations: Vec::new(),
            kept_lists: KeptLists::default(),
        }
    }
}

impl Keys {
    /// What was wrong with the store is mended by a change that it made.
    pub(super) fn store_is_mended(&mut self) {
        self.rejected.retain(|rejected| {
            rejected.source != LicenseSource::Store
                || !matches!(rejected.cause, RejectedCause::Unreadable(_))
        });
    }

    /// One license for each id: the one that was handed in; of two from outside the one issued later, then the one that
    /// lasts longer.
    pub(super) fn holdings(&self, place: &ThisDeployment) -> Holdings {
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
