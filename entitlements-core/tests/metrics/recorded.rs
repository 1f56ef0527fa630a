//! What was recorded, as `name{label="value"}` with its number.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Waker};

use entitlements_core::Upkeep;
use entitlements_core::metrics::METRICS;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

/// Runs this with a recorder of its own.
pub(crate) fn recording(test: impl FnOnce(&Recorded)) {
    let recorder = DebuggingRecorder::new();
    let recorded = Recorded(recorder.snapshotter());
    metrics::with_local_recorder(&recorder, || test(&recorded));
}

pub(crate) struct Recorded(Snapshotter);

impl Recorded {
    /// The numbers that are not zero, of what was recorded since the last call: of counters how much they grew, of gauges what they were
    /// set to, of histograms how many values. Checked against the table.
    pub(crate) fn take(&self) -> BTreeMap<String, f64> {
        let snapshot = self.0.snapshot().into_vec().into_iter();
        let numbers = snapshot.map(|(key, unit, meaning, value)| {
            let (name, labels) = (key.key().name(), key.key().labels());
            let metric = METRICS.iter().find(|metric| metric.name == name);
            let metric = metric.unwrap_or_else(|| panic!("`{name}` is not in the table"));
            let names: Vec<_> = labels.clone().map(|label| label.key()).collect();
            assert_eq!(names, metric.labels, "{name}");
            assert_eq!(meaning.as_deref(), Some(metric.meaning), "{name}");
            let unit = unit.map(|unit| unit.as_str());
            assert_eq!(unit, Some(metric.unit.unwrap_or("count")), "{name}");
            for label in labels.clone() {
                if let Some(values) = metric.values(label.key()) {
                    assert!(values.contains(&label.value()), "{name}: {label:?}");
                }
            }
            let labels: Vec<_> = labels
                .map(|label| format!("{}={:?}", label.key(), label.value()))
                .collect();
            let series = match &*labels {
                [] => name.to_owned(),
                labels => format!("{name}{{{}}}", labels.join(",")),
            };
            let number = match value {
                DebugValue::Counter(count) => count as f64,
                DebugValue::Gauge(value) => value.into_inner(),
                DebugValue::Histogram(values) => values.len() as f64,
            };
            (series, number)
        });
        numbers.filter(|(_, number)| *number != 0.0).collect()
    }

    /// The status that is shown, and when the license expires.
    pub(crate) fn license(&self) -> (String, f64) {
        let all = self.take();
        let status: Vec<_> = all
            .keys()
            .filter_map(|series| series.strip_prefix("entitlements_license_status{status=\""))
            .collect();
        assert_eq!(status.len(), 1, "{status:?}");
        let status = status[0].trim_end_matches("\"}").to_owned();
        let expiry = all.get("entitlements_license_expiry_timestamp_seconds");
        (status, expiry.copied().unwrap_or(0.0))
    }
}

/// Lets the upkeep do what there is to do.
pub(crate) fn run(upkeep: &mut Upkeep) {
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..20 {
        assert!(Pin::new(&mut *upkeep).poll(&mut cx).is_pending());
    }
}

/// Waits on this thread, which is the one that records.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}
