//! Where the time comes from: the only module that reads a clock.
//!
//! Every rule takes `now` as an argument. The engine asks its [`Clock`] once per request and hands that one reading
//! to all of them.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

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
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is where the clock is read"
    )]
    fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep_until(&self, deadline: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let nap = deadline.saturating_since(self.now()).min(LONGEST_NAP);
        Box::pin(tokio::time::sleep(nap))
    }
}
