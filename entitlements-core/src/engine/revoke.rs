use std::sync::Arc;

use super::Entitlements;
use crate::license::{RevocationError, RevocationList, compact_revocations};

/// What became of a revocation list that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedRevocations {
    /// What it says.
    pub list: RevocationList,
    /// Whether it changed what is revoked. It does not where it, or a newer list of the same key, was there already.
    pub changed: bool,
}

impl Entitlements {
    /// Takes a revocation list into account: what it revokes is out of force from the next request on.
    ///
    /// White space and line breaks in the list are ignored. Of the lists that one key signed the newest counts, and the lists of
    /// several keys add up (L16); so an older list, or the same again, changes nothing.
    ///
    /// It is held in memory: after the next start it counts only if it is handed in again, or comes from a variable or a file.
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
        let list = compact_revocations(list.as_bytes())?;
        let list = self.shared.verifier.verify_revocations(&list, self.now())?;
        let mut keys = self.shared.keys.lock().await;
        let mut revocations = (*keys.revocations).clone();
        let changed = revocations.add(list.clone());
        if changed {
            keys.revocations = Arc::new(revocations);
            self.shared.publish(&keys);
            tracing::info!(
                signed_by = list.kid(),
                licenses = list.licenses().len(),
                keys = list.keys().len(),
                "revocations applied"
            );
        }
        Ok(AppliedRevocations { list, changed })
    }
}
