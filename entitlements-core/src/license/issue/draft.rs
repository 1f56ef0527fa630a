use crate::{Limit, Timestamp};

/// What a license key shall say; [`LicenseIssuer`](super::LicenseIssuer) signs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LicenseDraft {
    pub(super) id: Option<String>,
    pub(super) customer: String,
    pub(super) plan: Option<String>,
    pub(super) features: Vec<(String, bool)>,
    pub(super) limits: Vec<(String, Limit)>,
    pub(super) rates: Vec<(String, Limit)>,
    pub(super) addons: Vec<String>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) issued_at: Option<Timestamp>,
    pub(super) grace_days: Option<u32>,
    pub(super) deployments: Vec<String>,
    pub(super) instance: Option<String>,
    pub(super) trial: bool,
}

impl LicenseDraft {
    /// A license for a customer.
    #[must_use]
    pub fn new(customer: impl Into<String>) -> Self {
        Self {
            customer: customer.into(),
            ..Self::default()
        }
    }

    /// For whom; where the catalog hashes it, the hash is made when it is issued.
    #[must_use]
    pub fn customer(mut self, customer: impl Into<String>) -> Self {
        self.customer = customer.into();
        self
    }

    /// The plan, by the catalog's code.
    #[must_use]
    pub fn plan(mut self, plan: impl Into<String>) -> Self {
        self.plan = Some(plan.into());
        self
    }

    /// A feature on top of the plan's; where the catalog's `grants` is `listed`, one that it has at all.
    #[must_use]
    pub fn feature(mut self, feature: impl Into<String>) -> Self {
        self.features.push((feature.into(), true));
        self
    }

    /// A feature that the plan has and this license does not.
    #[must_use]
    pub fn without_feature(mut self, feature: impl Into<String>) -> Self {
        self.features.push((feature.into(), false));
        self
    }

    /// How many of something. Each limit is named once; a second value is refused, not taken instead.
    #[must_use]
    pub fn limit(mut self, limit: impl Into<String>, value: Limit) -> Self {
        self.limits.push((limit.into(), value));
        self
    }

    /// How fast: requests per the time that the plan says. The catalog says which claim holds it
    /// (`[license.claims] rates`); without that it cannot be issued.
    #[must_use]
    pub fn rate(mut self, rate: impl Into<String>, requests: Limit) -> Self {
        self.rates.push((rate.into(), requests));
        self
    }

    /// An add-on.
    #[must_use]
    pub fn addon(mut self, addon: impl Into<String>) -> Self {
        self.addons.push(addon.into());
        self
    }

    /// When it ends; a fraction of a second is cut off.
    #[must_use]
    pub const fn expires_at(mut self, time: Timestamp) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// When it begins.
    #[must_use]
    pub const fn not_before(mut self, time: Timestamp) -> Self {
        self.not_before = Some(time);
        self
    }

    /// When it was issued; the time of issuing unless given.
    #[must_use]
    pub const fn issued_at(mut self, time: Timestamp) -> Self {
        self.issued_at = Some(time);
        self
    }

    /// Days of grace after expiry, 0 to 3650; the catalog's unless given.
    #[must_use]
    pub const fn grace_days(mut self, days: u32) -> Self {
        self.grace_days = Some(days);
        self
    }

    /// A deployment that it is bound to; it may be several, and holds in each.
    #[must_use]
    pub fn deployment(mut self, deployment: impl Into<String>) -> Self {
        self.deployments.push(deployment.into());
        self
    }

    /// The fingerprint of the one instance that it is bound to; see [`instance`](crate::instance).
    #[must_use]
    pub fn instance(mut self, fingerprint: impl Into<String>) -> Self {
        self.instance = Some(fingerprint.into());
        self
    }

    /// It is for a trial.
    #[must_use]
    pub const fn trial(mut self) -> Self {
        self.trial = true;
        self
    }

    /// Its id; the catalog's prefix and a UUIDv7 unless given. One that is given has the prefix already (L8a).
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}
