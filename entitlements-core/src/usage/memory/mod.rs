//! Counts in the memory of one process.
//!
//! - `counter.rs`: one limit of one account; `leases.rs`: the leases of it;
//! - `record.rs`: all of one account, and what it has reserved;
//! - `names.rs`: limit names, which all accounts share;
//! - `port.rs`: [`MemoryUsage`] as a store.

mod counter;
mod leases;
mod names;
mod port;
mod record;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use self::names::Names;
use self::record::Record;
use super::table::Table;
use crate::{AccountId, Timestamp};

/// Counts that live as long as the process: exact among its threads, none after a restart until
/// [`sync`](super::UsageStore::sync) tells what exists.
///
/// An account is found without a lock; its record is locked for the few instructions that change it. Accounts that
/// use nothing keep no record.
///
/// ```
/// use entitlements_core::usage::{MemoryUsage, UsageStore};
/// use entitlements_core::{AccountId, Limit, testing};
///
/// let usage = MemoryUsage::new();
/// let (node, now) = (AccountId::LOCAL, testing::NOW);
/// let until = now.saturating_add(std::time::Duration::from_secs(90));
/// let _leased = usage.lease(&node, "nodes", "node-1", Limit::AtMost(1), until, now);
/// assert_eq!(usage.accounts(), 1);
///
/// // A lease that lapsed has made room already; sweeping frees its memory too.
/// usage.sweep(until);
/// assert_eq!(usage.accounts(), 0);
/// ```
#[derive(Default)]
pub struct MemoryUsage {
    accounts: Table<AccountId, Record>,
    shared: Shared,
}

/// What the records of all accounts have in common.
#[derive(Default)]
struct Shared {
    names: Names,
    reservations: AtomicU64,
}

impl Shared {
    /// A number that no reservation had before; whoever calls one after the other gets rising ones.
    fn next_reservation(&self) -> u64 {
        self.reservations.fetch_add(1, Ordering::Relaxed)
    }
}

impl MemoryUsage {
    /// A store in which nothing is used.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many accounts have anything in use; what lapsed counts until it is looked at or swept.
    #[must_use]
    pub fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// Frees the memory of reservations and leases that have lapsed in accounts that nobody asks about any more.
    ///
    /// Nothing needs this to be exact: it is for a process that runs for months. An engine's upkeep does it about once an hour.
    pub fn sweep(&self, now: Timestamp) {
        self.accounts.look_at_each(|record| {
            record.forget_lapsed(now);
            record.shrink();
        });
        self.shared.names.forget_unused();
    }
}

/// How many, not whose: a log is no place for customers' figures.
impl fmt::Debug for MemoryUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryUsage")
            .field("accounts", &self.accounts())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
