use super::Backend;
use crate::denial::DenialRow;
use crate::license::LicenseStatus;
use crate::rate::RateFallback;

/// One metric: its name, what kind of number it is, and its labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metric {
    /// The name, such as `entitlements_decisions_total`.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: MetricKind,
    /// The unit, where it counts no things.
    pub unit: Option<&'static str>,
    /// The names of its labels, all of which each of its series has.
    pub labels: &'static [&'static str],
    /// What it means, in one line.
    pub meaning: &'static str,
}

/// What kind of number a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricKind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How values are spread.
    Histogram,
}

macro_rules! metrics {
    ($($place:ident = $name:literal, $kind:ident, $unit:expr, [$($label:literal),*], $meaning:literal;)*) => {
        $(pub(crate) const $place: Metric = Metric {
            name: $name,
            kind: MetricKind::$kind,
            unit: $unit,
            labels: &[$($label),*],
            meaning: $meaning,
        };)*

        /// Every metric that the engine tells.
        pub const METRICS: &[Metric] = &[$($place),*];
    };
}

metrics! {
    DECISIONS = "entitlements_decisions_total", Counter, None, ["requirement", "outcome", "code"],
        "decisions of gates, by what they demand, what became of the request, and the code of a denial";
    DECISION_SECONDS = "entitlements_decision_seconds", Histogram, Some("seconds"), [],
        "how long decisions took that had to wait for a store";
    LICENSE_EXPIRY = "entitlements_license_expiry_timestamp_seconds", Gauge, Some("seconds"), [],
        "when the license that is shown expires, in seconds since 1970; 0 without one";
    LICENSE_STATUS = "entitlements_license_status", Gauge, None, ["status"],
        "1 for the status of the deployment, 0 for all others";
    LIMIT_USED = "entitlements_limit_used", Gauge, None, ["limit"],
        "how many the one account of the deployment uses";
    LIMIT_ALLOWED = "entitlements_limit_allowed", Gauge, None, ["limit"],
        "how many the one account of the deployment may have; +Inf where there is no limit";
    CACHE_HITS = "entitlements_cache_hits_total", Counter, None, [],
        "accounts that a store elsewhere had at hand";
    CACHE_MISSES = "entitlements_cache_misses_total", Counter, None, [],
        "accounts that had to be fetched from a store elsewhere";
    CACHE_STALE = "entitlements_cache_stale_total", Counter, None, [],
        "decisions by what was last known of an account that could not be asked for";
    BACKEND_ERRORS = "entitlements_backend_errors_total", Counter, None, ["backend"],
        "what could not be asked, kept or delivered, by what was asked";
    RATE_STORE_UP = "entitlements_rate_store_up", Gauge, None, [],
        "1 while the store that processes share rates by answers, 0 while it does not; not there without one";
    RATES_UNSHARED = "entitlements_rates_unshared_total", Counter, None, ["fallback"],
        "requests whose rates the shared store said nothing of, by what became of them";
    CLOCK_BEHIND = "entitlements_clock_behind_seconds", Gauge, Some("seconds"), [],
        "how far the clock is behind the newest trusted time, by which licenses are judged; 0 where it is not";
}

/// What became of requests, as the label `outcome` has it.
const OUTCOMES: [&str; 3] = ["allow", "deny", "shadow"];

impl Metric {
    /// The values that one of its labels can have; none where the catalog says them, or the program.
    ///
    /// ```
    /// use entitlements_core::metrics::METRICS;
    ///
    /// let decisions = METRICS.iter().find(|metric| metric.name == "entitlements_decisions_total").unwrap();
    /// assert_eq!(decisions.values("outcome").unwrap(), ["allow", "deny", "shadow"]);
    /// assert_eq!(decisions.values("requirement"), None);
    /// ```
    #[must_use]
    pub fn values(&self, label: &str) -> Option<Vec<&'static str>> {
        if !self.labels.contains(&label) {
            return None;
        }
        match label {
            "outcome" => Some(OUTCOMES.to_vec()),
            // What is allowed has no code.
            "code" => Some(
                [""].into_iter()
                    .chain(DenialRow::ALL.iter().map(|row| row.code))
                    .collect(),
            ),
            "status" => Some(
                LicenseStatus::ALL
                    .iter()
                    .map(|status| status.as_str())
                    .collect(),
            ),
            "fallback" => Some(
                RateFallback::ALL
                    .iter()
                    .map(|fallback| fallback.as_str())
                    .collect(),
            ),
            "backend" => Some(
                Backend::ALL
                    .iter()
                    .map(|backend| backend.as_str())
                    .collect(),
            ),
            _ => None,
        }
    }
}
