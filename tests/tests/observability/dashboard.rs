//! The dashboard is what Grafana imports, and asks for what there is.

use std::collections::BTreeSet;

use entitlements_core::metrics::METRICS;
use entitlements_tests::assert_none;
use serde_json::Value;

use crate::file;
use crate::queries::{check, check_template};

#[test]
fn the_dashboard_shows_what_the_engine_tells_and_all_of_it() {
    let dashboard: Value = serde_json::from_str(&file("grafana-dashboard.json")).unwrap();
    assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 36);
    let (mut wrong, mut shown, mut ids) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut places = BTreeSet::new();
    for panel in list(&dashboard["panels"]) {
        let title = text(&panel["title"]);
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}: its id");
        let of_grid = |key: &str| panel["gridPos"][key].as_u64().unwrap();
        let (x, y, width) = (of_grid("x"), of_grid("y"), of_grid("w"));
        assert!(x + width <= 24, "{title}: wider than the grid");
        for column in x..x + width {
            for row in y..y + of_grid("h") {
                assert!(places.insert((column, row)), "{title}: over another");
            }
        }
        let targets = list(&panel["targets"]);
        assert!(!targets.is_empty(), "{title}: shows nothing");
        for target in targets {
            let (mistakes, asked) = check(text(&target["expr"]));
            assert!(!asked.is_empty(), "{title}: asks nothing of ours");
            let legend = check_template(text(&target["legendFormat"]), &asked);
            let mistakes = mistakes.into_iter().chain(legend);
            wrong.extend(mistakes.map(|mistake| format!("{title}: {mistake}")));
            shown.extend(asked);
        }
    }
    for variable in list(&dashboard["templating"]["list"]) {
        if let Some(query) = variable["definition"].as_str() {
            wrong.extend(check(query).0);
        }
    }
    let missing = METRICS.iter().filter(|metric| !shown.contains(metric.name));
    wrong.extend(missing.map(|metric| format!("no panel shows `{}`", metric.name)));
    assert_none(&wrong);
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}
