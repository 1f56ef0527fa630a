//! Notices at 30, 15, 7, 3, 1 and 0 days, each once, however often the panel is started.

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::server::{Panel, assert_denied};
use crate::vendor::{business, key, seconds, with};

/// How often is asked for what the upkeep is about to do.
const ASKS: usize = 2000;

impl Panel {
    fn notices(&self) -> Vec<Value> {
        let answer = self.admin("GET", "/notices", "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["notices"].as_array().unwrap().clone()
    }

    /// The thresholds that were told of, the latest first, once there are as many as expected.
    pub(crate) fn thresholds(&self, expected: &[u64]) -> Vec<u64> {
        let days = || -> Vec<u64> {
            let notices = self.notices();
            notices
                .iter()
                .map(|notice| notice["days"].as_u64().unwrap())
                .collect()
        };
        let mut all = (0..ASKS).map(|_| days());
        all.find(|days| days.len() >= expected.len())
            .unwrap_or_else(days)
    }
}

#[test]
fn each_threshold_is_told_once_over_all_restarts() {
    let folder = tempdir().unwrap();
    let at = |now: &str| Panel::at(now, folder.path());
    assert_eq!(
        at("2027-01-01T12:00:00Z")
            .activate(&key(&business()))
            .status,
        200
    );
    assert_eq!(at("2027-12-01T23:00:00Z").notices(), [] as [Value; 0]);
    let mut told: Vec<u64> = Vec::new();
    for (day, days) in [
        ("2027-12-02", 30),
        ("2027-12-17", 15),
        ("2027-12-25", 7),
        ("2027-12-29", 3),
        ("2027-12-31", 1),
        ("2028-01-01", 0),
    ] {
        told.insert(0, days);
        for hour in [0, 1, 23] {
            let panel = at(&format!("{day}T{hour:02}:00:00Z"));
            assert_eq!(panel.thresholds(&told), told, "{day} {hour}");
            let first = panel.notices().swap_remove(0);
            let (kind, priority) = match days {
                0 => ("license_expired", "critical"),
                _ => ("license_expiry", "high"),
            };
            assert_eq!(first["type"], kind);
            assert_eq!(first["priority"], priority);
            assert_eq!(first["license"], "USN-2027-0001");
            assert_eq!(first["expires_at"], "2028-01-01T00:00:00Z");
            assert_ne!(first["action"], Value::Null);
            if hour == 0 {
                let message = first["message"].as_str().unwrap();
                let log = &panel.stderr;
                assert!(log.wait(|log| log.contains(message)), "{}", log.text());
            }
        }
    }
    assert_eq!(at("2028-03-01T00:00:00Z").thresholds(&told), told);

    // A renewed license ends anew.
    let renewed = with(
        &business(),
        &json!({ "exp": seconds("2029-01-01T00:00:00Z") }),
    );
    assert_eq!(
        at("2028-03-01T00:00:00Z").activate(&key(&renewed)).status,
        200
    );
    told.insert(0, 30);
    assert_eq!(at("2028-12-05T00:00:00Z").thresholds(&told), told);
}

#[test]
fn after_a_long_stop_only_the_tightest_is_told() {
    let folder = tempdir().unwrap();
    let activated = Panel::at("2027-01-01T12:00:00Z", folder.path());
    assert_eq!(activated.activate(&key(&business())).status, 200);
    drop(activated);
    let panel = Panel::at("2027-12-30T00:00:00Z", folder.path());
    assert_eq!(panel.thresholds(&[3]), [3]);
}

#[test]
fn a_license_that_expires_while_the_panel_runs_is_over_at_once_and_told() {
    let folder = tempdir().unwrap();
    // The clock runs: in two seconds it is over.
    let panel = Panel::at("2027-12-31T23:59:58Z", folder.path());
    assert_eq!(panel.activate(&key(&business())).status, 200);
    assert!(
        panel.stderr.wait(|log| log.contains("the base plan holds")),
        "{}",
        panel.stderr.text()
    );
    assert_denied(&panel.get("/features/ldap"), "LICENSE_EXPIRED");
    assert_eq!(panel.overview()["edition"], "Business (expired)");
    assert_eq!(panel.thresholds(&[0, 1]), [0, 1]);
}

#[test]
fn notices_are_the_administrators() {
    let folder = tempdir().unwrap();
    let panel = Panel::at("2027-01-01T12:00:00Z", folder.path());
    let stranger = panel.get("/notices");
    assert_eq!(
        (stranger.status, &stranger.json()["code"]),
        (401, &json!("UNAUTHORIZED"))
    );
    assert_eq!(panel.notices(), [] as [Value; 0]);
}
