//! The story of a year: no license, a license, its nodes, a restart, its grace, its end.

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::server::{SOME_DAY, Server, Start};
use crate::vendor::key;

fn join(server: &Server, node: &str) -> u16 {
    server
        .send(&format!("PUT /nodes/{node}"), &Value::Null)
        .status
}

fn analytics(server: &Server) -> u16 {
    server.send("GET /analytics", &Value::Null).status
}

#[test]
fn a_license_holds_for_its_year_and_a_week_and_its_end_takes_no_data() {
    let folder = tempdir().unwrap();
    let at = |now: &str| Start::at(now, folder.path()).serve();
    let server = at(SOME_DAY);
    let log = server.log.text();
    assert!(log.contains("`--now`") && log.contains(SOME_DAY), "{log}");
    assert!(log.contains("status=unlicensed features=none"), "{log}");
    assert_eq!(analytics(&server), 402);

    server.activate(&key(5));
    assert_eq!(analytics(&server), 200);
    server.ok("POST /namespaces", &json!({ "name": "blue" }));
    let added = server.send_in(
        "blue",
        "POST /queues/mail/jobs",
        &json!({ "payload": "kept" }),
    );
    let id = added.json()["id"].as_str().unwrap().to_owned();
    drop(server);

    let server = at("2027-12-31T23:00:00Z");
    let log = server.log.text();
    assert!(
        log.contains("status=active features=alerting, analytics"),
        "{log}"
    );
    assert!(
        log.contains("until=2028-01-01T00:00:00Z (grace until 2028-01-08T00:00:00Z)"),
        "{log}"
    );
    assert_eq!(analytics(&server), 200);
    drop(server);

    let server = at("2028-01-03T00:00:00Z");
    let log = server.log.text();
    assert!(log.contains("WARN") && log.contains("2028-01-08"), "{log}");
    assert_eq!(server.get("/api/v1/license/status")["status"], "grace");
    assert_eq!(analytics(&server), 200);
    drop(server);

    let server = at("2028-01-08T00:00:00Z");
    let status = server.get("/api/v1/license/status");
    assert_eq!(
        (&status["status"], &status["plan_in_force"]),
        (&json!("expired"), &json!("open_source"))
    );
    let denied = server.send("GET /analytics", &Value::Null);
    assert_eq!(
        (denied.status, denied.json()["code"].clone()),
        (402, json!("LICENSE_EXPIRED"))
    );
    // What a team put into its namespace can be read there; nothing new comes to it, and nothing of it elsewhere.
    let show = format!("GET /jobs/{id}");
    assert_eq!(
        server.send_in("blue", &show, &Value::Null).json()["payload"],
        "kept"
    );
    assert_eq!(server.send(&show, &Value::Null).status, 404);
    let denied = server.send_in("blue", "POST /queues/mail/jobs", &json!({ "payload": 1 }));
    assert_eq!(
        (denied.status, denied.json()["feature"].clone()),
        (402, json!("tenancy"))
    );
    server.enqueue("mail", &json!({ "payload": 1 }));
    assert!(server.fetch("mail").is_some());
}

#[test]
fn there_are_three_nodes_without_a_license_and_as_many_as_it_says_with_one() {
    let folder = tempdir().unwrap();
    let server = Start::at(SOME_DAY, folder.path()).serve();
    // The server is one.
    assert_eq!(server.get("/nodes"), json!({ "nodes": 1, "allowed": 3 }));
    assert_eq!(
        [join(&server, "b"), join(&server, "c"), join(&server, "c")],
        [204; 3]
    );
    let denied = server.send("PUT /nodes/d", &Value::Null);
    assert_eq!(denied.status, 402);
    assert_eq!(
        (&denied.json()["code"], &denied.json()["allowed"]),
        (&json!("LIMIT_EXCEEDED"), &json!(3))
    );

    server.activate(&key(5));
    assert_eq!(
        [join(&server, "d"), join(&server, "e"), join(&server, "f")],
        [204, 204, 402]
    );
    assert_eq!(server.get("/nodes"), json!({ "nodes": 5, "allowed": 5 }));

    // The nodes that are there go on; none is added.
    server.ok("DELETE /api/v1/license", &Value::Null);
    assert_eq!([join(&server, "e"), join(&server, "f")], [204, 402]);
    for node in ["c", "d", "e"] {
        server.ok(&format!("DELETE /nodes/{node}"), &Value::Null);
    }
    assert_eq!([join(&server, "f"), join(&server, "g")], [204, 402]);
}

#[test]
fn a_heartbeat_is_off_unless_it_is_asked_for_and_shows_what_it_says() {
    let folder = tempdir().unwrap();
    {
        let server = Start::at(SOME_DAY, folder.path()).serve();
        assert_eq!(
            server.get("/heartbeat"),
            json!({ "is_on": false, "beat": null })
        );
    }
    let start = Start::at(SOME_DAY, folder.path()).arg("--heartbeat");
    let server = start.arg("http://127.0.0.1:9/beats").serve();
    let license = server.activate(&key(5));
    assert_eq!([join(&server, "b"), analytics(&server)], [204, 200]);
    let shown = server.get("/heartbeat");
    let beat = &shown["beat"];
    assert_eq!(
        (&beat["nodes"], &beat["features"]),
        (&json!(2), &json!(["analytics"]))
    );
    assert_eq!(beat["version"], env!("CARGO_PKG_VERSION"));
    // Neither the license's id nor anything else by which a stranger would know whose it is.
    assert!(!shown.to_string().contains(license["id"].as_str().unwrap()));
    assert_eq!(beat["licenses"].as_array().unwrap().len(), 1);
}

#[test]
fn a_license_comes_from_a_flag_a_variable_or_a_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, key(4)).unwrap();
    let start = || Start::at(SOME_DAY, folder.path());
    for start in [
        start().arg("--license-key").arg(key(4)),
        start().env("JOB_SERVER_LICENSE_KEY", key(4)),
        start().env("JOB_SERVER_LICENSE_KEY_FILE", &path),
    ] {
        let server = start.serve();
        assert_eq!(analytics(&server), 200);
        assert_eq!(server.get("/nodes")["allowed"], 4);
    }
    assert_eq!(analytics(&start().serve()), 402);
}
