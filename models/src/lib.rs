//! Every order in which threads can meet, tried on the parts that are raced for.
//!
//! A test with real threads meets the orders that happen to happen. [loom] runs a test again and again until it has
//! tried each order that can make a difference, so what holds here holds.
//!
//! The files under test are those of `entitlements-core`, taken by their path; only the lock is loom's. What cannot
//! be taken stands here as simply as can be: a table for the one that is read without a lock, one with a single place for rates,
//! a database for the application's.
//!
//! - `tests/slot.rs`: a record is removed while others look for it;
//! - `tests/ledger.rs`: several race for the last of something (U7);
//! - `tests/rate.rs`: a key is spent of, given back to, and loses its place (Q2, Q6, Q7, Q10).
//!
//! [loom]: https://docs.rs/loom

#![cfg(test)]

mod database;
#[path = "../../entitlements-core/src/usage/ledger/line.rs"]
mod line;
mod rate;
#[path = "../../entitlements-core/src/usage/slot.rs"]
mod slot;
mod sync;
mod table;
mod tests;

use std::time::Duration;

/// What a catalog says of a rate, as far as the files under test ask.
#[derive(Debug)]
pub(crate) struct Rate(u64, Duration, u64);

impl Rate {
    pub(crate) fn requests(&self) -> u64 {
        self.0
    }

    pub(crate) fn per(&self) -> Duration {
        self.1
    }

    pub(crate) fn burst(&self) -> u64 {
        self.2
    }
}
