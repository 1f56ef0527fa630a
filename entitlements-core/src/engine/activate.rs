use super::Entitlements;
use crate::license::{LicenseError, LicenseStatus, compact_key};
use crate::resolve::{HeldLicense, LicenseEntry, LicenseSource, inapplicable_addons};

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
}

impl DeactivateError {
    /// Why, as one snake_case word.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Managed(_) => "managed",
        }
    }
}

impl Entitlements {
    /// Takes a license key into use: checks it, keeps it, and lets it count from the next request on.
    ///
    /// White space and line breaks in the key are ignored. A license with the same id is replaced; the same key twice
    /// changes nothing.
    ///
    /// It is held in memory, and gone at the next start.
    ///
    /// # Errors
    /// When the key does not verify, its grace is over, it is revoked or bound elsewhere, or its plan cannot have one of
    /// its add-ons; then nothing changes.
    ///
    /// # Cancel safety
    /// Dropped before it is done, the key was either taken or not; nothing in between.
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
    /// # Cancel safety
    /// Dropped before it is done, they were either all removed or not at all.
    pub async fn deactivate_all(&self) {
        let mut keys = self.shared.keys.lock().await;
        if !keys.stored.is_empty() {
            keys.stored.clear();
            self.shared.publish(&keys);
            tracing::info!("licenses deactivated");
        }
    }

    /// Removes the license with this id.
    ///
    /// # Errors
    /// When none is held, or it comes from a variable, a file or a flag.
    ///
    /// # Cancel safety
    /// Dropped before it is done, it was either removed or not.
    pub async fn deactivate(&self, id: &str) -> Result<(), DeactivateError> {
        let mut keys = self.shared.keys.lock().await;
        let before = keys.stored.len();
        keys.stored.retain(|held| held.license.id() != id);
        if keys.stored.len() < before {
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
