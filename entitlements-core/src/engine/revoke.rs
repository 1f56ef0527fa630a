use std::sync::Arc;

use tracing::Instrument;

use super::keys::Keys;
use super::shared::Shared;
use super::sources::SignedList;
use super::{Entitlements, spans};
use crate::license::{RevocationError, RevocationList, compact_revocations};
use crate::resolve::{LicenseSource, RejectedRevocations, RevocationsCause};

/// What became of a revocation list that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedRevocations {
    /// What it says.
    pub list: RevocationList,
    /// Whether it changed what is revoked. It does not where it, or a newer list of the same key, was there already.
    pub changed: bool,
    /// Whether it, or a newer one in its place, still counts after the next start. It does not without a data folder or a
    /// store.
    pub kept: bool,
}

impl Entitlements {
    /// Takes a revocation list into account: what it revokes is out of force from the next request on.
    ///
    /// White space and line breaks in the list are ignored. Of the lists that one key signed the newest counts, and the lists of
    /// several keys add up (L16); so an older list, or the same again, changes nothing.
    ///
    /// With a data folder ([`data_dir`](crate::EntitlementsBuilder::data_dir)) or another [`LicenseStore`](crate::license::LicenseStore) it
    /// counts after the next start too. Where it cannot be kept there, it counts until the end of this process, and the status says so
    /// (`revocations_not_kept`).
    ///
    /// # Errors
    /// When the list does not verify; then nothing changes.
    ///
    /// # Cancel safety
    /// Dropped before it is done, the list was either taken into account or not.
    pub async fn apply_revocations(
        &self,
        list: &str,
    ) -> Result<AppliedRevocations, RevocationError> {
        let span = spans::apply_revocations();
        let applied = self.try_apply(list).instrument(span.clone()).await;
        spans::applied(&span, &applied);
        applied
    }

    async fn try_apply(&self, list: &str) -> Result<AppliedRevocations, RevocationError> {
        let token = compact_revocations(list.as_bytes())?;
        let verifier = &self.shared.verifier;
        let verified = verifier.verify_revocations(&token, self.now())?;
        let mut keys = self.shared.change_keys().await;
        let mut revocations = (*keys.revocations).clone();
        let changed = revocations.add(verified.clone());
        // Also where it changes nothing: what was to keep it before may have failed.
        let is_newest = revocations.has_none_after(&verified);
        if changed {
            // Before it is kept: what is revoked is revoked, be the disk full or slow.
            keys.revocations = Arc::new(revocations);
            self.shared.publish(&mut keys);
            tracing::info!(
                signed_by = verified.kid(),
                licenses = verified.licenses().len(),
                keys = verified.keys().len(),
                "revocations applied"
            );
        }
        let kept = if is_newest {
            let kept = keep(&mut keys, &verified, &token).await;
            self.shared.publish(&mut keys);
            kept
        } else {
            keys.store.outlasts_the_process()
        };
        Ok(AppliedRevocations {
            list: verified,
            changed,
            kept,
        })
    }
}

impl Shared {
    /// Keeps lists that variables and files have: once revoked, a license stays so where they are taken away (L16a).
    pub(super) async fn keep_lists(&self, keys: &mut Keys, lists: Vec<SignedList>) {
        // What cannot be read stays as it is until a list is handed in, so that the error is seen.
        if !keys.store.outlasts_the_process() || keys.lists_are_unreadable() {
            return;
        }
        let mut are_kept = true;
        for SignedList { list, token } in lists {
            if keys.revocations.has_none_after(&list) {
                are_kept &= keep(keys, &list, &token).await;
            }
        }
        if !are_kept {
            self.publish(keys);
        }
    }
}

/// A list that cannot be kept still counts, and the status says so.
async fn keep(keys: &mut Keys, list: &RevocationList, token: &str) -> bool {
    let not_kept = |cause: &RevocationsCause| matches!(cause, RevocationsCause::NotKept(_));
    keys.rejected_revocations
        .retain(|rejected| !not_kept(&rejected.cause));
    let store = Arc::clone(&keys.store);
    match keys.kept_lists.keep(&*store, list, token).await {
        Ok(()) => {
            // What was there and could not be read was set aside.
            keys.rejected_revocations.retain(|rejected| {
                rejected.source != LicenseSource::Store
                    || !matches!(rejected.cause, RevocationsCause::Unreadable(_))
            });
            store.outlasts_the_process()
        }
        Err(error) => {
            tracing::error!("a revocation list cannot be kept: {error}");
            keys.rejected_revocations.push(RejectedRevocations {
                source: LicenseSource::Store,
                cause: RevocationsCause::NotKept(error.to_string()),
            });
            false
        }
    }
}
