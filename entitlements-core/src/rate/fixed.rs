use std::sync::Arc;
use std::time::Duration;

use crate::Rate;

/// A rate from the program's text, the same for everybody, such as of a route that nobody is signed in at.
///
/// Its name tells it from others and is shown to clients: gates with one name count together.
///
/// ```
/// use std::time::Duration;
///
/// use entitlements_core::rate::FixedRate;
///
/// let logins = FixedRate::per_minute("login", 5).burst(10);
/// assert_eq!(logins.rate().requests(), 5);
/// assert_eq!(logins.rate().burst(), 10);
/// // Unless it says otherwise, all of them may come at once.
/// assert_eq!(FixedRate::new("export", 2, Duration::from_secs(86_400)).rate().burst(), 2);
/// ```
#[derive(Debug, Clone)]
pub struct FixedRate {
    name: Arc<str>,
    rate: Rate,
}

impl FixedRate {
    /// So many requests in this time, and as many at once.
    #[must_use]
    pub fn new(name: impl AsRef<str>, requests: u64, per: Duration) -> Self {
        let rate = Rate {
            requests,
            per,
            burst: requests,
        };
        let name = name.as_ref().into();
        Self { name, rate }
    }

    /// So many requests a second.
    #[must_use]
    pub fn per_second(name: impl AsRef<str>, requests: u64) -> Self {
        Self::new(name, requests, Duration::from_secs(1))
    }

    /// So many requests a minute.
    #[must_use]
    pub fn per_minute(name: impl AsRef<str>, requests: u64) -> Self {
        Self::new(name, requests, Duration::from_secs(60))
    }

    /// So many requests an hour.
    #[must_use]
    pub fn per_hour(name: impl AsRef<str>, requests: u64) -> Self {
        Self::new(name, requests, Duration::from_secs(3600))
    }

    /// Up to so many at once.
    #[must_use]
    pub const fn burst(mut self, requests: u64) -> Self {
        self.rate.burst = requests;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How fast it is.
    #[must_use]
    pub const fn rate(&self) -> &Rate {
        &self.rate
    }

    fn says(&self) -> (&str, u64, Duration, u64) {
        let Rate {
            requests,
            per,
            burst,
        } = self.rate;
        (&self.name, requests, per, burst)
    }
}

/// Two are equal where they say the same, and not where one is as fast as the other.
impl PartialEq for FixedRate {
    fn eq(&self, other: &Self) -> bool {
        self.says() == other.says()
    }
}

impl Eq for FixedRate {}

impl std::hash::Hash for FixedRate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.says().hash(state);
    }
}
