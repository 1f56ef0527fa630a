//! Each change of the license is on record: what, which, who and from where, and never a key.

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::server::{Panel, SOME_DAY};
use crate::vendor::{Vendor, business, header, key, seconds, with};

#[test]
fn each_change_is_on_record() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    let good = key(&business());
    let renewed = key(&with(
        &business(),
        &json!({ "exp": seconds("2029-01-01T00:00:00Z") }),
    ));
    let forged = Vendor::RsaStranger.sign(&header(), &business());
    assert_eq!(panel.activate(&good).status, 200);
    assert_eq!(panel.activate(&forged).status, 422);
    assert_eq!(panel.activate(&renewed).status, 200);
    assert_eq!(panel.admin("DELETE", "/license", "").status, 204);
    drop(panel);

    let panel = Panel::at("2027-03-02T12:00:00Z", folder.path());
    let answer = panel.admin("GET", "/audit", "");
    assert_eq!(answer.status, 200, "{}", answer.text());
    for secret in [&good, &renewed, &forged] {
        let parts = secret.split('.').skip(1);
        parts.for_each(|part| assert!(!answer.text().contains(part)));
    }
    let page = answer.json();
    let records = page["records"].as_array().unwrap();
    let of_license: Vec<&Value> = records
        .iter()
        .filter(|record| record["license"] == "USN-2027-0001")
        .collect();
    let actions: Vec<_> = of_license
        .iter()
        .map(|record| record["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "license.deactivated",
            "license.renewed",
            "license.activated"
        ]
    );
    for record in of_license {
        assert_eq!(record["actor"], "admin", "{record}");
        assert_eq!(record["plan"], "business", "{record}");
        assert_eq!(record["client_address"], "127.0.0.1", "{record}");
        assert!(
            record["at"].as_str().unwrap().starts_with("2027-03-01T12:"),
            "{record}"
        );
    }
    assert_eq!(panel.get("/audit").status, 401);
}
