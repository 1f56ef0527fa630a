//! What follows from holdings and terms for a span of time, and how it is found again.

use std::sync::{Arc, Weak};

use super::addresses::Addresses;
use super::denials::Denials;
use super::rates::Rates;
use super::shared::{Shared, Switches};
use crate::rate::Quota;
use crate::resolve::EntitlementSet;
use crate::{RateTerm, Timestamp};

/// A set, and what goes with it for as long as it is the answer.
pub(crate) struct State {
    /// The engine that this is a state of.
    pub(super) engine: Weak<Shared>,
    /// Which holdings of that engine the set was made of.
    pub(super) generation: u64,
    pub(super) switches: Switches,
    pub(super) addresses: Arc<Addresses>,
    pub(super) rates: Arc<Rates>,
    /// How fast each rate of the catalog may come, by its number; none where it is unlimited.
    pub(super) quotas: Box<[Option<Quota>]>,
    pub(super) set: EntitlementSet,
    pub(super) denials: Denials,
}

impl State {
    pub(super) fn new(
        engine: Weak<Shared>,
        generation: u64,
        switches: Switches,
        addresses: Arc<Addresses>,
        rates: Arc<Rates>,
        set: EntitlementSet,
    ) -> Self {
        Self {
            engine,
            generation,
            switches,
            addresses,
            rates,
            quotas: quotas(&set),
            set,
            denials: Denials::default(),
        }
    }

    /// Whether it is the answer for whoever asks now, of the engine that is at this generation.
    #[inline]
    pub(super) fn answers(&self, generation: u64, now: Timestamp) -> bool {
        self.generation == generation && self.set.holds_at(now)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("State").field(&self.set).finish()
    }
}

fn quotas(set: &EntitlementSet) -> Box<[Option<Quota>]> {
    let rates = set.catalog().rates().map(|(rate, _)| set.rate_id(rate));
    let quota = |term| match term {
        RateTerm::AtMost(rate) => Some(Quota::from(&rate)),
        RateTerm::Unlimited => None,
    };
    rates.map(quota).collect()
}

/// A state as one thread hands it out.
///
/// A request keeps what it was judged by, which is a count; were it the state's own, all threads would write to one place for
/// every request. So each thread has a count of its own.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) state: Arc<State>,
}
