use std::fmt;
use std::time::Duration;

use super::{Deployment, License, Revocations};
use crate::Timestamp;

/// The state of a license, or of everything an account holds (`spec/lifecycle.md`).
///
/// Ordered from worst to best: the status of several licenses is the best of them, [`Ord::max`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LicenseStatus {
    /// There is no license.
    Unlicensed,
    /// A key is configured that does not verify.
    Invalid,
    /// Its id, or the key that signed it, is on a revocation list.
    Revoked,
    /// It is bound to another deployment, or to another instance.
    WrongDeployment,
    /// Expired, and grace is over.
    Expired,
    /// It begins later.
    NotYetValid,
    /// Expired, and still in force for a while.
    Grace,
    /// In force.
    Active,
}

impl LicenseStatus {
    /// Every state, from worst to best.
    pub const ALL: &[Self] = &[
        Self::Unlicensed,
        Self::Invalid,
        Self::Revoked,
        Self::WrongDeployment,
        Self::Expired,
        Self::NotYetValid,
        Self::Grace,
        Self::Active,
    ];

    /// Whether a license in this state grants anything.
    #[must_use]
    pub const fn is_in_force(self) -> bool {
        matches!(self, Self::Active | Self::Grace)
    }

    /// The state as one snake_case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unlicensed => "unlicensed",
            Self::Invalid => "invalid",
            Self::Revoked => "revoked",
            Self::WrongDeployment => "wrong_deployment",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Grace => "grace",
            Self::Active => "active",
        }
    }
}

impl fmt::Display for LicenseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl License {
    /// The state at `now`, in a deployment, by the revocation lists that apply. Of several faults the worst one: `revoked`,
    /// then `wrong_deployment`, then what its times say (S6, S7).
    ///
    /// ```
    /// use entitlements_core::license::{Deployment, LicenseStatus, Revocations};
    /// use entitlements_core::testing::{self, TestVendor, NOW};
    ///
    /// let license = TestVendor::new().license(&testing::catalog(), |draft| {
    ///     draft.plan("business").deployment("eu-1")
    /// });
    /// let none = Revocations::new();
    /// let here = Deployment::unknown().with_id("eu-1");
    /// assert_eq!(license.status(NOW, &here, &none), LicenseStatus::Active);
    /// assert_eq!(license.status(NOW, &Deployment::unknown(), &none), LicenseStatus::WrongDeployment);
    /// ```
    #[must_use]
    pub fn status(
        &self,
        now: Timestamp,
        here: &Deployment,
        revocations: &Revocations,
    ) -> LicenseStatus {
        if revocations.revokes(self) {
            LicenseStatus::Revoked
        } else if self.belongs_to(here) {
            self.status_at(now)
        } else {
            LicenseStatus::WrongDeployment
        }
    }

    /// The state at `now`, by its times alone.
    ///
    /// ```
    /// use entitlements_core::license::LicenseStatus;
    /// use entitlements_core::testing::{self, TestVendor};
    /// use entitlements_core::Timestamp;
    ///
    /// let catalog = testing::catalog();
    /// let license = TestVendor::new().license(&catalog, |draft| {
    ///     draft.plan("business").expires_at(Timestamp::from_unix_seconds(2_000_000_000)).grace_days(1)
    /// });
    /// let at = |seconds| license.status_at(Timestamp::from_unix_seconds(seconds));
    /// assert_eq!(at(1_999_999_999), LicenseStatus::Active);
    /// assert_eq!(at(2_000_000_000), LicenseStatus::Grace);
    /// assert_eq!(at(2_000_086_400), LicenseStatus::Expired);
    /// ```
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> LicenseStatus {
        let begins = self.begins_at();
        if begins.is_some_and(|begins| now < begins) {
            LicenseStatus::NotYetValid
        } else if now < self.expires_at {
            LicenseStatus::Active
        } else if now.is_within_days_of(self.grace_days, self.expires_at) {
            LicenseStatus::Grace
        } else {
            LicenseStatus::Expired
        }
    }

    /// The times at which the state changes, in no order.
    pub(crate) fn boundaries(&self) -> impl Iterator<Item = Timestamp> {
        self.begins_at()
            .into_iter()
            .chain([self.expires_at, self.grace_ends_at()])
    }

    /// The first moment of being valid: the later of `nbf` and `iat`, less the leeway.
    fn begins_at(&self) -> Option<Timestamp> {
        let leeway = Duration::from_secs(self.leeway_seconds.into());
        self.not_before
            .max(self.issued_at)
            .map(|begins| begins.saturating_sub(leeway))
    }
}
