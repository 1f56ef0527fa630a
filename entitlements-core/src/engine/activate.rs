use super::Entitlements;
use crate::license::{LicenseError, LicenseStatus, LicenseStoreError, StoredLicense, compact_key};
use crate::resolve::{HeldLicense, LicenseEntry, LicenseSource, RejectedKey, inapplicable_addons};

/// Why a license key that was handed in is not taken. What was held before stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActivateError {
    /// It does not verify.
    #[error(transparent)]
    Rejected(#[from] LicenseError),
    /// It verifies, but it expired and its grace is over.
    #[error("the license key has expired, and its grace is over")]
    Expired,
    /// It verifies, but its id, or the key that signed it, is on a revocation list.
    #[error("the license key was revoked by the vendor")]
    Revoked,
    /// It verifies, but is bound to another deployment or instance, and to which.
    #[error("the license key {0}")]
    WrongDeployment(String),
    /// It has an add-on that its plan cannot have.
    #[error("the license key has the add-on `{0}`, which its plan cannot have")]
    AddonNotApplicable(String),
    /// It is good, and cannot be kept.
    #[error("the license key is good, and cannot be kept: {0}")]
    NotKept(LicenseStoreError),
}

impl ActivateError {
    /// Why, as one snake_case word.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Rejected(error) => error.reason(),
            Self::Expired => LicenseStatus::Expired.as_str(),
            Self::Revoked => LicenseStatus::Revoked.as_str(),
            Self::WrongDeployment(_) => LicenseStatus::WrongDeployment.as_str(),
            Self::AddonNotApplicable(_) => "addon_not_applicable",
            Self::NotKept(_) => "not_kept",
        }
    }
}

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
    /// Takes a license key into use: checks it, keeps it, and lets it count from the next request on.
    ///
    /// White space and line breaks in the key are ignored. A license with the same id is replaced; the same key twice
    /// changes nothing.
    ///
    /// It is kept before it counts (P3), in the data folder ([`data_dir`](crate::EntitlementsBuilder::data_dir)) or in another
    /// [`LicenseStore`](crate::license::LicenseStore); without either it is gone when the process ends.
    ///
    /// # Errors
    /// When the key does not verify, its grace is over, it is revoked or bound elsewhere, its plan cannot have one of
    /// its add-ons, or it cannot be kept; then nothing changes.
    ///
    /// # Cancel safety
    /// Dropped before it is done, the key was either taken or not. Where a store answers later, one that it was about to keep may be
    /// there at the next start.
    pub async fn activate(&self, key: &str) -> Result<LicenseEntry, ActivateError> {
        let now = self.now();
        let key = compact_key(key.as_bytes())?;
        let license = self.shared.verifier.verify(&key, now)?;
        let here = self.shared.place.deployment(license.instance().is_some());
        // Under the lock: a list that is applied meanwhile is either seen here or sees this license.
        let mut keys = self.shared.keys.lock().await;
        let status = license.status(now, &here, &keys.revocations);
        match status {
            LicenseStatus::Expired => return Err(ActivateError::Expired),
            LicenseStatus::Revoked => return Err(ActivateError::Revoked),
            LicenseStatus::WrongDeployment => {
                let mismatch = license.mismatch(&here).unwrap_or_default();
                return Err(ActivateError::WrongDeployment(mismatch.0));
            }
            _ => {}
        }
        if let Some(addon) = inapplicable_addons(self.catalog(), &license).next() {
            return Err(ActivateError::AddonNotApplicable(addon.name().to_owned()));
        }
        let entry = LicenseEntry {
            id: Some(license.id().to_owned()),
            source: LicenseSource::Store,
            plan: license.plan().map(str::to_owned),
            status,
            expires_at: Some(license.expires_at()),
        };
        let held = HeldLicense {
            license,
            source: LicenseSource::Store,
        };
        if !keys.stored.contains(&held) {
            let kept = StoredLicense {
                id: held.license.id().to_owned(),
                key: key.to_string(),
            };
            let kept = keys.store.put(kept).await;
            kept.map_err(ActivateError::NotKept)?;
            keys.store_is_mended();
            keys.stored
                .retain(|known| known.license.id() != held.license.id());
            keys.stored.push(held);
            self.shared.publish(&keys);
            tracing::info!(license = entry.id, plan = entry.plan, "license activated");
        }
        Ok(entry)
    }

    /// Removes every license that was handed in; those from variables, files and flags stay.
    ///
    /// # Errors
    /// When they cannot be removed from where they are kept; then all stay.
    ///
    /// # Cancel safety
    /// Dropped before it is done, they were either all removed or not at all. Where a store answers later, they may be gone at the
    /// next start.
    pub async fn deactivate_all(&self) -> Result<(), DeactivateError> {
        let mut keys = self.shared.keys.lock().await;
        // Kept keys that do not verify are removed too.
        let is_kept = |rejected: &RejectedKey| rejected.source == LicenseSource::Store;
        if keys.stored.is_empty() && !keys.rejected.iter().any(is_kept) {
            return Ok(());
        }
        let removed = keys.store.clear().await;
        removed.map_err(DeactivateError::NotRemoved)?;
        keys.rejected.retain(|rejected| !is_kept(rejected));
        keys.stored.clear();
        self.shared.publish(&keys);
        tracing::info!("licenses deactivated");
        Ok(())
    }

    /// Removes the license with this id.
    ///
    /// # Errors
    /// When none is held, it comes from a variable, a file or a flag, or it cannot be removed from where it is kept; then it stays.
    ///
    /// # Cancel safety
    /// Dropped before it is done, it was either removed or not.
    pub async fn deactivate(&self, id: &str) -> Result<(), DeactivateError> {
        let mut keys = self.shared.keys.lock().await;
        if keys.stored.iter().any(|held| held.license.id() == id) {
            let removed = keys.store.remove(id).await;
            removed.map_err(DeactivateError::NotRemoved)?;
            keys.store_is_mended();
            keys.stored.retain(|held| held.license.id() != id);
            self.shared.publish(&keys);
            tracing::info!(license = id, "license deactivated");
            return Ok(());
        }
        match keys.managed.iter().find(|held| held.license.id() == id) {
            Some(held) => Err(DeactivateError::Managed(held.source.clone())),
            None => Err(DeactivateError::NotFound),
        }
    }
}
