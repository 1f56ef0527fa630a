//! The newest trusted time (T1 to T5): what keeps a clock that was set back from bringing back what has ended.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Timestamp;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// By how much the two clocks may go apart between two looks, and the wall clock be behind without being told of: clocks are corrected
/// by less.
const TOLERANCE: Duration = Duration::from_secs(60);

/// The newest trusted time of an engine. Read by every request, and moved by the upkeep alone.
#[derive(Debug)]
pub(super) struct TrustedTime {
    /// In microseconds; the lowest there is where no time is trusted yet.
    newest: AtomicI64,
    watch: Mutex<Watch>,
}

/// What was seen of the two clocks.
#[derive(Debug, Clone, Copy)]
struct Watch {
    wall: Timestamp,
    monotonic: Duration,
    /// Since when, by the monotonic clock, the wall clock has gone with it.
    agreeing_since: Duration,
    is_behind: bool,
}

/// What a look at the clocks found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing new.
    Usual,
    /// The wall clock is behind the newest trusted time, and was not at the last look.
    RolledBack,
}

impl TrustedTime {
    /// With the newest trusted time that an earlier process kept, and what the clocks say now.
    pub(super) fn new(kept: Option<Timestamp>, wall: Timestamp, monotonic: Duration) -> Self {
        Self {
            newest: AtomicI64::new(kept.unwrap_or(Timestamp::MIN).unix_micros()),
            watch: Mutex::new(Watch {
                wall,
                monotonic,
                agreeing_since: monotonic,
                is_behind: false,
            }),
        }
    }

    /// The time to judge by: the later of the wall clock's and the newest that is trusted (T1).
    #[inline(always)]
    pub(super) fn judged(&self, wall: Timestamp) -> Timestamp {
        wall.max(self.newest())
    }

    #[inline(always)]
    pub(super) fn newest(&self) -> Timestamp {
        Timestamp::from_unix_micros(self.newest.load(Ordering::Relaxed))
    }

    /// Whether the wall clock is behind by so much that it is told of.
    pub(super) fn is_behind(&self, wall: Timestamp) -> bool {
        self.newest().saturating_since(wall) > TOLERANCE
    }

    /// Looks at the clocks. A wall clock that has gone with the monotonic one for an hour is trusted (T2); one that is held back by more
    /// than a day holds no license: the newest trusted time then goes on by the monotonic clock (T3).
    pub(super) fn look(&self, wall: Timestamp, monotonic: Duration) -> Look {
        let mut watch = self.watch();
        let passed = monotonic.saturating_sub(watch.monotonic);
        let expected = watch.wall.saturating_add(passed);
        let apart = wall
            .saturating_since(expected)
            .max(expected.saturating_since(wall));
        if apart > TOLERANCE {
            watch.agreeing_since = monotonic;
        }
        let mut newest = self.newest();
        if newest.saturating_since(wall) > DAY {
            newest = newest.saturating_add(passed);
        }
        if monotonic.saturating_sub(watch.agreeing_since) >= HOUR {
            newest = newest.max(wall);
        }
        self.newest.store(newest.unix_micros(), Ordering::Relaxed);
        let was_behind = watch.is_behind;
        watch.wall = wall;
        watch.monotonic = monotonic;
        watch.is_behind = self.is_behind(wall);
        if watch.is_behind && !was_behind {
            Look::RolledBack
        } else {
            Look::Usual
        }
    }

    /// Trusts this time too.
    pub(super) fn raise(&self, newest: Timestamp) {
        let _watch = self.watch();
        let newest = newest.max(self.newest());
        self.newest.store(newest.unix_micros(), Ordering::Relaxed);
    }

    /// Trusts no time later than this any more (T5).
    pub(super) fn reset(&self, newest: Timestamp) {
        let mut watch = self.watch();
        self.newest.store(newest.unix_micros(), Ordering::Relaxed);
        watch.agreeing_since = watch.monotonic;
        watch.is_behind = false;
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix_seconds(1_800_000_000).saturating_add(Duration::from_secs(seconds))
    }

    fn mono(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn t2_a_time_is_trusted_once_the_monotonic_clock_has_confirmed_it_for_an_hour() {
        let time = TrustedTime::new(None, at(0), mono(0));
        time.look(at(3599), mono(3599));
        assert_eq!(time.newest(), Timestamp::MIN);
        time.look(at(3600), mono(3600));
        assert_eq!(time.newest(), at(3600));
        time.look(at(3700), mono(3700));
        assert_eq!(time.newest(), at(3700));
    }

    #[test]
    fn t2_one_boot_in_2099_moves_nothing() {
        let far: Timestamp = "2099-01-01T00:00:00Z".parse().unwrap();
        let time = TrustedTime::new(Some(at(0)), far, mono(0));
        time.look(far.saturating_add(mono(3599)), mono(3599));
        // The time server answers.
        time.look(at(3600), mono(3600));
        time.look(at(7199), mono(7199));
        assert_eq!(time.newest(), at(0));
        time.look(at(7200), mono(7200));
        assert_eq!(time.newest(), at(7200));
    }

    #[test]
    fn t1_a_clock_set_back_is_told_of_once_and_judges_nothing() {
        let time = TrustedTime::new(Some(at(10_000)), at(10_000), mono(0));
        assert_eq!(time.look(at(9_941), mono(1)), Look::Usual);
        assert_eq!(time.look(at(9_939), mono(2)), Look::RolledBack);
        assert_eq!(time.look(at(9_940), mono(3)), Look::Usual);
        assert_eq!(time.judged(at(9_940)), at(10_000));
        assert_eq!(time.judged(at(10_001)), at(10_001));
    }

    #[test]
    fn t3_a_clock_that_is_held_back_by_more_than_a_day_holds_no_license() {
        let time = TrustedTime::new(Some(at(1_000_000)), at(0), mono(0));
        for hour in 1..=48 {
            // Set back again and again.
            time.look(at(0), mono(hour * 3600));
        }
        assert_eq!(time.newest(), at(1_000_000 + 48 * 3600));
        let time = TrustedTime::new(Some(at(80_000)), at(0), mono(0));
        time.look(at(3600), mono(3600));
        assert_eq!(time.newest(), at(80_000), "a day heals by itself");
    }

    #[test]
    fn t2_a_machine_that_slept_has_its_clock_confirmed_anew() {
        let time = TrustedTime::new(Some(at(0)), at(0), mono(0));
        time.look(at(3600), mono(3600));
        // The monotonic clock stood still for a day.
        time.look(at(90_000), mono(3601));
        assert_eq!(time.newest(), at(3600));
        time.look(at(93_600), mono(7201));
        assert_eq!(time.newest(), at(93_600));
    }
}
