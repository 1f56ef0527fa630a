//! What is kept, how, and for how long: `encryption`, `extended_retention`, `custom_retention`, `replication`.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tempfile::tempdir;

use super::{ack, licensed};
use crate::server::{SOME_DAY, Start};
use crate::vendor::key;

#[test]
fn payloads_and_secrets_are_not_in_the_files_once_they_are_encrypted() {
    const SECRETS: [&str; 3] = [
        "before-encryption",
        "after-encryption",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ];
    let folder = tempdir().unwrap();
    let at_rest = || {
        let files = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let bytes: Vec<u8> = files
            .filter(|path| path.is_file())
            .flat_map(|path| std::fs::read(path).unwrap())
            .collect();
        SECRETS.map(|secret| {
            bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        })
    };
    let start = |secret: &str| {
        Start::at(SOME_DAY, folder.path()).env("JOB_SERVER_ENCRYPTION_KEY", secret.repeat(32))
    };
    let before = {
        let server = start("0f").serve();
        let job = server.enqueue("mail", &json!({ "payload": SECRETS[0] }));
        server.activate(&key(5));
        let hook = server.ok(
            "POST /webhooks",
            &json!({ "url": "http://127.0.0.1:9/x", "events": ["none"] }),
        );
        let route = format!("PUT /webhooks/{}/guarantee", hook["id"].as_str().unwrap());
        server.ok(&route, &json!({ "secret": SECRETS[2] }));
        assert_eq!(at_rest(), [true, false, true]);
        server.ok("PUT /encryption", &Value::Null);
        job
    };
    let after = {
        // After a restart, and without the license, it is on as it was.
        let server = start("0f").serve();
        server.ok("DELETE /api/v1/license", &Value::Null);
        assert_eq!(server.get("/encryption"), json!({ "encryption": true }));
        server.enqueue("mail", &json!({ "payload": SECRETS[1] }))
    };
    assert_eq!(at_rest(), [false; 3]);
    let said = Start::at(SOME_DAY, folder.path()).fails();
    assert!(said.contains("JOB_SERVER_ENCRYPTION_KEY"), "{said}");
    let server = start("0f").serve();
    for (job, secret) in [(&before, SECRETS[0]), (&after, SECRETS[1])] {
        let job = server.get(&format!("/jobs/{}", job["id"].as_str().unwrap()));
        assert_eq!(job["payload"], secret);
    }
}

#[test]
fn without_a_key_encryption_is_refused_and_says_why() {
    let (_folder, server) = licensed();
    let answer = server.send("PUT /encryption", &Value::Null);
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains("JOB_SERVER_ENCRYPTION_KEY"));
    assert_eq!(server.get("/encryption"), json!({ "encryption": false }));
}

#[test]
fn jobs_are_kept_for_ninety_days_and_found_by_a_text_and_a_license_that_ends_shortens_nothing() {
    let folder = tempdir().unwrap();
    {
        let server = Start::at("2027-12-01T10:00:00Z", folder.path()).serve();
        server.activate(&key(5));
        server.enqueue("mail", &json!({ "payload": { "to": "Ada@b.example" } }));
        server.enqueue("mail", &json!({ "payload": { "to": "bob@b.example" } }));
        ack(&server, "mail");
        ack(&server, "mail");
        let found = server.get("/search?text=ada@");
        assert_eq!(found.as_array().unwrap().len(), 1);
        assert_eq!(found[0]["payload"]["to"], "Ada@b.example");
    }
    // The license ends with the year, and its grace a week later.
    for (now, left) in [("2028-02-29T09:59:00Z", 2), ("2028-02-29T10:05:00Z", 0)] {
        let server = Start::at(now, folder.path()).serve();
        assert_eq!(
            server.send("GET /search?text=ada", &Value::Null).status,
            402
        );
        assert_eq!(server.get("/queues")[0]["jobs"]["done"], left, "{now}");
    }
}

#[test]
fn custom_rules_keep_jobs_by_queue_and_state() {
    let (_folder, server) = licensed();
    for rule in [
        json!({ "queue": "mail-*", "state": "done", "days": 1 }),
        json!({ "queue": "*", "state": "dead", "days": 365 }),
    ] {
        server.ok("POST /retention", &rule);
    }
    let kept_until = |queue: &str| {
        server.enqueue(queue, &json!({ "payload": 1 }));
        ack(&server, queue)["keep_until"].as_str().unwrap()[..10].to_owned()
    };
    assert_eq!(kept_until("mail-eu"), "2027-03-02");
    assert_eq!(kept_until("reports"), "2027-05-30");
    let rules = server.get("/retention");
    assert_eq!(rules[0]["days"], 1);
    server.ok(
        &format!("DELETE /retention/{}", rules[0]["id"].as_str().unwrap()),
        &Value::Null,
    );
    assert_eq!(kept_until("mail-eu"), "2027-05-30");
}

#[test]
fn a_replica_that_reads_the_changes_has_what_the_server_has() {
    let (_folder, server) = licensed();
    let mut replica = BTreeMap::new();
    let mut after = 0;
    let mut read_on = |replica: &mut BTreeMap<String, Value>| {
        for change in server
            .get(&format!("/changes?after={after}"))
            .as_array()
            .unwrap()
        {
            let id = change["id"].as_str().unwrap().to_owned();
            match &change["job"] {
                Value::Null => replica.remove(&id),
                job => replica.insert(id, job.clone()),
            };
            after = change["seq"].as_u64().unwrap();
        }
    };
    for payload in 0..3 {
        server.enqueue("mail", &json!({ "payload": payload }));
    }
    read_on(&mut replica);
    assert_eq!(replica.len(), 3);
    let done = ack(&server, "mail");
    let last = replica.keys().next_back().unwrap().clone();
    server.ok(&format!("DELETE /jobs/{last}"), &Value::Null);
    read_on(&mut replica);
    assert_eq!(replica.len(), 2);
    for (id, job) in &replica {
        assert_eq!(job, &server.get(&format!("/jobs/{id}")));
    }
    assert_eq!(replica[done["id"].as_str().unwrap()]["state"], "done");
}
