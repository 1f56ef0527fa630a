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

/// A source of time: the system's, or one that a test moves.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The wall clock's time, which may be wrong and may jump.
    fn now(&self) -> Timestamp;

    /// Time since an arbitrary moment, which never goes back.
    fn monotonic(&self) -> Duration;

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
}
