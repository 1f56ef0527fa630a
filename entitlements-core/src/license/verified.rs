use crate::{Limit, Timestamp};

/// What a verified license key says.
///
/// Names stand as the key has them; resolving turns them into what the catalog knows and warns about the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) plan: Option<String>,
    pub(crate) features: Vec<(String, bool)>,
    pub(crate) limits: Vec<(String, Limit)>,
    pub(crate) rates: Vec<(String, Limit)>,
    pub(crate) addons: Vec<String>,
    pub(crate) expires_at: Timestamp,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) issued_at: Option<Timestamp>,
    pub(crate) grace_days: u32,
    pub(crate) deployments: Vec<String>,
    pub(crate) instance: Option<String>,
    pub(crate) trial: bool,
    pub(crate) kid: String,
    /// How far ahead of the clock `issued_at` and `not_before` may be.
    pub(crate) leeway_seconds: u32,
}

impl License {
    /// The license's id; the SHA-256 of the key in hex where the key names none.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whom it was issued to; empty where the key does not say.
    #[must_use]
    pub fn customer(&self) -> &str {
        &self.customer
    }

    /// The plan, by the catalog's code.
    #[must_use]
    pub fn plan(&self) -> Option<&str> {
        self.plan.as_deref()
    }

    /// Features that the key lists, on (`true`) or taken from its plan (`false`).
    #[must_use]
    pub fn features(&self) -> &[(String, bool)] {
        &self.features
    }

    /// Limits that the key names.
    #[must_use]
    pub fn limits(&self) -> &[(String, Limit)] {
        &self.limits
    }

    /// Rates that the key names, in requests per the plan's time.
    #[must_use]
    pub fn rates(&self) -> &[(String, Limit)] {
        &self.rates
    }

    /// Add-ons that the key names.
    #[must_use]
    pub fn addons(&self) -> &[String] {
        &self.addons
    }

    /// When it ends; grace comes after.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// When grace ends.
    #[must_use]
    pub const fn grace_ends_at(&self) -> Timestamp {
        self.expires_at.saturating_add_days(self.grace_days)
    }

    /// When it begins, if the key says.
    #[must_use]
    pub const fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// When it was issued, if the key says.
    #[must_use]
    pub const fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// Days of grace after expiry, the key's own or the catalog's.
    #[must_use]
    pub const fn grace_days(&self) -> u32 {
        self.grace_days
    }

    /// Deployments that it is bound to; not bound where empty.
    #[must_use]
    pub fn deployments(&self) -> &[String] {
        &self.deployments
    }

    /// The fingerprint of the instance that it is bound to, if any.
    #[must_use]
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// Whether it is for a trial.
    #[must_use]
    pub const fn is_trial(&self) -> bool {
        self.trial
    }

    /// The `kid` of the trusted key that verified it.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }
}
