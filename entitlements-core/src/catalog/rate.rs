use std::cmp::Ordering;
use std::time::Duration;

use super::label::Label;

/// How fast something may happen: `requests` per `per`, and up to `burst` at once.
///
/// Rates compare by requests per time, then by burst, so the larger of two is [`Ord::max`].
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub(crate) requests: u64,
    pub(crate) per: Duration,
    pub(crate) burst: u64,
}

impl Rate {
    /// How many requests [`per`](Self::per) allows.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.requests
    }

    /// The time that [`requests`](Self::requests) are allowed in, whole seconds.
    #[must_use]
    pub const fn per(&self) -> Duration {
        self.per
    }

    /// How many requests may come at once.
    #[must_use]
    pub const fn burst(&self) -> u64 {
        self.burst
    }
}

impl Ord for Rate {
    fn cmp(&self, other: &Self) -> Ordering {
        let of = |rate: &Self, per: &Self| u128::from(rate.requests) * per.per.as_millis();
        of(self, other)
            .cmp(&of(other, self))
            .then(self.burst.cmp(&other.burst))
    }
}

impl PartialOrd for Rate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Two rates are equal where neither is larger: 60 a minute and 1 a second with the same burst.
impl PartialEq for Rate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rate {}

/// A rate, or none.
///
/// `Unlimited` is more than any rate, so the larger of two is [`Ord::max`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateTerm {
    /// This fast.
    AtMost(Rate),
    /// As fast as one likes.
    Unlimited,
}

/// Something that may happen so and so often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateDefinition {
    pub(crate) label: Label,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(requests: u64, seconds: u64, burst: u64) -> Rate {
        Rate {
            requests,
            per: Duration::from_secs(seconds),
            burst,
        }
    }

    #[test]
    fn the_larger_rate_is_the_faster_then_the_larger_burst() {
        assert!(rate(2, 1, 1) > rate(60, 60, 1000));
        assert!(rate(60, 60, 100) > rate(1, 1, 10));
        assert_eq!(rate(60, 60, 10), rate(1, 1, 10));
        assert!(rate(u64::MAX, 1, 1) > rate(u64::MAX, 86_400, 1));
        assert!(RateTerm::Unlimited > RateTerm::AtMost(rate(u64::MAX, 1, u64::MAX)));
    }
}
