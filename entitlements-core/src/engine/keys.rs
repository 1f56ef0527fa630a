//! The license keys and revocation lists that an engine was given, and what is held because of them.

use std::sync::Arc;

use super::kept_clock::KeptClock;
use super::kept_lists::KeptLists;
use super::this_deployment::ThisDeployment;
use crate::Timestamp;
use crate::license::{
    Collection, LicenseStore, LicenseStoreError, LicenseVerifier, MemoryLicenses, Revocations,
    StoredEntry,
};
use crate::notify::Given;
use crate::resolve::{
    HeldLicense, Holdings, LicenseSource, RejectedCause, RejectedKey, RejectedRevocations,
    RevocationsCause,
};

/// License keys by where they come from, and the revocation lists that judge them.
#[derive(Debug)]
pub(super) struct Keys {
    /// From variables, files and flags: read-only here.
    pub(super) managed: Vec<Managed>,
    /// Handed in while running, now or by an earlier process.
    pub(super) stored: Vec<HeldLicense>,
    /// Ids of licenses that are kept under another name, and that name: the catalog may have said otherwise what a license's id is.
    pub(super) other_names: Vec<(String, String)>,
    /// Where these outlast the process.
    pub(super) store: Arc<dyn LicenseStore>,
    pub(super) rejected: Vec<RejectedKey>,
    pub(super) ignored: Vec<String>,
    /// What the vendor has taken back, by lists from anywhere.
    pub(super) revocations: Arc<Revocations>,
    pub(super) rejected_revocations: Vec<RejectedRevocations>,
    /// Those of them that outlast the process.
    pub(super) kept_lists: KeptLists,
    /// What is kept of time.
    pub(super) clock: KeptClock,
    /// What else of the store could not be read, and why.
    pub(super) unreadable: Vec<(Collection, String)>,
    /// The notices of which it was read late that they were given.
    pub(super) given_late: Option<Given>,
    /// Whether the clock was behind the newest trusted time when this was last published.
    pub(super) clock_is_behind: bool,
    /// When all of this was last read.
    pub(super) read_at: Option<Timestamp>,
    /// Which reading that was.
    pub(super) last_reading: u64,
    /// What tells each place's content as it was last read from others.
    pub(super) read: Vec<String>,
    /// A change was asked of the store, and nobody waited for its answer: what is held may not be what is kept.
    pub(super) in_doubt: bool,
}

/// A license from one of the places that the program was configured with.
#[derive(Debug, Clone)]
pub(super) struct Managed {
    /// Which of the places.
    pub(super) place: usize,
    pub(super) held: HeldLicense,
}

impl Default for Keys {
    fn default() -> Self {
        Self::kept_in(Arc::new(MemoryLicenses))
    }
}

impl Keys {
    /// None, and where those that are handed in will be kept.
    pub(super) fn kept_in(store: Arc<dyn LicenseStore>) -> Self {
        Self {
            managed: Vec::new(),
            stored: Vec::new(),
            other_names: Vec::new(),
            store,
            rejected: Vec::new(),
            ignored: Vec::new(),
            revocations: Arc::default(),
            rejected_revocations: Vec::new(),
            kept_lists: KeptLists::default(),
            clock: KeptClock::default(),
            unreadable: Vec::new(),
            given_late: None,
            clock_is_behind: false,
            read_at: None,
            last_reading: 0,
            read: Vec::new(),
            in_doubt: false,
        }
    }

    /// What was wrong with the store is mended by a change that it made.
    pub(super) fn store_is_mended(&mut self) {
        self.rejected.retain(|rejected| {
            rejected.source != LicenseSource::Store
                || !matches!(rejected.cause, RejectedCause::Unreadable(_))
        });
    }

    /// Reads what has to be known before anything else: what is kept of time, and which notices were given.
    pub(super) async fn read_first(&mut self) -> Given {
        let clock = self.store.load(Collection::Clock).await;
        self.take_clock(clock);
        match self.store.load(Collection::Notices).await {
            Ok(entries) => Given::read(entries),
            Err(error) => {
                self.could_not_be_read(Collection::Notices, &error);
                Given::default()
            }
        }
    }

