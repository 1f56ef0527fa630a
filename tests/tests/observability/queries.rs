//! What a query in PromQL asks of our metrics: enough of the language to find names, labels and values.

use std::collections::BTreeSet;

use entitlements_core::metrics::{METRICS, Metric, MetricKind};

/// What a scrape adds, and what a histogram's buckets have.
const NOT_OURS: [&str; 3] = ["job", "instance", "le"];

/// Everything that is wrong with a query, and the metrics that it asks.
pub(crate) fn check(query: &str) -> (Vec<String>, BTreeSet<&'static str>) {
    let (mut wrong, mut asked) = (Vec::new(), BTreeSet::new());
    let mut labels: Vec<&str> = NOT_OURS.to_vec();
    for (place, word) in words(query).filter(|(_, word)| word.starts_with("entitlements_")) {
        let Some(metric) = metric(word) else {
            wrong.push(format!("`{word}` is no metric"));
            continue;
        };
        asked.insert(metric.name);
        labels.extend(metric.labels);
        let rest = &query[place + word.len()..];
        let selector = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        if let Some((selector, _)) = selector {
            wrong.extend(selector_mistakes(metric, selector));
        }
    }
    for by in query.split(" by (").skip(1) {
        let (names, _) = by.split_once(')').expect("a list of labels has an end");
        for name in names.split(',').map(str::trim) {
            if !labels.contains(&name) {
                wrong.push(format!("`by ({name})`, which is no label there"));
            }
        }
    }
    (wrong, asked)
}

/// The labels that `{{…}}` names, beside those that are always there.
pub(crate) fn check_template(text: &str, asked: &BTreeSet<&str>) -> Vec<String> {
    let labels: Vec<&str> = METRICS
        .iter()
        .filter(|metric| asked.contains(metric.name))
        .flat_map(|metric| metric.labels.iter().copied())
        .chain(NOT_OURS)
        .collect();
    let named = text.split("{{").skip(1).map(|rest| {
        let (inside, _) = rest.split_once("}}").expect("what opens closes");
        let inside = inside.trim().trim_start_matches("$labels.");
        inside.split_whitespace().next().unwrap_or_default()
    });
    named
        .filter(|name| *name != "$value" && !labels.contains(name))
        .map(|name| format!("`{{{{{name}}}}}`, which is no label there"))
        .collect()
}

fn selector_mistakes(metric: &Metric, selector: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for matcher in selector.split("\",").map(|one| one.trim_end_matches('"')) {
        let (label, value) = matcher.split_once('=').expect("label, operator, value");
        let is_pattern = value.starts_with('~');
        let value = value.trim_start_matches('~').trim_start_matches('"');
        let label = label.trim_end_matches('!').trim();
        if NOT_OURS.contains(&label) {
            continue;
        }
        if !metric.labels.contains(&label) {
            wrong.push(format!("`{}` has no label `{label}`", metric.name));
        }
        let Some(known) = metric.values(label) else {
            continue;
        };
        let values: Vec<_> = if is_pattern {
            value.split('|').collect()
        } else {
            vec![value]
        };
        for value in values.into_iter().filter(|value| !known.contains(value)) {
            wrong.push(format!("`{label}` of `{}` is never `{value}`", metric.name));
        }
    }
    wrong
}

fn metric(word: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| {
        let parts = ["_bucket", "_sum", "_count"];
        let of_histogram = parts.iter().find_map(|part| word.strip_suffix(part));
        metric.name == word
            || metric.kind == MetricKind::Histogram && of_histogram == Some(metric.name)
    })
}

/// Each word, and where it begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.split(move |letter| !is_word(letter))
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// The words of a text that name metrics.
pub(crate) fn named(text: &str) -> BTreeSet<&str> {
    let words = words(text).map(|(_, word)| word);
    words
        .filter(|word| word.starts_with("entitlements_"))
        .collect()
}

#[test]
fn mistakes_are_found() {
    let wrong = |query| check(query).0.len();
    assert_eq!(
        wrong("entitlements_license_status{status=\"grace\"} == 1"),
        0
    );
    assert_eq!(
        wrong("entitlements_license_status{status=\"late\"} == 1"),
        1
    );
    assert_eq!(
        wrong("entitlements_license_status{state=\"grace\"} == 1"),
        1
    );
    assert_eq!(wrong("entitlements_license_state == 1"), 1);
    assert_eq!(
        wrong("sum by (code, plan) (rate(entitlements_decisions_total{outcome=~\"deny|no\"}[5m]))"),
        2
    );
    assert_eq!(wrong("rate(entitlements_decision_seconds_bucket[5m])"), 0);
    assert_eq!(wrong("entitlements_limit_used_bucket"), 1);
    let asked = BTreeSet::from(["entitlements_limit_used"]);
    assert_eq!(check_template("{{instance}}: {{ limit }}", &asked).len(), 0);
    assert_eq!(check_template("{{ $labels.status }}", &asked).len(), 1);
}
