//! Where the time comes from: the only module that reads a clock.
//!
//! Every rule takes `now` as an argument. The engine asks its [`Clock`] once per request and hands that one reading
//! to all of them.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
use nix::time::ClockId;

use crate::Timestamp;

/// The longest that a wait trusts the wall clock not to be set: a step is noticed within this time.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// A source of time: the system's, one that starts at another time, or one that a test moves.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The wall clock's time, which may be wrong and may jump.
    fn now(&self) -> Timestamp;

    /// Time since an arbitrary moment, which never goes back.
    fn monotonic(&self) -> Duration;

    /// Time as [`monotonic`](Self::monotonic) counts it, at most a hundredth of a second ago, where that is cheaper to tell: for what ages by
    /// the second. Told from another moment perhaps, so the two are not to be set beside each other.
    fn monotonic_coarse(&self) -> Duration {
        self.monotonic()
    }

    /// Resolves at `deadline` or a little earlier; whoever waits looks at [`now`](Self::now) again.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    fn sleep_until(&self, deadline: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The operating system's clock. Its waits need a tokio runtime with time enabled.
///
/// On 64-bit Linux the wall clock's time is that of the kernel's last tick, at most 10 ms ago: every request asks for it, the terms of
/// licenses are seconds and days, and the exact time costs several times as much.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// The system's clock, its monotonic time counted from now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is where the clock is read"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[inline]
    fn now(&self) -> Timestamp {
        wall_clock()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    fn monotonic_coarse(&self) -> Duration {
        // The moment is that of the machine's start.
        let told = ClockId::CLOCK_MONOTONIC_COARSE.now();
        told.map_or_else(|_| self.monotonic(), Duration::from)
    }

    fn sleep_until(&self, deadline: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let nap = deadline.saturating_since(self.now()).min(LONGEST_NAP);
        Box::pin(tokio::time::sleep(nap))
    }
}

/// A clock that shows a given time when it is made, and runs from there: for staging and for trying out what a year does to a license.
/// What a test moves by hand is in [`testing`](crate::testing).
///
/// Its wall clock's time is the given one and what has passed by the system's monotonic clock since; nothing can set it. Its waits need a
/// tokio runtime with time enabled. A program that offers it to its users says in its log that it does: whoever may choose the time chooses
/// what is in force.
///
/// ```
/// use std::time::Duration;
///
/// use entitlements_core::{Clock, ShiftedClock, Timestamp};
///
/// let start: Timestamp = "2027-01-31T12:00:00Z".parse()?;
/// let clock = ShiftedClock::starting_at(start);
/// let now = clock.now();
/// assert!(now >= start && now <= start.saturating_add(clock.monotonic()));
/// # Ok::<(), entitlements_core::ParseTimestampError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ShiftedClock {
    start: Timestamp,
    /// Counts from when this clock was made.
    running: SystemClock,
}

impl ShiftedClock {
    /// A clock that shows `start` now.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self {
            start,
            running: SystemClock::new(),
        }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        self.start.saturating_add(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        self.running.monotonic()
    }

    fn monotonic_coarse(&self) -> Duration {
        self.running.monotonic_coarse()
    }

    fn sleep_until(&self, deadline: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let nap = deadline.saturating_since(self.now()).min(LONGEST_NAP);
        Box::pin(tokio::time::sleep(nap))
    }
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[inline]
fn wall_clock() -> Timestamp {
    match ClockId::CLOCK_REALTIME_COARSE.now() {
        Ok(time) => {
            let micros = time.tv_sec().saturating_mul(1_000_000);
            Timestamp::from_unix_micros(micros.saturating_add(time.tv_nsec() / 1000))
        }
        // A kernel without it.
        Err(_) => exact_wall_clock(),
    }
}

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
fn wall_clock() -> Timestamp {
    exact_wall_clock()
}

#[cold]
#[expect(
    clippy::disallowed_methods,
    reason = "this module is where the clock is read"
)]
fn exact_wall_clock() -> Timestamp {
    SystemTime::now().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the clock is what is tested")]
    fn the_wall_clock_is_the_systems_and_never_ahead_of_it() {
        let clock = SystemClock::new();
        for _ in 0..1000 {
            let before = Timestamp::from(SystemTime::now());
            let now = clock.now();
            let after = Timestamp::from(SystemTime::now());
            assert!(now <= after);
            assert!(before.saturating_since(now) <= Duration::from_millis(100));
        }
    }

    #[test]
    fn the_coarse_monotonic_clock_goes_on_and_not_ahead_of_the_exact_one() {
        const TICK: Duration = Duration::from_millis(10);
        let clock = SystemClock::new();
        let (exact, first) = (clock.monotonic(), clock.monotonic_coarse());
        let mut last = first;
        while last - first < 2 * TICK {
            let now = clock.monotonic_coarse();
            assert!(now >= last);
            last = now;
        }
        // The first reading may have been a tick old.
        assert!(last - first <= clock.monotonic() - exact + TICK);
    }

    #[test]
    fn a_shifted_clock_goes_on_from_its_start_whenever_that_is() {
        for start in [
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.5Z",
            "2027-01-31T12:00:00Z",
            "2400-02-29T00:00:00Z",
        ] {
            let start: Timestamp = start.parse().unwrap();
            let clock = ShiftedClock::starting_at(start);
            let (before, now, after) = (clock.monotonic(), clock.now(), clock.monotonic());
            assert!(start.saturating_add(before) <= now);
            assert!(now <= start.saturating_add(after));
            assert!(clock.now() >= now);
        }
        let clock = ShiftedClock::starting_at(Timestamp::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[tokio::test]
    async fn a_shifted_clock_waits_by_its_own_time() {
        let clock = ShiftedClock::starting_at("2400-02-29T00:00:00Z".parse().unwrap());
        // By the system's clock this is centuries ahead, and by its own it is over.
        clock.sleep_until(clock.now()).await;
        let next = clock.now().saturating_add(Duration::from_millis(20));
        while clock.now() < next {
            clock.sleep_until(next).await;
        }
        let mut far = clock.sleep_until(Timestamp::MAX);
        let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(far.as_mut().poll(cx)));
        assert!(polled.await.is_pending());
    }
}
