use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::SubjectName;
use crate::Reply;
use crate::rate::{Quota, Verdict};

/// Where processes keep what is spent of rates, so that they share it: the port of Q24.
///
/// A store owns atomicity and time: each key is spent from as if one process did it, by a clock that is the same for all. How much fits and how
/// long to wait is the step of Q1 to Q8, in whole microseconds.
///
/// # Errors
/// Every method: where the store cannot be asked or does not answer. Whether something was spent is not known then.
///
/// # Cancel safety
/// A reply that is dropped before it resolves is as one that failed. The engine drops each that takes longer than its budget.
pub trait RateStore: fmt::Debug + Send + Sync + 'static {
    /// Takes all that is asked for, or nothing of it. Of an ask that would have more than it needs, it takes as many as there are, up to that.
    ///
    /// What lies in one [slot](SubjectName::slot) is asked at once. Several slots are asked in their order; where a later one denies, what was
    /// taken from the earlier ones is given back, and the rest only looked at.
    fn take(&self, asks: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>>;

    /// What taking would come to, without spending anything.
    fn look(&self, asks: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>>;

    /// Hears that this process will be there for so long, and tells how many are.
    fn present(&self, process: &str, stays: Duration) -> Reply<Result<u32, RateStoreError>>;
}

/// What is asked of one rate of one subject.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoreAsk {
    /// What the rate is called; of the same characters as a [`SubjectName`].
    pub rate: Arc<str>,
    /// Whose it is.
    pub subject: SubjectName,
    /// How fast it is.
    pub quota: Quota,
    /// How many units are needed.
    pub cost: u64,
    /// How many are welcome, where there are as many; not below the cost.
    pub most: u64,
}

impl StoreAsk {
    /// Asks for so many units.
    #[must_use]
    pub const fn new(rate: Arc<str>, subject: SubjectName, quota: Quota, cost: u64) -> Self {
        Self {
            rate,
            subject,
            quota,
            cost,
            most: cost,
        }
    }

    /// Takes more where there are more, up to so many.
    #[must_use]
    pub const fn up_to(mut self, most: u64) -> Self {
        if most > self.cost {
            self.most = most;
        }
        self
    }
}

/// What a store says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreAnswer {
    /// Of each ask, in their order.
    pub standings: Vec<StoreStanding>,
}

impl StoreAnswer {
    /// Whether all was admitted; the wait is the longest of all (Q7).
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let mut waits = self.standings.iter().map(|standing| standing.wait);
        let longest = waits.try_fold(Duration::ZERO, |longest, wait| Some(longest.max(wait?)));
        match longest {
            Some(Duration::ZERO) => Verdict::Admitted,
            Some(wait) => Verdict::Wait(wait),
            None => Verdict::Never,
        }
    }
}

/// Where one subject stands with one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreStanding {
    /// How many units were taken; none where anything was denied.
    pub granted: u64,
    /// How many whole units are left now.
    pub remaining: u64,
    /// After how long this rate alone would admit the cost; zero where it does now, none where it never will.
    pub wait: Option<Duration>,
    /// After how long there will be a unit; zero where there is one.
    pub next: Duration,
}

/// Why a store could not answer. Its text is for the log, not for clients.
///
/// ```
/// use entitlements_core::rate::RateStoreError;
///
/// let error = RateStoreError::new("connection refused");
/// assert_eq!(error.to_string(), "rates cannot be told: connection refused");
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[error("rates cannot be told: {reason}")]
pub struct RateStoreError {
    reason: String,
    is_unreadable: bool,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl RateStoreError {
    /// What failed, in words for an operator and without secrets.
    #[must_use]
    pub fn new(reason: impl fmt::Display) -> Self {
        Self {
            reason: reason.to_string(),
            is_unreadable: false,
            source: None,
        }
    }

    /// The store is there, but what it keeps under the names that were asked for is not what is spent of a rate, so only these cannot be told.
    ///
    /// Others are asked for all the same, where one that does not answer is left alone for a while (Q26). A store that denies everything, as for
    /// want of a permission or of memory, is no such case.
    #[must_use]
    pub fn unreadable(reason: impl fmt::Display) -> Self {
        Self {
            is_unreadable: true,
            ..Self::new(reason)
        }
    }

    /// The same, with what caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Whether the store is there, and only what was asked for cannot be told.
    #[must_use]
    pub const fn is_unreadable(&self) -> bool {
        self.is_unreadable
    }

    /// What failed.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
