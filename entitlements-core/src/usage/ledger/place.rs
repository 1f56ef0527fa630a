use std::fmt;
use std::sync::Arc;

use super::line::{self, Joined};
use super::{Key, Lines};
use crate::Limit;

/// A place in a ledger's line; dropping it leaves.
///
/// Keep it until what it asked for is written for good, that is committed, or has failed. It may move to another
/// thread or task.
///
/// ```
/// use entitlements_core::usage::Ledger;
/// use entitlements_core::AccountId;
///
/// let ledger = Ledger::new();
/// let first = ledger.take(&AccountId::LOCAL, "projects", 2);
/// let mut second = ledger.take(&AccountId::LOCAL, "projects", 1);
/// assert_eq!(second.ahead(), 2);
///
/// drop(first);
/// assert_eq!(second.ahead(), 2, "what was learned holds for a count that was taken since");
/// assert_eq!(second.look_again(), 0);
/// ```
#[must_use = "a place that is dropped is left"]
pub struct Place {
    lines: Arc<Lines>,
    key: Key,
    ticket: u64,
    amount: u64,
    ahead: u128,
}

impl Place {
    pub(super) const fn new(lines: Arc<Lines>, key: Key, joined: Joined, amount: u64) -> Self {
        Self {
            lines,
            key,
            ticket: joined.ticket,
            amount,
            ahead: joined.ahead,
        }
    }

    /// How much those ahead asked for when this place was taken, or looked again; at most [`u64::MAX`].
    #[must_use]
    pub fn ahead(&self) -> u64 {
        u64::try_from(self.ahead).unwrap_or(u64::MAX)
    }

    /// How much this place asks for.
    #[must_use]
    pub const fn amount(&self) -> u64 {
        self.amount
    }

    /// Learns anew how much those ahead ask for. Count anew after it: an earlier count may lack what they wrote.
    ///
    /// For whoever did not fit: where somebody ahead has left since, there may be room.
    pub fn look_again(&mut self) -> u64 {
        let ticket = self.ticket;
        self.ahead = self.lines.change(&self.key, |line| line.ahead_of(ticket));
        self.ahead()
    }

    /// Whether a count that was taken since [`ahead`](Self::ahead) was learned leaves room for this place (U7).
    #[must_use]
    pub fn fits(&self, count: u64, allowed: Limit) -> bool {
        line::fits(count, self.ahead, self.amount, allowed.at_most())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let ticket = self.ticket;
        self.lines.change(&self.key, |line| line.leave(ticket));
    }
}

/// Without the account: what is logged of a place says nothing about a customer.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place")
            .field("limit", &self.key.limit)
            .field("amount", &self.amount)
            .field("ahead", &self.ahead)
            .finish_non_exhaustive()
    }
}
