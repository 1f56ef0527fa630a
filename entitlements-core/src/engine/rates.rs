//! How fast requests come: what every key has spent, and the clock that it is counted by.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use papaya::HashMap;

use super::denied_rates::{DeniedRates, Occasion};
use super::{Current, Entitlements};
use crate::catalog::{Id, RateId};
use crate::decide::{BoundRate, rate_denial};
use crate::rate::{Limiter, RateKeys, RateReport, SharedRates, Sharing};
use crate::resolve::Notice;
use crate::{Catalog, Clock, Denial};

/// What an engine counts rates with; shared by all that it judges by.
pub(crate) struct Rates {
    limiter: Limiter,
    /// How processes share them, where they do.
    sharing: Option<Arc<Sharing>>,
    /// Of each rate of the catalog, by its number.
    of_catalog: Box<[Arc<RateKeys>]>,
    /// Of the program's own rates, by name.
    fixed: HashMap<Arc<str>, Arc<RateKeys>, foldhash::fast::RandomState>,
    clock: Arc<dyn Clock>,
    denied: DeniedRates,
}

impl Rates {
    pub(super) fn new(
        catalog: &Catalog,
        limiter: Limiter,
        shared: Option<SharedRates>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let sharing = shared.map(|shared| Arc::new(Sharing::new(shared, Arc::clone(&clock))));
        let rates = catalog.rates().map(|(_, rate)| limiter.rate(rate.name()));
        Self {
            of_catalog: rates.collect(),
            fixed: HashMap::with_hasher(foldhash::fast::RandomState::default()),
            limiter,
            sharing,
            clock,
            denied: DeniedRates::default(),
        }
    }

    #[inline]
    pub(crate) const fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// None where this process shares its rates with no other.
    #[inline]
    pub(crate) const fn sharing(&self) -> Option<&Arc<Sharing>> {
        self.sharing.as_ref()
    }

    /// What is spent of a rate of the catalog.
    #[inline]
    pub(crate) fn of_catalog(&self, rate: RateId) -> Option<&RateKeys> {
        self.of_catalog.get(rate.index()).map(|keys| &**keys)
    }

    /// What is spent of a rate of the program's own. One that is called as one of the catalog is another.
    pub(crate) fn fixed(&self, name: &Arc<str>) -> Arc<RateKeys> {
        let fixed = self.fixed.pin();
        if let Some(keys) = fixed.get(name) {
            return Arc::clone(keys);
        }
        // No rate of a catalog has such a character in its name.
        let make = || self.limiter.rate(&["\0", name].concat());
        Arc::clone(fixed.get_or_insert_with(Arc::clone(name), make))
    }

    /// The time that rates are counted by: exact, and nobody sets it.
    #[inline]
    pub(crate) fn now(&self) -> Duration {
        self.clock.monotonic()
    }

    /// The denial of a request that came too fast, to be tried again after so many seconds (Q17).
    pub(crate) fn denial(
        &self,
        rate: &BoundRate,
        current: Option<&Current>,
        seconds: u64,
        report: Option<&RateReport>,
    ) -> Denial {
        let occasion = Occasion {
            rate,
            seconds,
            report,
            state: current.map(Current::state),
        };
        self.denied.denial(occasion, || {
            let denial = rate_denial(rate, current.map(Current::set), seconds);
            match report {
                Some(report) => denial.with_rates(report.clone()),
                None => denial,
            }
        })
    }
}

impl Entitlements {
    /// What an operator should know of what this engine works with, beside what follows from licenses ([`EntitlementSet::warnings`](crate::EntitlementSet::warnings)); it is among the
    /// warnings of `GET /license/status` (M5).
    ///
    /// `rates_not_shared`: the store that processes share rates by does not answer (Q26).
    #[must_use]
    pub fn warnings(&self) -> Vec<Notice> {
        let sharing = self.shared.rates.sharing();
        let not_shared = sharing.and_then(|sharing| sharing.not_shared());
        not_shared.into_iter().collect()
    }

    pub(crate) fn rates(&self) -> &Arc<Rates> {
        &self.shared.rates
    }
}

impl fmt::Debug for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rates").finish_non_exhaustive()
    }
}
