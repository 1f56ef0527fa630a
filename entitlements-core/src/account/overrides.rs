use std::time::Duration;

use crate::{FeatureName, Limit, LimitName, Rate, RateName, RateTerm, Timestamp};

/// What an operator changed for one account: it replaces what the account's sources give, up or down (R6).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Override {
    /// Which one it is, among those of its account.
    pub id: String,
    /// What is changed, and to what.
    pub value: OverrideValue,
    /// When it was made; of several for one name the newest counts.
    pub created_at: Timestamp,
    /// When it ends by itself; never where absent.
    pub ends_at: Option<Timestamp>,
    /// Why, in the operator's words.
    pub reason: String,
}

impl Override {
    /// An override that has no end.
    #[must_use]
    pub fn new(id: impl Into<String>, value: OverrideValue, created_at: Timestamp) -> Self {
        Self {
            id: id.into(),
            value,
            created_at,
            ends_at: None,
            reason: String::new(),
        }
    }

    /// Lets it end.
    #[must_use]
    pub const fn until(mut self, ends_at: Timestamp) -> Self {
        self.ends_at = Some(ends_at);
        self
    }

    /// Says why.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }
}

/// What an override changes, and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OverrideValue {
    /// A feature is on or off.
    Feature(FeatureName, bool),
    /// How many there may be.
    Limit(LimitName, Limit),
    /// How fast.
    Rate(RateName, RateTerm),
}

impl OverrideValue {
    /// Of what kind it is: `feature`, `limit` or `rate`.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Feature(..) => "feature",
            Self::Limit(..) => "limit",
            Self::Rate(..) => "rate",
        }
    }

    /// What is changed, by its name in the catalog.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Feature(name, _) => name.as_str(),
            Self::Limit(name, _) => name.as_str(),
            Self::Rate(name, _) => name.as_str(),
        }
    }

    /// At most `requests` per `per`, and `burst` at once; none where one of them is nothing, or the time is not in whole seconds.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use entitlements_core::account::OverrideValue;
    ///
    /// let minute = Duration::from_secs(60);
    /// assert!(OverrideValue::rate("api", 600, minute, 1000).is_some());
    /// assert!(OverrideValue::rate("api", 600, minute, 0).is_none());
    /// ```
    #[must_use]
    pub fn rate(
        name: impl Into<RateName>,
        requests: u64,
        per: Duration,
        burst: u64,
    ) -> Option<Self> {
        let is_one = requests > 0 && burst > 0 && per.as_secs() > 0 && per.subsec_nanos() == 0;
        let rate = Rate {
            requests,
            per,
            burst,
        };
        is_one.then(|| Self::Rate(name.into(), RateTerm::AtMost(rate)))
    }
}
