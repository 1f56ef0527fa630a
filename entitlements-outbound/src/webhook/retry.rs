use std::time::Duration;

/// When a message that did not arrive is tried again, and how often in all.
///
/// The first wait is [`first`](Self::first); each further one is four times as long, at most [`longest`](Self::longest). Each is made up
/// to a fifth shorter or longer by chance, so that receivers that were down do not get everything at the same moment. The
/// default, 8 attempts from a second to an hour, spends about 80 minutes: longer than a deployment, shorter than a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    longest: Duration,
}

/// How much longer each wait is than the one before.
const FACTOR: u32 = 4;

/// No wait is longer, so that what is kept over restarts is tried again within the month whatever a clock said.
const LONGEST_EVER: Duration = Duration::from_secs(30 * 86_400);

impl RetryPolicy {
    /// So many attempts in all, at least one.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// How long the wait after the first attempt is, at least a tenth of a second.
    #[must_use]
    pub fn first(mut self, wait: Duration) -> Self {
        self.first = wait.clamp(Duration::from_millis(100), LONGEST_EVER);
        self
    }

    /// How long a wait can be, a `Retry-After` of the receiver included; at most 30 days.
    #[must_use]
    pub fn longest(mut self, wait: Duration) -> Self {
        self.longest = wait.min(LONGEST_EVER);
        self
    }

    /// Whether that many attempts were all.
    pub(super) const fn is_last(&self, attempts: u32) -> bool {
        attempts >= self.attempts
    }

    /// How long to wait after so many attempts; `chance` is any number. A wait that the receiver asked for is never cut short, but
    /// by [`longest`](Self::longest).
    pub(super) fn wait(&self, attempts: u32, asked: Option<Duration>, chance: u64) -> Duration {
        let factor = FACTOR.saturating_pow(attempts.saturating_sub(1));
        let wait = self.first.saturating_mul(factor).min(self.longest);
        let asked = asked.unwrap_or_default().min(self.longest);
        // 0.8 to 1.2 of the wait.
        let per_mille = 800 + u32::try_from(chance % 401).unwrap_or_default();
        let spread = wait.saturating_mul(per_mille) / 1000;
        spread.max(asked)
    }

    /// The longest that [`wait`](Self::wait) gives: whoever waits longer waits for a clock that was set.
    pub(super) fn longest_wait(&self) -> Duration {
        self.longest.max(self.first).saturating_mul(2)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 8,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60 * 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number that changes nothing.
    const EVEN: u64 = 200;

    #[test]
    fn waits_grow_from_a_second_to_an_hour_and_there_are_eight_attempts() {
        let policy = RetryPolicy::default();
        let waits = (1..=8).map(|attempts| policy.wait(attempts, None, EVEN).as_secs());
        assert_eq!(
            waits.collect::<Vec<_>>(),
            [1, 4, 16, 64, 256, 1024, 3600, 3600]
        );
        assert!(!policy.is_last(7));
        assert!(policy.is_last(8));
        assert!(RetryPolicy::default().attempts(0).is_last(1));
    }

    proptest::proptest! {
        #[test]
        fn no_wait_is_shorter_than_asked_nor_longer_than_the_cap(
            attempts: u32, asked: Option<u32>, chance: u64,
        ) {
            let policy = RetryPolicy::default();
            let asked = asked.map(|seconds| Duration::from_secs(seconds.into()));
            let wait = policy.wait(attempts, asked, chance);
            let hour = Duration::from_secs(3600);
            proptest::prop_assert!(wait >= asked.unwrap_or_default().min(hour));
            proptest::prop_assert!(wait >= Duration::from_millis(800));
            proptest::prop_assert!(wait <= hour * 12 / 10);
            proptest::prop_assert!(wait <= policy.longest_wait());
        }
    }
}
