use super::{AccountId, SharedTerms};
use crate::Timestamp;

/// An account as a store keeps it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Account {
    /// Who it is.
    pub id: AccountId,
    /// Its name for people.
    pub name: String,
    /// What it was sold.
    pub terms: SharedTerms,
    /// Since when it is known.
    pub created_at: Timestamp,
}

impl Account {
    /// An account that is known since `created_at`.
    #[must_use]
    pub fn new(id: AccountId, terms: SharedTerms, created_at: Timestamp) -> Self {
        Self {
            id,
            name: String::new(),
            terms,
            created_at,
        }
    }

    /// Gives it a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}
