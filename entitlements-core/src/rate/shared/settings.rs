use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::RateStore;

/// How long a request waits for a store where it is not said: many times what a store near by takes, and less than anybody notices.
const BUDGET: Duration = Duration::from_millis(20);

/// What becomes of requests while the store that processes share cannot be asked (Q27).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateFallback {
    /// Each process lets pass its share of each rate. The default: customers are served, and rates hold, within the bound of Q28.
    #[default]
    LocalShare,
    /// They are denied with `ENTITLEMENTS_UNAVAILABLE`. A gate of which `on_unavailable` says `Allow` lets them pass.
    Deny,
    /// They pass uncounted.
    Allow,
}

/// A store that processes share rates by, and how an engine asks it; for
/// [`EntitlementsBuilder::shared_rates`](crate::EntitlementsBuilder::shared_rates).
///
/// ```
/// use std::time::Duration;
/// use entitlements_core::rate::{RateFallback, RateStore, SharedRates};
///
/// fn how(store: impl RateStore) -> SharedRates {
///     SharedRates::by(store)
///         .budget(Duration::from_millis(5))
///         .on_unavailable(RateFallback::Deny)
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct SharedRates {
    pub(super) store: Arc<dyn RateStore>,
    pub(super) budget: Duration,
    pub(super) fallback: RateFallback,
    pub(super) processes: Option<NonZeroU32>,
    pub(super) lease: u64,
}

impl SharedRates {
    /// Shares by this store, such as `RedisRates` of `entitlements-store`.
    pub fn by(store: impl RateStore) -> Self {
        Self {
            store: Arc::new(store),
            budget: BUDGET,
            fallback: RateFallback::default(),
            processes: None,
            lease: 0,
        }
    }

    /// How long a request waits for the store at most, instead of 20 ms.
    pub const fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// What becomes of requests while the store cannot be asked, instead of local shares.
    pub const fn on_unavailable(mut self, fallback: RateFallback) -> Self {
        self.fallback = fallback;
        self
    }

    /// How many processes share, for the share of each while the store cannot be asked.
    ///
    /// Where it is not said they count each other, by the store: each says every second, as long as it has requests, that it is there. A
    /// process that the store never answered takes itself for the only one then.
    pub const fn processes(mut self, processes: NonZeroU32) -> Self {
        self.processes = Some(processes);
        self
    }

    /// Lets a process take up to so many units ahead, for requests to come that ask for one rate: most of them need not ask the store then
    /// (Q30).
    ///
    /// In any time a process lets pass at most so many more than Q2 says, and what it took and does not need is lost to the others until it is
    /// refilled. Never more is taken than a quarter of the process's share of the burst. None are unless this says so.
    pub const fn lease(mut self, units: u64) -> Self {
        self.lease = units;
        self
    }
}

impl RateFallback {
    pub(crate) const ALL: [Self; 3] = [Self::LocalShare, Self::Deny, Self::Allow];

    /// In one word, as metrics say it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::LocalShare => "local_share",
            Self::Deny => "deny",
            Self::Allow => "allow",
        }
    }

    /// What is done instead, as the log says it.
    pub(super) const fn said(self) -> &'static str {
        match self {
            Self::LocalShare => "and each process lets pass its share of every rate",
            Self::Deny => "and requests that are limited by rate are denied",
            Self::Allow => "and requests pass uncounted",
        }
    }
}
