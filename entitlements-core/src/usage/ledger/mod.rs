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

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;
use papaya::HashMap;

use self::line::Line;
use self::slot::Slot;
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

#[derive(Default)]
struct Lines(HashMap<Key, Slot<Line>, RandomState>);

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
        self.0.0.len()
    }
}

impl Lines {
    /// Works on the line, which is made where there is none.
    fn change<T>(&self, key: &Key, work: impl FnOnce(&mut Line) -> T) -> T {
        let lines = self.0.pin();
        let make = || lines.get_or_insert_with(key.clone(), Slot::new);
        let find = || Ok::<_, Infallible>(lines.get(key).unwrap_or_else(make));
        let remove = || {
            let _ = lines.remove_if(key, |_, slot| slot.is_closed());
        };
        let Ok(done) = slot::visit(find, remove, work);
        done
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
