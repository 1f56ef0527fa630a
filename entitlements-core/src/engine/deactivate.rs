use tracing::Instrument;

use super::events::EventKind;
use super::{Entitlements, spans};
use crate::license::{Collection, LicenseStoreError};
use crate::resolve::{LicenseEntry, LicenseSource, RejectedKey};

/// Why a license is not removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeactivateError {
    /// No license with this id is held.
    #[error("no license with this id is held")]
    NotFound,
    /// It comes from outside the process and comes back at the next start.
    #[error("the license comes from {0}; remove it there")]
    Managed(LicenseSource),
    /// Where it is kept it cannot be removed, so it stays.
    #[error("the license cannot be removed from where it is kept: {0}")]
    NotRemoved(LicenseStoreError),
}

impl DeactivateError {
    /// Why, as one snake_case word.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Managed(_) => "managed",
            Self::NotRemoved(_) => "not_removed",
        }
    }
}

impl Entitlements {
    /// Removes every license that was handed in, and says which; those from variables, files and flags stay.
    ///
    /// # Errors
    /// When they cannot be removed from where they are kept; then all stay.
    ///
    /// # Cancel safety
    /// Dropped before it is done, they were either all removed or not at all. A store that answers later may have removed them when what
    /// is held is read again: the upkeep does that at once.
    pub async fn deactivate_all(&self) -> Result<Vec<LicenseEntry>, DeactivateError> {
        let span = spans::deactivate_all();
        let deactivated = self.try_deactivate_all().instrument(span.clone()).await;
        spans::deactivated_all(&span, &deactivated);
        deactivated
    }

    async fn try_deactivate_all(&self) -> Result<Vec<LicenseEntry>, DeactivateError> {
        let mut keys = self.shared.change_keys().await;
        // Kept keys that do not verify are removed too.
        let is_kept = |rejected: &RejectedKey| rejected.source == LicenseSource::Store;
        if keys.stored.is_empty() && !keys.rejected.iter().any(is_kept) {
            return Ok(Vec::new());
        }
        let now = self.now();
        let mut removed = self.current_at(now).licenses().to_vec();
        removed.retain(|entry| entry.source == LicenseSource::Store);
        keys.in_doubt = true;
        let cleared = keys.store.clear(Collection::Licenses).await;
        keys.in_doubt = cleared.is_err();
        cleared.map_err(DeactivateError::NotRemoved)?;
        keys.rejected.retain(|rejected| !is_kept(rejected));
        keys.stored.clear();
        keys.other_names.clear();
        self.shared.publish(&mut keys);
        for entry in removed.iter().filter(|entry| entry.id.is_some()) {
            self.shared.tell(EventKind::Deactivated, Some(entry), now);
        }
        tracing::info!("licenses deactivated");
        Ok(removed)
    }

    /// Removes the license with this id, and says what it was.
    ///
    /// # Errors
    /// When none is held, it comes from a variable, a file or a flag, or it cannot be removed from where it is kept; then it stays.
    ///
    /// # Cancel safety
    /// As of [`deactivate_all`](Self::deactivate_all).
    pub async fn deactivate(&self, id: &str) -> Result<LicenseEntry, DeactivateError> {
        let span = spans::deactivate();
        let deactivated = self.try_deactivate(id).instrument(span.clone()).await;
        spans::deactivated(&span, &deactivated);
        deactivated
    }

    async fn try_deactivate(&self, id: &str) -> Result<LicenseEntry, DeactivateError> {
        let mut keys = self.shared.change_keys().await;
        let now = self.now();
        let mut entries = self.current_at(now).licenses().to_vec().into_iter();
        let is_it = |entry: &LicenseEntry| {
            entry.source == LicenseSource::Store && entry.id.as_deref() == Some(id)
        };
        let Some(entry) = entries.find(is_it) else {
            let mut managed = keys.managed.iter().map(|managed| &managed.held);
            return match managed.find(|held| held.license.id() == id) {
                Some(held) => Err(DeactivateError::Managed(held.source.clone())),
                None => Err(DeactivateError::NotFound),
            };
        };
        keys.in_doubt = true;
        let mut removed = keys.remove_other_names(id).await;
        if removed.is_ok() {
            removed = keys.store.remove(Collection::Licenses, id).await;
        }
        keys.in_doubt = removed.is_err();
        removed.map_err(DeactivateError::NotRemoved)?;
        keys.store_is_mended();
        keys.stored.retain(|held| held.license.id() != id);
        keys.rejected
            .retain(|rejected| rejected.id.as_deref() != Some(id));
        self.shared.publish(&mut keys);
        self.shared.tell(EventKind::Deactivated, Some(&entry), now);
        tracing::info!(license = id, "license deactivated");
        Ok(entry)
    }
}
