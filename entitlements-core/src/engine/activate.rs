use std::ops::Deref;

use tracing::Instrument;

use super::events::EventKind;
use super::keys::Keys;
use super::{Entitlements, spans};
use crate::license::{
    Collection, License, LicenseError, LicenseStatus, LicenseStoreError, StoredEntry, compact_key,
};
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

/// What became of a license key that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// The license, as it is held now.
    pub entry: LicenseEntry,
    /// What that changed.
    pub change: LicenseChange,
}

/// What a key that was taken changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LicenseChange {
    /// Nothing: the same key was held already.
    Unchanged,
    /// There is a license more.
    Added,
    /// It took the place of one with its id.
    Renewed,
}

impl LicenseChange {
    /// What changed, as one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Added => "added",
            Self::Renewed => "renewed",
        }
    }
}

impl Deref for Activation {
    type Target = LicenseEntry;

    fn deref(&self) -> &LicenseEntry {
        &self.entry
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
    /// Dropped before it is done, the key was either taken or not. A store that answers later may have kept it when what is held is read
    /// again: the upkeep does that at once.
    pub async fn activate(&self, key: &str) -> Result<Activation, ActivateError> {
        let span = spans::activate();
        let activated = self.try_activate(key).instrument(span.clone()).await;
        spans::activated(&span, &activated);
        if let Err(error) = &activated {
            self.shared.tell_rejected(error.reason(), self.now());
        }
        activated
    }

    async fn try_activate(&self, key: &str) -> Result<Activation, ActivateError> {
        let key = compact_key(key.as_bytes())?;
        let license = self.shared.verifier.verify(&key, self.now())?;
        let here = self.shared.place.deployment(license.instance().is_some());
        // Under the lock: a list that is applied meanwhile is either seen here or sees this license.
        let mut keys = self.shared.change_keys().await;
        let wall = self.shared.clock.now();
        let resets_clock = self.shared.resets_clock(&keys, &license, wall);
        let now = if resets_clock { wall } else { self.now() };
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
        let entry = entry(&license, status);
        let held = HeldLicense {
            license,
            source: LicenseSource::Store,
        };
        let issued_at = held.license.issued_at();
        let change = if keys.stored.contains(&held) {
            LicenseChange::Unchanged
        } else {
            self.keep(&mut keys, &held, &key).await?;
            hold(&mut keys, held)
        };
        // Also of a key that is held: whoever handed it in may have gone away before it was believed.
        if resets_clock || change != LicenseChange::Unchanged {
            let resets_clock = resets_clock.then_some(wall);
            self.shared.believe(&mut keys, issued_at, resets_clock);
            self.shared.publish(&mut keys);
        }
        let kind = match change {
            LicenseChange::Unchanged => None,
            LicenseChange::Renewed => Some(EventKind::Renewed),
            LicenseChange::Added => Some(EventKind::Activated),
        };
        // Before anything is waited for: from here on it has happened.
        if let Some(kind) = kind {
            self.shared.tell(kind, Some(&entry), now);
            tracing::info!(license = entry.id, plan = entry.plan, "license activated");
        }
        // What cannot be kept now is kept by the upkeep.
        let _ = self.shared.settle_clock(&mut keys).await;
        Ok(Activation { entry, change })
    }

    /// First of all it is kept (P3).
    async fn keep(
        &self,
        keys: &mut Keys,
        held: &HeldLicense,
        key: &str,
    ) -> Result<(), ActivateError> {
        let entry = StoredEntry::new(held.license.id(), key);
        keys.in_doubt = true;
        let mut kept = keys.store.put(Collection::Licenses, entry).await;
        if kept.is_ok() {
            kept = keys.remove_other_names(held.license.id()).await;
        }
        // A store that fails may have done it before.
        keys.in_doubt = kept.is_err();
        kept.map_err(ActivateError::NotKept)?;
        keys.store_is_mended();
        Ok(())
    }
}

/// Takes the license in, in the place of one with its id.
fn hold(keys: &mut Keys, held: HeldLicense) -> LicenseChange {
    let before = keys.stored.len();
    keys.stored
        .retain(|known| known.license.id() != held.license.id());
    let change = if keys.stored.len() < before {
        LicenseChange::Renewed
    } else {
        LicenseChange::Added
    };
    // One that did not verify is gone with it.
    keys.rejected
        .retain(|rejected| rejected.id.as_deref() != Some(held.license.id()));
    keys.stored.push(held);
    change
}

fn entry(license: &License, status: LicenseStatus) -> LicenseEntry {
    LicenseEntry {
        id: Some(license.id().to_owned()),
        source: LicenseSource::Store,
        plan: license.plan().map(str::to_owned),
        status,
        is_in_force: status.is_in_force(),
        expires_at: Some(license.expires_at()),
    }
}
