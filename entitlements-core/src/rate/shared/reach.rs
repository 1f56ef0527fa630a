//! Q26: whether it is worth asking the store.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use metrics::gauge;

use super::due::Due;
use crate::metrics::RATE_STORE_UP;
use crate::rate::nanos;

/// So many in a row that were not answered, and nobody waits any more.
const PATIENCE: u32 = 5;

/// How often one asks all the same.
const PROBE_EVERY: Duration = Duration::from_millis(250);

/// How often it is said that something in it cannot be read.
const SAY_EVERY: Duration = Duration::from_secs(60);

/// What is known of the store.
#[derive(Debug)]
pub(super) struct Reach {
    unanswered: AtomicU32,
    is_away: AtomicBool,
    /// When it went, in nanoseconds of a monotonic clock.
    away_since: AtomicU64,
    /// When one may ask all the same.
    next_probe: Due,
    /// When it may be said again that something cannot be read.
    next_word: Due,
}

impl Reach {
    /// It is there until it is not.
    pub(super) fn new() -> Self {
        gauge!(RATE_STORE_UP.name).set(1.0);
        Self {
            unanswered: AtomicU32::new(0),
            is_away: AtomicBool::new(false),
            away_since: AtomicU64::new(0),
            next_probe: Due::default(),
            next_word: Due::default(),
        }
    }

    /// Whether nobody waits for it.
    pub(super) fn is_away(&self) -> bool {
        self.is_away.load(Ordering::Relaxed)
    }

    /// Whether a request that comes now asks it. While it is away, one in a while does.
    #[inline]
    pub(super) fn is_worth_asking(&self, now: Duration) -> bool {
        !self.is_away.load(Ordering::Relaxed) || self.may_probe(now)
    }

    #[cold]
    fn may_probe(&self, now: Duration) -> bool {
        self.next_probe.is_first(now, PROBE_EVERY)
    }

    /// It answered.
    #[inline]
    pub(super) fn answered(&self, now: Duration) {
        if self.unanswered.load(Ordering::Relaxed) != 0 {
            self.unanswered.store(0, Ordering::Relaxed);
        }
        if self.is_away.load(Ordering::Relaxed) {
            self.came_back(now);
        }
    }

    #[cold]
    fn came_back(&self, now: Duration) {
        if self.is_away.swap(false, Ordering::Relaxed) {
            let away_since = Duration::from_nanos(self.away_since.load(Ordering::Relaxed));
            gauge!(RATE_STORE_UP.name).set(1.0);
            tracing::info!(
                target: "entitlements::rates",
                away_seconds = now.saturating_sub(away_since).as_secs(),
                "the store of rates answers again: processes share them"
            );
        }
    }

    /// It did not answer.
    #[cold]
    pub(super) fn failed(&self, why: &str, instead: &str, now: Duration) {
        let unanswered = self.unanswered.fetch_add(1, Ordering::Relaxed);
        if unanswered.saturating_add(1) < PATIENCE {
            return;
        }
        self.next_probe.set(now.saturating_add(PROBE_EVERY));
        if !self.is_away.swap(true, Ordering::Relaxed) {
            self.away_since.store(nanos(now), Ordering::Relaxed);
            gauge!(RATE_STORE_UP.name).set(0.0);
            tracing::warn!(
                target: "entitlements::rates",
                "the store of rates does not answer, {instead} until it does: {why}"
            );
        }
    }

    /// It answered that what it has of some cannot be read, which is no reason not to ask it for others.
    #[cold]
    pub(super) fn was_unreadable(&self, why: &str, instead: &str, now: Duration) {
        if self.next_word.is_first(now, SAY_EVERY) {
            tracing::warn!(
                target: "entitlements::rates",
                "the store of rates answers, but cannot read what is spent by some, {instead} for those: {why}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1000);

    #[test]
    fn q26_one_that_fails_now_and_then_is_asked() {
        let reach = Reach::new();
        for _ in 0..100 {
            for _ in 1..PATIENCE {
                reach.failed("slow", "", START);
            }
            assert!(reach.is_worth_asking(START));
            reach.answered(START);
        }
    }

    #[test]
    fn q26_one_that_is_away_is_asked_once_in_a_while() {
        let reach = Reach::new();
        for _ in 0..PATIENCE {
            assert!(reach.is_worth_asking(START));
            reach.failed("refused", "", START);
        }
        assert!(!reach.is_worth_asking(START));
        assert!(!reach.is_worth_asking(START + PROBE_EVERY - Duration::from_millis(1)));
        assert!(reach.is_worth_asking(START + PROBE_EVERY));
        assert!(!reach.is_worth_asking(START + PROBE_EVERY));
        reach.answered(START + PROBE_EVERY);
        assert!(reach.is_worth_asking(START + PROBE_EVERY));
        reach.failed("slow", "", START + PROBE_EVERY);
        assert!(reach.is_worth_asking(START + PROBE_EVERY));
    }
}
