//! What the engine tells through the [`metrics`] facade: every name, label and unit, in one table.
//!
//! Whoever wants the numbers installs a recorder, such as that of `metrics-exporter-prometheus`, before the engine is built;
//! without one nothing is kept and nothing is asked. `docs/observability/` says what each number means, with a dashboard and alert rules,
//! which are checked against [`METRICS`].
//!
//! - `table.rs`: the table;
//! - `lookups.rs`: how accounts were found;
//! - `watched/`: the ports as the engine asks them, each error counted.
//!
//! Decisions are counted where they are made, in `gate/counters.rs`, and gauges are set by `engine/gauges.rs`.
//!
//! ```
//! use entitlements_core::metrics::{METRICS, MetricKind};
//!
//! let decisions = METRICS.iter().find(|metric| metric.name == "entitlements_decisions_total").unwrap();
//! assert_eq!(decisions.kind, MetricKind::Counter);
//! assert_eq!(decisions.labels, ["requirement", "outcome", "code"]);
//! ```

mod lookups;
mod table;
mod watched;

pub(crate) use lookups::Lookups;
pub(crate) use table::{
    CLOCK_BEHIND, DECISION_SECONDS, DECISIONS, LICENSE_EXPIRY, LICENSE_STATUS, LIMIT_ALLOWED,
    LIMIT_USED, RATE_STORE_UP,
};
pub use table::{METRICS, Metric, MetricKind};
pub(crate) use watched::Watched;

use std::cell::Cell;

use metrics::{
    IntoF64, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge,
};

/// What the engine asks, as the label `backend` of `entitlements_backend_errors_total` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    LicenseStore,
    UsageStore,
    AccountStore,
    AllowlistStore,
    RateStore,
    Audit,
    Notifier,
}

impl Backend {
    pub(super) const ALL: [Self; 7] = [
        Self::LicenseStore,
        Self::UsageStore,
        Self::AccountStore,
        Self::AllowlistStore,
        Self::RateStore,
        Self::Audit,
        Self::Notifier,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::LicenseStore => "license_store",
            Self::UsageStore => "usage_store",
            Self::AccountStore => "account_store",
            Self::AllowlistStore => "allowlist_store",
            Self::RateStore => "rate_store",
            Self::Audit => "audit",
            Self::Notifier => "notifier",
        }
    }

    /// Counts an error of it.
    #[cold]
    pub(crate) fn failed(self) {
        counter!(table::BACKEND_ERRORS.name, "backend" => self.as_str()).increment(1);
    }

    /// Counts the error, where the answer is one.
    pub(crate) fn seen<T, E>(self, answer: Result<T, E>) -> Result<T, E> {
        if answer.is_err() {
            self.failed();
        }
        answer
    }
}

/// Counts a request whose rates the store that processes share said nothing of.
#[cold]
pub(crate) fn count_unshared(fallback: &'static str) {
    counter!(table::RATES_UNSHARED.name, "fallback" => fallback).increment(1);
}

/// Whether anybody records: without that, nobody is asked what the numbers are.
pub(crate) fn is_recorded() -> bool {
    /// A number that is only read where somebody records it.
    struct Asked<'a>(&'a Cell<bool>);

    impl IntoF64 for Asked<'_> {
        fn into_f64(self) -> f64 {
            self.0.set(true);
            0.0
        }
    }

    let is_asked = Cell::new(false);
    gauge!(CLOCK_BEHIND.name).increment(Asked(&is_asked));
    is_asked.get()
}

/// Tells the recorder what each metric means, and its unit.
///
/// Building an engine does it; this is for whoever installs the recorder later.
///
/// ```
/// // After the recorder was installed:
/// entitlements_core::metrics::describe_metrics();
/// ```
pub fn describe_metrics() {
    for metric in METRICS {
        let (name, meaning) = (metric.name, metric.meaning);
        let unit = metric.unit.and_then(Unit::from_string);
        let unit = unit.unwrap_or(Unit::Count);
        match metric.kind {
            MetricKind::Counter => describe_counter!(name, unit, meaning),
            MetricKind::Gauge => describe_gauge!(name, unit, meaning),
            MetricKind::Histogram => describe_histogram!(name, unit, meaning),
        }
    }
}
