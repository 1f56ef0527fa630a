//! What is kept of time, in the collection `clock`: the newest trusted time, what resets it, and since when licenses are elsewhere than
//! where they are bound to.

use std::collections::BTreeMap;

use crate::Timestamp;
use crate::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};

/// The newest trusted time (T4).
const NEWEST: &str = "newest";
/// When it was last reset by hand or by a key (T5).
const RESET: &str = "reset";
/// When the newest key that was handed in was issued (T5).
const NEWEST_ISSUE: &str = "newest_issue";
/// Before a license's id: since when it is elsewhere than where it is bound to (S7a).
const MISMATCH: &str = "mismatch ";

/// What is kept of time, as this process last read or wrote it.
#[derive(Debug, Default, Clone)]
pub(super) struct KeptClock {
    pub(super) newest: Option<Timestamp>,
    pub(super) reset: Option<Timestamp>,
    pub(super) newest_issue: Option<Timestamp>,
    /// By the license's id.
    pub(super) first_mismatches: BTreeMap<String, Timestamp>,
    /// Whether the store has yet to be told that the newest trusted time was reset.
    owes_reset: bool,
    /// Whether the store has yet to be told of the newest issue.
    owes_issue: bool,
}

impl KeptClock {
    /// Reads what a store keeps; what it does not understand is the error.
    pub(super) fn read(entries: Vec<StoredEntry>) -> Result<Self, LicenseStoreError> {
        let mut clock = Self::default();
        for StoredEntry { id, value } in entries {
            let time = value.parse().map_err(|_| {
                let what = "holds something else than times";
                LicenseStoreError::new(format_args!(
                    "the collection `{}` {what}",
                    Collection::Clock
                ))
            })?;
            match id.as_str() {
                NEWEST => clock.newest = Some(time),
                RESET => clock.reset = Some(time),
                NEWEST_ISSUE => clock.newest_issue = Some(time),
                id => {
                    let license = id.strip_prefix(MISMATCH).map(str::to_owned);
                    let entry = license.map(|license| (license, time));
                    clock.first_mismatches.extend(entry);
                }
            }
        }
        Ok(clock)
    }

    /// Keeps the newest trusted time.
    pub(super) async fn keep_newest(
        &mut self,
        store: &dyn LicenseStore,
        newest: Timestamp,
    ) -> Result<(), LicenseStoreError> {
        // Before it is asked for: where it cannot be kept, an hour passes until it is tried again.
        self.newest = Some(newest);
        put(store, NEWEST.to_owned(), newest).await?;
        put_if(store, NEWEST_ISSUE, self.newest_issue).await
    }

    /// Takes what is kept in the place of what was known; what the store was never told stays as it is here.
    pub(super) fn take(&mut self, kept: Self) {
        let owed = std::mem::replace(self, kept);
        if owed.owes_reset {
            self.newest = owed.newest;
            self.reset = owed.reset;
            self.owes_reset = true;
        }
        self.owes_issue = owed.owes_issue;
        self.newest_issue = self.newest_issue.max(owed.newest_issue);
    }

    /// Remembers when a key was issued, where that is later than all before.
    pub(super) fn note_issue(&mut self, issued_at: Option<Timestamp>) {
        if self.newest_issue < issued_at {
            self.newest_issue = issued_at;
            self.owes_issue = true;
        }
    }

    /// Remembers when a key was issued that is in force from elsewhere. It is kept beside the newest trusted time: until that is kept
    /// there is nothing to reset, and a start writes nothing.
    pub(super) fn note_issue_in_force(&mut self, issued_at: Option<Timestamp>) {
        self.newest_issue = self.newest_issue.max(issued_at);
    }

    /// The newest trusted time is this from now on, whatever it was.
    pub(super) fn note_reset(&mut self, wall: Timestamp) {
        self.newest = Some(wall);
        self.reset = Some(wall);
        self.owes_reset = true;
    }

