//! Makes counts exact that the application takes itself (U7).
//!
//! A request takes its [`Place`] first and learns what those ahead of it ask for, then the application counts, and
//! the place is left when what it asked for is written or has failed. In this order, whoever was ahead is either
//! still in the line or in the count, so nothing is missed; at worst one is seen twice, in the moment between its
//! writing and its leaving.
//!
//! - `line.rs`: the arithmetic of one line;
//! - `place.rs`: the guard of one that stands in it.

mod line;
mod place;

// Where `line.rs` looks for it, here and in `models/`.
use super::slot;

use std::fmt;
use std::sync::Arc;

use self::line::Line;
use super::table::Table;
use crate::AccountId;

pub(crate) use self::line::fits;
pub use self::place::Place;

/// The lines of those that ask for limits which the application counts. Clones are the same ledger.
///
/// It is exact within one process; among several, what the application does in one database transaction is.
///
/// ```
/// use entitlements_core::usage::Ledger;
/// use entitlements_core::{AccountId, Limit};
///
/// let ledger = Ledger::new();
/// let allowed = Limit::AtMost(10);
///
/// // Two race for the last project; nine exist.
/// let first = ledger.take(&AccountId::LOCAL, "projects", 1);
/// let second = ledger.take(&AccountId::LOCAL, "projects", 1);
/// let count = 9;
/// assert!(first.fits(count, allowed));
/// assert!(!second.fits(count, allowed));
/// ```
#[derive(Clone, Default)]
pub struct Ledger(Arc<Lines>);

type Lines = Table<Key, Line>;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    account: AccountId,
    limit: Arc<str>,
}

impl Ledger {
    /// A ledger in whose lines nobody stands.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a place at the end of the line for this limit of this account. Take it before counting.
    #[must_use = "a place that is dropped is left"]
    pub fn take(&self, account: &AccountId, limit: &str, amount: u64) -> Place {
        let key = Key {
            account: account.clone(),
            limit: limit.into(),
        };
        let joined = self.0.change(&key, |line| line.join(amount));
        Place::new(Arc::clone(&self.0), key, joined, amount)
    }

    /// How many lines there are that somebody stands in.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.0.len()
    }
}

/// How many, not whose.
impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("lines", &self.lines())
            .finish()
    }
}

#[cfg(test)]
mod tests;
