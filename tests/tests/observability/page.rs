//! The page has each metric with its kind, labels and values, and no other.

use entitlements_core::metrics::{METRICS, MetricKind};

use crate::file;
use crate::queries::named;

/// The name that is kept for the events of billing.
const LATER: &str = "entitlements_webhook_events_total";

/// Crates, which targets of the log begin with.
const CRATES: [&str; 6] = [
    "entitlements_core",
    "entitlements_admin",
    "entitlements_outbound",
    "entitlements_store",
    "entitlements_tower",
    "entitlements_actix",
];

#[test]
fn the_page_lists_every_metric_with_its_kind_and_labels() {
    let page = file("README.md");
    for metric in METRICS {
        let kind = match metric.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            _ => "histogram",
        };
        let labels: Vec<_> = metric
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        let labels = match &*labels {
            [] => String::from(" "),
            labels => format!(" {} ", labels.join(", ")),
        };
        let row = format!("| `{}` | {kind} |{labels}| ", metric.name);
        assert!(page.contains(&row), "the page lacks the row {row:?}");
        for label in metric.labels.iter().filter(|label| **label != "code") {
            let line = format!("- `{label}`: ");
            let said = page.lines().find(|said| said.starts_with(&line));
            let said = said.unwrap_or_else(|| panic!("the page does not say what `{label}` says"));
            for value in metric.values(label).unwrap_or_default() {
                assert!(said.contains(&format!("`{value}`")), "`{label}`: `{value}`");
            }
        }
    }
    for name in named(&page) {
        let is_known = METRICS.iter().any(|metric| metric.name == name);
        assert!(
            is_known || name == LATER || CRATES.contains(&name),
            "the page names `{name}`, which is no metric"
        );
    }
}

/// The sources that make spans and tell of decisions.
const SOURCES: [&str; 3] = [
    "entitlements-core/src/engine/spans.rs",
    "entitlements-core/src/gate/judge.rs",
    "entitlements-core/src/gate/waited.rs",
];

#[test]
fn the_page_lists_every_span_and_target_with_its_fields() {
    let page = file("README.md");
    let mut spans = 0;
    for source in SOURCES {
        let code = std::fs::read_to_string(entitlements_tests::root().join(source)).unwrap();
        for quoted in code.split('"').skip(1).step_by(2) {
            if quoted.starts_with("entitlements::") {
                assert!(
                    page.contains(&format!("`{quoted}`")),
                    "no target `{quoted}`"
                );
            } else if quoted.starts_with("entitlements.") {
                spans += 1;
                let row = page
                    .lines()
                    .find(|row| row.starts_with(&format!("| `{quoted}` |")));
                let row = row.unwrap_or_else(|| panic!("no span `{quoted}`"));
                let (_, made) = code.split_once(&format!("\"{quoted}\"")).unwrap();
                let (fields, _) = made.split_once([';', '}']).unwrap();
                for field in fields.split(',').filter_map(|field| field.split_once('=')) {
                    let field = format!("`{}`", field.0.trim());
                    assert!(row.contains(&field), "`{quoted}`: {field}");
                }
            }
        }
    }
    let listed = page
        .lines()
        .filter(|row| row.starts_with("| `entitlements."));
    assert_eq!(
        listed.count(),
        spans,
        "the page has spans that are not there"
    );
}
