//! Where license keys may come from.

use std::fs;

use serde_json::json;
use tempfile::tempdir;

use super::PROGRAM;
use crate::vendor::Vendor;

const VARIABLE: &str = "ENTITLEMENTS_LICENSE_KEY";
const FILE_VARIABLE: &str = "ENTITLEMENTS_LICENSE_KEY_FILE";

#[test]
fn flag_variable_and_file_open_sso_and_are_managed() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    drop(PROGRAM.start(&data).serve());
    let vendor = Vendor::of_data(&data);
    let key = vendor.issue("business", &["--days", "30", "--id", "lic-1"]);
    let file = folder.path().join("license.key");
    fs::write(&file, format!("  {}\r\n{}\n", &key[..50], &key[50..])).unwrap();
    let starts = [
        ("flag", PROGRAM.start(&data).arg("--license-key").arg(&key)),
        ("variable", PROGRAM.start(&data).env(VARIABLE, &key)),
        ("file", PROGRAM.start(&data).env(FILE_VARIABLE, &file)),
    ];
    for (source, start) in starts {
        let server = start.serve();
        assert_eq!(server.get("/sso").status, 200, "{source}");
        assert!(
            server
                .stdout
                .text()
                .contains("plan in force: business (active)")
        );
        let licenses = server.admin("GET", "/api/v1/license", b"").json();
        assert_eq!(licenses["licenses"][0]["source"], source, "{licenses}");
        let kept = server.admin("DELETE", "/api/v1/license/lic-1", b"");
        assert_eq!(
            (kept.status, &kept.json()["code"]),
            (409, &"LICENSE_MANAGED".into())
        );
        assert_eq!(server.admin("DELETE", "/api/v1/license", b"").status, 204);
        assert_eq!(server.get("/sso").status, 200, "{source}");
        let gone = server.admin("DELETE", "/api/v1/license/lic-2", b"");
        assert_eq!(
            (gone.status, &gone.json()["code"]),
            (404, &"NOT_FOUND".into())
        );
    }
}

#[test]
fn with_both_variables_the_key_counts_and_the_file_is_reported() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    drop(PROGRAM.start(&data).serve());
    let vendor = Vendor::of_data(&data);
    let file = folder.path().join("license.key");
    fs::write(&file, vendor.key("enterprise")).unwrap();
    let server = PROGRAM
        .start(&data)
        .env(VARIABLE, vendor.key("business"))
        .env(FILE_VARIABLE, &file)
        .serve();
    assert_eq!(
        [server.get("/sso").status, server.get("/audit").status],
        [200, 402]
    );
    let status = server.license_status();
    assert_eq!(
        status["warnings"][0]["code"], "license_source_ignored",
        "{status}"
    );
    assert!(
        server
            .stderr
            .wait(|log| log.contains("the file is ignored"))
    );
    // Set and empty is not set.
    let server = PROGRAM
        .start(&data)
        .env(VARIABLE, " ")
        .env(FILE_VARIABLE, &file)
        .serve();
    assert_eq!(server.get("/audit").status, 200);
}

#[test]
fn the_log_says_which_features_until_when_and_from_where() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let server = PROGRAM.start(&data).serve();
    let log = server.stderr.after_lines(1);
    for part in [
        "features=none",
        "until=no end",
        "plan=\"community\"",
        "the catalog's base plan",
    ] {
        assert!(log.contains(part), "{part} is missing: {log}");
    }
    let key = Vendor::of_data(&data).issue(
        "business",
        &[
            "--expires",
            "2199-05-06",
            "--grace-days",
            "3",
            "--id",
            "lic-7",
        ],
    );
    let server = PROGRAM.start(&data).env(VARIABLE, key).serve();
    let log = server.stderr.after_lines(1);
    let line = log.lines().next().unwrap();
    for part in [
        "plan=\"business\"",
        "status=active",
        "features=ip_allowlist, sso",
        "until=2199-05-06T23:59:59Z (grace until 2199-05-09T23:59:59Z)",
        "source=license `lic-7` from the variable `ENTITLEMENTS_LICENSE_KEY`",
    ] {
        assert!(line.contains(part), "{part} is missing: {line}");
    }
}

#[test]
fn parallel_activations_and_deletions_end_in_one_state() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let vendor = Vendor::of_data(folder.path());
    let ids: Vec<_> = (0..4).map(|number| format!("lic-{number}")).collect();
    let keys: Vec<_> = ids
        .iter()
        .map(|id| vendor.issue("business", &["--days", "30", "--id", id]))
        .collect();
    std::thread::scope(|scope| {
        for number in 0..64 {
            let (server, key, id) = (&server, &keys[number % 4], &ids[number % 4]);
            scope.spawn(move || match number % 3 {
                0 => assert_eq!(
                    server
                        .admin("DELETE", &format!("/api/v1/license/{id}"), b"")
                        .status
                        / 100
                        % 2,
                    0
                ),
                1 => assert_eq!(server.admin("DELETE", "/api/v1/license", b"").status, 204),
                _ => assert_eq!(server.activate(key).status, 200),
            });
        }
    });
    let list = server.admin("GET", "/api/v1/license", b"").json();
    let held: Vec<_> = list["licenses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["id"].clone())
        .collect();
    let mut unique = held.clone();
    unique.dedup();
    assert_eq!(held, unique);
    assert_eq!(server.get("/sso").status == 200, !held.is_empty());
    std::thread::scope(|scope| {
        for number in 0..64 {
            let (server, key) = (&server, &keys[number % 4]);
            scope.spawn(move || assert_eq!(server.activate(key).status, 200));
        }
    });
    let list = server.admin("GET", "/api/v1/license", b"").json();
    assert_eq!(list["licenses"].as_array().unwrap().len(), 4, "{list}");
    assert_eq!(server.admin("DELETE", "/api/v1/license", b"").status, 204);
    let list = server.admin("GET", "/api/v1/license", b"").json();
    assert_eq!(list, json!({ "status": "unlicensed", "licenses": [] }));
}
