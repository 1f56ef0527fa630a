//! The alert rules are what Prometheus reads, and ask for what there is.

use std::collections::BTreeSet;

use entitlements_tests::assert_none;
use yaml_rust2::{Yaml, YamlLoader};

use crate::file;
use crate::queries::{check, check_template};

/// What an operator has to hear of, by the rule that says it.
const ALERTS: [(&str, &str); 8] = [
    (
        "EntitlementsLicenseExpiresIn30Days",
        "entitlements_license_expiry_timestamp_seconds",
    ),
    (
        "EntitlementsLicenseExpiresIn7Days",
        "entitlements_license_expiry_timestamp_seconds",
    ),
    ("EntitlementsLicenseInGrace", "entitlements_license_status"),
    ("EntitlementsLicenseExpired", "entitlements_license_status"),
    (
        "EntitlementsClockBehind",
        "entitlements_clock_behind_seconds",
    ),
    (
        "EntitlementsLimitOver90Percent",
        "entitlements_limit_allowed",
    ),
    (
        "EntitlementsBackendErrors",
        "entitlements_backend_errors_total",
    ),
    ("EntitlementsUnavailable", "entitlements_decisions_total"),
];

#[test]
fn the_alert_rules_ask_for_what_the_engine_tells() {
    let documents = YamlLoader::load_from_str(&file("prometheus-alerts.yml")).unwrap();
    assert_eq!(documents.len(), 1);
    let groups = documents[0]["groups"].as_vec().unwrap();
    let (mut wrong, mut names) = (Vec::new(), BTreeSet::new());
    for group in groups {
        assert!(group["name"].as_str().is_some());
        for rule in group["rules"].as_vec().unwrap() {
            let text = |key: &str| text(&rule[key]);
            let (name, expression) = (text("alert"), text("expr"));
            assert!(names.insert(name), "{name} is there twice");
            let (mistakes, asked) = check(expression);
            let annotations = &rule["annotations"];
            let said = [&annotations["summary"], &annotations["action"]];
            let templates = said.iter().flat_map(|said| {
                let said = said.as_str().expect("what is up, and what to do");
                check_template(said, &asked)
            });
            let mistakes = mistakes.into_iter().chain(templates);
            wrong.extend(mistakes.map(|mistake| format!("{name}: {mistake}")));
            let severity = self::text(&rule["labels"]["severity"]);
            assert!(
                ["info", "warning", "critical"].contains(&severity),
                "{name}"
            );
            for (_, metric) in ALERTS.iter().filter(|(alert, _)| *alert == name) {
                assert!(asked.contains(metric), "{name} does not ask {metric}");
            }
        }
    }
    assert_none(&wrong);
    for (alert, _) in ALERTS {
        assert!(names.contains(alert), "no rule says {alert}");
    }
}

fn text(value: &Yaml) -> &str {
    value.as_str().expect("text")
}
