use crate::{FeatureName, Limit, LimitName, RateName, RateTerm, Timestamp};

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
