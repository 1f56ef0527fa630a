use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::ask::{Ask, Verdict};
use super::nanos;
use super::rate_keys::RateKeys;
use super::record::Spending;
use super::settle::{Mode, peek, settle};

/// How many keys of a rate have places where it is not said.
const PLACES: usize = 1_000_000;

/// The most that a rate may have: some hundred gigabytes. What a rate takes before anybody comes stays small.
const MOST_PLACES: usize = 1 << 30;

/// What is spent of every rate, in the memory of one process.
///
/// It is shared by threads. Each rate has as many places as were said, and never more memory than these take (Q10).
#[derive(Debug)]
pub struct Limiter {
    places: usize,
    rates: Mutex<Vec<Arc<RateKeys>>>,
}

impl Default for Limiter {
    /// One with places for a million keys of each rate: some 95 MB once so many are limited at the same time, and kilobytes before. More
    /// than most products have accounts, and little for a server.
    fn default() -> Self {
        Self::with_places_for(PLACES)
    }
}

impl Limiter {
    /// One that keeps, for each rate, as many keys as this that have something spent; at least a few, and a billion at most.
    #[must_use]
    pub fn with_places_for(keys: usize) -> Self {
        Self {
            places: keys.min(MOST_PLACES),
            rates: Mutex::default(),
        }
    }

    /// What is spent of the rate of this name. For when routes are built: whoever asks under the same name shares it, and none is
    /// forgotten.
    pub fn rate(&self, name: &str) -> Arc<RateKeys> {
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        let known = rates.iter().find(|known| known.name() == name);
        if let Some(known) = known {
            return Arc::clone(known);
        }
        let made = Arc::new(RateKeys::new(name, self.places));
        rates.push(Arc::clone(&made));
        made
    }

    /// Spends all that is asked for, or nothing.
    ///
    /// `now` is the time of a monotonic clock since a moment that never changes. Where it goes back, less is admitted, never more.
    #[inline]
    pub fn take(&self, asks: &mut [Ask<'_>], now: Duration) -> Verdict {
        let now = nanos(now);
        if let [one] = asks
            && let Some(verdict) = take_one(one, now)
        {
            return verdict;
        }
        take_all(asks, now)
    }

    /// Takes, or looks.
    #[inline]
    pub(crate) fn ask(&self, asks: &mut [Ask<'_>], mode: Mode, now: Duration) -> Verdict {
        match mode {
            Mode::Take => self.take(asks, now),
            Mode::Look => self.look(asks, now),
        }
    }

    /// As [`take`](Self::take), but spends nothing.
    pub fn look(&self, asks: &mut [Ask<'_>], now: Duration) -> Verdict {
        let now = nanos(now);
        peek(asks, now).unwrap_or_else(|| settle(asks, Mode::Look, now))
    }

    /// Gives back what [`take`](Self::take) spent, and is not refilled by `now`; once.
    ///
    /// For a request that something else denies later. Where the key was asked for at another rate meanwhile, what it took counts as refilled at the fastest
    /// that any key of the rate was changed to: less is given back then, never more. That others gave something back, or asked at another rate, is not noticed where the
    /// key was changed so exactly 128 times meanwhile, or a multiple of that.
    pub fn give_back(&self, asks: &mut [Ask<'_>], now: Duration) {
        let now = nanos(now);
        for ask in asks {
            if let Some((taken, changes)) = ask.untake() {
                ask.rate.give_back(ask.key, taken, changes, now);
            }
        }
    }
}

/// Without a turn; none where it takes one.
#[inline(always)]
fn take_one(ask: &mut Ask<'_>, now: u64) -> Option<Verdict> {
    let record = ask.rate.find(ask.key)?;
    match record.spend(ask.key, ask.quota, ask.cost, now)? {
        Spending::Admitted { seen, after } => {
            ask.admitted(seen.spent, after, seen.changes(), now);
            Some(Verdict::Admitted)
        }
        Spending::Denied { spent, wait } => Some(ask.denied(spent, wait, now)),
    }
}

#[inline(never)]
fn take_all(asks: &mut [Ask<'_>], now: u64) -> Verdict {
    match peek(asks, now) {
        // What is denied needs no turn, and takes no place.
        Some(verdict @ (Verdict::Wait(_) | Verdict::Never)) => verdict,
        Some(Verdict::Admitted) | None => settle(asks, Mode::Take, now),
    }
}