    /// Keeps what was noted and is not kept yet.
    ///
    /// INVARIANT: the newest issue comes last. A kill before it leaves a key that can reset the clock once more; one after it, and before the
    /// reset, would leave a key that says what time it is and is not believed.
    pub(super) async fn settle(
        &mut self,
        store: &dyn LicenseStore,
    ) -> Result<(), LicenseStoreError> {
        // Only what was noted: another process may have said the rest since.
        if self.owes_reset {
            for (id, time) in [(NEWEST, self.newest), (RESET, self.reset)] {
                put_if(store, id, time).await?;
            }
            self.owes_reset = false;
        }
        if self.owes_issue {
            put_if(store, NEWEST_ISSUE, self.newest_issue).await?;
            self.owes_issue = false;
        }
        Ok(())
    }

    /// Keeps since when a license is elsewhere. What cannot be kept does not count: days of grace that begin anew at every start would
    /// never end.
    pub(super) async fn keep_mismatch(
        &mut self,
        store: &dyn LicenseStore,
        license: &str,
        since: Timestamp,
    ) {
        self.first_mismatches.remove(license);
        let kept = put(store, format!("{MISMATCH}{license}"), since).await;
        if kept.is_ok() {
            self.first_mismatches.insert(license.to_owned(), since);
        }
    }

    /// Forgets that a license was elsewhere.
    pub(super) async fn forget_mismatch(&mut self, store: &dyn LicenseStore, license: &str) {
        self.first_mismatches.remove(license);
        let entry = format!("{MISMATCH}{license}");
        // One that stays is forgotten at the next reading.
        let _ = store.remove(Collection::Clock, &entry).await;
    }
}

/// Makes this time the newest that is trusted, and says which it was, where one was kept (T5): what `entitlements clock reset` does to a
/// store that engines may be using. They find it when they revalidate. What cannot be read is replaced.
///
/// # Errors
/// Where it cannot be kept.
///
/// # Cancel safety
/// Dropped before it is done, it may be half done; again does it whole.
pub async fn reset_kept_clock(
    store: &dyn LicenseStore,
    now: Timestamp,
) -> Result<Option<Timestamp>, LicenseStoreError> {
    let before = store.load(Collection::Clock).await;
    let before = before.and_then(KeptClock::read).unwrap_or_default();
    put(store, NEWEST.to_owned(), now).await?;
    put(store, RESET.to_owned(), now).await?;
    Ok(before.newest)
}

async fn put_if(
    store: &dyn LicenseStore,
    id: &str,
    time: Option<Timestamp>,
) -> Result<(), LicenseStoreError> {
    match time {
        Some(time) => put(store, id.to_owned(), time).await,
        None => Ok(()),
    }
}

async fn put(
    store: &dyn LicenseStore,
    id: String,
    time: Timestamp,
) -> Result<(), LicenseStoreError> {
    let entry = StoredEntry::new(id, time.to_string());
    store.put(Collection::Clock, entry).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What another process reset meanwhile is neither lost nor written over by what this one has to say of keys.
    #[test]
    fn t5_a_key_that_is_not_kept_yet_hides_no_reset_of_another_process() {
        let at = Timestamp::from_unix_seconds;
        let entries = |clock: &KeptClock| (clock.newest, clock.reset, clock.newest_issue);
        let mut clock = KeptClock {
            newest: Some(at(9_000)),
            reset: Some(at(100)),
            ..KeptClock::default()
        };
        clock.note_issue(Some(at(50)));
        clock.take(KeptClock {
            newest: Some(at(500)),
            reset: Some(at(500)),
            ..KeptClock::default()
        });
        assert_eq!(
            entries(&clock),
            (Some(at(500)), Some(at(500)), Some(at(50)))
        );
        // What this one reset and could not keep yet stays.
        clock.note_reset(at(700));
        clock.take(KeptClock {
            newest: Some(at(9_000)),
            reset: Some(at(500)),
            ..KeptClock::default()
        });
        assert_eq!(
            entries(&clock),
            (Some(at(700)), Some(at(700)), Some(at(50)))
        );
    }
}
