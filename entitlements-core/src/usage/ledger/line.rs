//! One line of a ledger: who stands in it, in which order, and for how much. No more than arithmetic.
//!
//! This file depends on nothing but its neighbour `slot.rs`, so that `models/` can run it under loom.

use std::collections::VecDeque;

use super::slot::Vacate;

/// Those who ask for the same limit of the same account at this time.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// INVARIANT: in the order of their tickets.
    standing: VecDeque<Standing>,
    /// The ticket of whoever comes next. It begins anew with each line, which is gone only when nobody stands in it.
    next: u64,
    /// INVARIANT: the sum of all amounts, which no number of places can overflow.
    sum: u128,
}

#[derive(Debug)]
struct Standing {
    ticket: u64,
    amount: u64,
}

/// What whoever joined a line has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Joined {
    pub(crate) ticket: u64,
    /// What those that joined before, and have not left, ask for.
    pub(crate) ahead: u128,
}

impl Line {
    pub(crate) fn join(&mut self, amount: u64) -> Joined {
        let joined = Joined {
            ticket: self.next,
            ahead: self.sum,
        };
        self.next += 1;
        self.sum += u128::from(amount);
        self.standing.push_back(Standing {
            ticket: joined.ticket,
            amount,
        });
        joined
    }

    /// What those ahead of a ticket ask for now.
    pub(crate) fn ahead_of(&self, ticket: u64) -> u128 {
        let ahead = self
            .standing
            .iter()
            .take_while(|other| other.ticket < ticket);
        ahead.map(|other| u128::from(other.amount)).sum()
    }

    pub(crate) fn leave(&mut self, ticket: u64) {
        let index = self.standing.partition_point(|other| other.ticket < ticket);
        if self
            .standing
            .get(index)
            .is_some_and(|found| found.ticket == ticket)
            && let Some(left) = self.standing.remove(index)
        {
            self.sum -= u128::from(left.amount);
        }
    }
}

impl Vacate for Line {
    fn is_vacant(&self) -> bool {
        self.standing.is_empty()
    }
}

/// U7: whether the count, what was ahead before it was counted, and the amount are at most what is allowed (`None`:
/// any number). Nothing is no growth and always fits.
pub(crate) fn fits(count: u64, ahead: u128, amount: u64, allowed: Option<u64>) -> bool {
    let wanted = u128::from(count) + ahead + u128::from(amount);
    amount == 0 || allowed.is_none_or(|most| wanted <= most.into())
}