    /// Removes what is kept of a license under other names than its id, so that it does not come back from there.
    pub(super) async fn remove_other_names(&mut self, id: &str) -> Result<(), LicenseStoreError> {
        let store = Arc::clone(&self.store);
        let names = self.other_names.iter().filter(|(known, _)| known == id);
        let names: Vec<_> = names.map(|(_, name)| name.clone()).collect();
        for name in names {
            store.remove(Collection::Licenses, &name).await?;
            self.other_names.retain(|(_, known)| *known != name);
        }
        Ok(())
    }

    /// Reads which notices were given, where the start could not.
    pub(super) async fn read_notices_late(&mut self) {
        let unread = Collection::Notices;
        if self.unreadable.iter().all(|(known, _)| *known != unread) {
            return;
        }
        let store = Arc::clone(&self.store);
        match store.load(unread).await {
            Ok(entries) => {
                self.given_late = Some(Given::read(entries));
                self.could_be_read(unread);
            }
            Err(error) => self.could_not_be_read(unread, &error),
        }
    }

    /// Takes the revocation lists that are kept; what was revoked before stays revoked.
    pub(super) fn take_lists(
        &mut self,
        kept: Result<Vec<StoredEntry>, LicenseStoreError>,
        verifier: &LicenseVerifier,
    ) {
        let mut revocations = (*self.revocations).clone();
        let (kept_lists, rejected) = KeptLists::read(kept, verifier, &mut revocations);
        self.revocations = Arc::new(revocations);
        self.kept_lists = kept_lists;
        // That one could not be kept is told until it is.
        self.rejected_revocations.retain(|rejected| {
            rejected.source != LicenseSource::Store
                || matches!(rejected.cause, RevocationsCause::NotKept(_))
        });
        self.rejected_revocations.extend(rejected);
    }

    /// Whether the revocation lists that are kept could not be read.
    pub(super) fn lists_are_unreadable(&self) -> bool {
        self.rejected_revocations.iter().any(|rejected| {
            rejected.source == LicenseSource::Store
                && matches!(rejected.cause, RevocationsCause::Unreadable(_))
        })
    }

    /// Takes what is kept of time; where that cannot be read, what was known of it stays.
    pub(super) fn take_clock(&mut self, kept: Result<Vec<StoredEntry>, LicenseStoreError>) {
        match kept.and_then(KeptClock::read) {
            Ok(clock) => {
                self.could_be_read(Collection::Clock);
                self.clock.take(clock);
            }
            Err(error) => self.could_not_be_read(Collection::Clock, &error),
        }
    }

    pub(super) fn could_be_read(&mut self, collection: Collection) {
        self.unreadable.retain(|(known, _)| *known != collection);
    }

    pub(super) fn could_not_be_read(&mut self, collection: Collection, why: &LicenseStoreError) {
        self.could_be_read(collection);
        self.unreadable.push((collection, why.to_string()));
    }

    /// When the newest of the licenses that are in force was issued: its key is no news any more, wherever it comes from (T5).
    pub(super) fn newest_issue_in_force(
        &self,
        place: &ThisDeployment,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let holdings = self.holdings(place);
        let in_force = holdings.licenses.iter().filter(|held| {
            let status = held
                .license
                .status(now, &holdings.deployment, &holdings.revocations);
            status.is_in_force()
        });
        in_force.filter_map(|held| held.license.issued_at()).max()
    }

    /// One license for each id: the one that was handed in; of two from outside the one issued later, then the one that
    /// lasts longer.
    pub(super) fn holdings(&self, place: &ThisDeployment) -> Holdings {
        let mut managed: Vec<_> = self.managed.iter().map(|managed| &managed.held).collect();
        managed.sort_by_key(|held| (held.license.issued_at(), held.license.expires_at()));
        let mut holdings = Holdings {
            rejected: self.rejected.clone(),
            ignored: self.ignored.clone(),
            revocations: Arc::clone(&self.revocations),
            rejected_revocations: self.rejected_revocations.clone(),
            first_mismatches: self.clock.first_mismatches.clone(),
            unreadable: self.unreadable.clone(),
            clock_is_behind: self.clock_is_behind,
            read_at: self.read_at,
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
