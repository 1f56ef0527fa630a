use std::fmt;

use crate::{Denial, Limit};

/// One limit that is asked for, and how much of it.
///
/// ```
/// use entitlements_core::Limit;
/// use entitlements_core::usage::Ask;
///
/// let seat = Ask { limit: "users", amount: 1, allowed: Limit::AtMost(15) };
/// assert_eq!(seat.amount, 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask<'a> {
    /// The limit's name.
    pub limit: &'a str,
    /// How many more; none always fits.
    pub amount: u64,
    /// How many there may be in all.
    pub allowed: Limit,
}

/// Names one reservation to the store that made it.
///
/// Stores with ids of their own, a UUID or a row's number, put them in here.
///
/// ```
/// use entitlements_core::usage::ReservationId;
///
/// let id = ReservationId::from_u128(42);
/// assert_eq!(id.as_u128(), 42);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReservationId(u128);

impl ReservationId {
    /// The reservation that its store calls by this number.
    #[must_use]
    pub const fn from_u128(id: u128) -> Self {
        Self(id)
    }

    /// The number that its store calls it by.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        self.0
    }
}

/// Whether there was room.
///
/// ```
/// use entitlements_core::usage::Reserved;
///
/// let full = Reserved::Full { ask: 0, used: 3 };
/// assert!(!matches!(full, Reserved::Held(_)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// All of it is held, until it is settled or lapses.
    Held(ReservationId),
    /// Nothing is held.
    Full {
        /// The first ask without room, by its index.
        ask: usize,
        /// How many of it are used or reserved, this reservation aside.
        used: u64,
    },
}

/// Whether a holder has a lease.
///
/// ```
/// use entitlements_core::usage::Leased;
///
/// assert_ne!(Leased::Held, Leased::Full { used: 3 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leased {
    /// It has.
    Held,
    /// It has not: there is no room.
    Full {
        /// How many are used or reserved.
        used: u64,
    },
}

/// What became of a lease that should go on.
///
/// ```
/// use entitlements_core::usage::Renewed;
///
/// assert_ne!(Renewed::Held, Renewed::Lapsed);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// It goes on.
    Held,
    /// There was none to renew: it had ended, and its room may be another's by now.
    Lapsed,
}

/// How much of a limit is in use.
///
/// ```
/// use entitlements_core::usage::Usage;
///
/// let usage = Usage { used: 3, reserved: 1 };
/// assert_eq!(usage.taken(), 4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// What exists: confirmed, or leased at this time.
    pub used: u64,
    /// What was admitted and is not settled yet.
    pub reserved: u64,
}

impl Usage {
    /// What leaves no room for others: used and reserved, at most [`u64::MAX`].
    #[must_use]
    pub const fn taken(self) -> u64 {
        self.used.saturating_add(self.reserved)
    }
}

/// Why a store could not answer. Its text is for the log, not for clients.
///
/// ```
/// use entitlements_core::usage::UsageError;
///
/// let error = UsageError::new("connection refused");
/// assert_eq!(error.to_string(), "usage cannot be told: connection refused");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("usage cannot be told: {reason}")]
pub struct UsageError {
    reason: String,
}

impl UsageError {
    /// What failed, in words for an operator and without secrets.
    #[must_use]
    pub fn new(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
        }
    }

    /// The denial of whoever asked. Why is for the log.
    pub(crate) fn denial(&self) -> Denial {
        tracing::warn!("{self}");
        Denial::undetermined()
    }
}
