//! Files of the data folder that something else has been at: the panel starts all the same, and says so.

use std::path::Path;

use serde_json::Value;
use tempfile::tempdir;

use crate::server::{Panel, Start};
use crate::vendor::{business, key};

const FILES: [&str; 5] = [
    "licenses.json",
    "clock.json",
    "notices.json",
    "notice-board.json",
    "audit.db",
];

/// A folder as it is 30 days before the end, with something in every file.
fn lived_in(folder: &Path) {
    assert_eq!(
        Panel::at("2027-01-01T12:00:00Z", folder)
            .activate(&key(&business()))
            .status,
        200
    );
    assert_eq!(
        Panel::at("2027-12-02T12:00:00Z", folder).thresholds(&[30]),
        [30]
    );
    for file in FILES {
        assert!(folder.join(file).is_file(), "{file}");
    }
}

#[test]
fn a_damaged_file_stops_no_start() {
    let template = tempdir().unwrap();
    lived_in(template.path());
    for file in FILES {
        for damage in ["", "{", "not at all what was here"] {
            let folder = tempdir().unwrap();
            for kept in std::fs::read_dir(template.path()).unwrap() {
                let kept = kept.unwrap();
                std::fs::copy(kept.path(), folder.path().join(kept.file_name())).unwrap();
            }
            std::fs::write(folder.path().join(file), damage).unwrap();
            let panel = Panel::at("2027-12-03T12:00:00Z", folder.path());
            let status = panel.license_status();
            let in_force = if file == "licenses.json" {
                "community"
            } else {
                "business"
            };
            assert_eq!(
                status["plan_in_force"], in_force,
                "{file} {damage:?}: {status}"
            );
            if file == "licenses.json" {
                assert_eq!(
                    status["errors"][0]["code"], "licenses_unreadable",
                    "{status}"
                );
                assert_ne!(status["errors"][0]["action"], Value::Null);
            }
            // And it goes on from there.
            assert_eq!(
                panel.activate(&key(&business())).status,
                200,
                "{file} {damage:?}"
            );
            assert_eq!(panel.get("/features/ldap").status, 200);
        }
    }
}

/// The lists are what people made, so nothing begins anew in their place.
#[test]
fn lists_that_cannot_be_read_end_the_start() {
    let folder = tempdir().unwrap();
    std::fs::write(folder.path().join("panel.json"), "{").unwrap();
    let error = Start::at("2027-12-03T12:00:00Z", folder.path()).fails();
    assert!(error.contains("panel.json"), "{error}");
    assert_eq!(
        std::fs::read_to_string(folder.path().join("panel.json")).unwrap(),
        "{"
    );
}
