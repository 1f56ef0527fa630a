//! Revocation lists that were handed in, kept over restarts (L16a).
//!
//! The lists are kept as they were signed, and are verified when they are read: whoever can write to the store can take lists away, and
//! cannot make one. A list that was accepted once is accepted again, wherever the clock stands by then.

use crate::Timestamp;
use crate::license::{
    Collection, LicenseStore, LicenseStoreError, LicenseVerifier, RevocationList, Revocations,
    StoredEntry, sha256_hex,
};
use crate::resolve::{LicenseSource, RejectedRevocations, RevocationsCause};

/// What is kept of the lists that verify today. Others stay where they are: their key may be trusted again tomorrow.
#[derive(Debug, Default)]
pub(super) struct KeptLists {
    lists: Vec<KeptList>,
}

#[derive(Debug)]
struct KeptList {
    id: String,
    kid: String,
    issued_at: Timestamp,
}

impl KeptLists {
    /// Reads what is kept into `revocations`, and says what cannot be used.
    pub(super) fn read(
        stored: Result<Vec<StoredEntry>, LicenseStoreError>,
        verifier: &LicenseVerifier,
        revocations: &mut Revocations,
    ) -> (Self, Vec<RejectedRevocations>) {
        let reject = |cause| RejectedRevocations {
            source: LicenseSource::Store,
            cause,
        };
        let mut kept = Self::default();
        let stored = match stored {
            Ok(stored) => stored,
            Err(error) => {
                let unreadable = RevocationsCause::Unreadable(error.to_string());
                return (kept, vec![reject(unreadable)]);
            }
        };
        let mut rejected = Vec::new();
        for StoredEntry { id, value } in stored {
            match verifier.verify_held_revocations(&value) {
                Ok(list) => {
                    kept.lists.push(KeptList::of(id, &list));
                    revocations.add(list);
                }
                Err(error) => rejected.push(reject(RevocationsCause::List(error))),
            }
        }
        (kept, rejected)
    }

    /// Keeps a list beside those of other keys, and in place of older ones of its own.
    pub(super) async fn keep(
        &mut self,
        store: &dyn LicenseStore,
        list: &RevocationList,
        token: &str,
    ) -> Result<(), LicenseStoreError> {
        let id = sha256_hex(token);
        if self.lists.iter().any(|kept| kept.id == id) {
            return Ok(());
        }
        let entry = StoredEntry::new(id.as_str(), token);
        store.put(Collection::Revocations, entry).await?;
        // One that stays because it cannot be removed says nothing: a newer one counts (L16).
        let is_older =
            |kept: &KeptList| kept.kid == list.kid() && kept.issued_at < list.issued_at();
        for older in self.lists.extract_if(.., |kept| is_older(kept)) {
            let _ = store.remove(Collection::Revocations, &older.id).await;
        }
        self.lists.push(KeptList::of(id, list));
        Ok(())
    }
}

impl KeptList {
    fn of(id: String, list: &RevocationList) -> Self {
        Self {
            id,
            kid: list.kid().to_owned(),
            issued_at: list.issued_at(),
        }
    }
}
