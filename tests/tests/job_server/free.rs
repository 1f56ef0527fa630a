//! What is free works without a license, all of it.

use entitlements_tests::wire::Response;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::receiver::Receiver;
use crate::server::{SOME_DAY, Server, Start};

fn server() -> (TempDir, Server) {
    let folder = tempdir().unwrap();
    let server = Start::at(SOME_DAY, folder.path()).serve();
    (folder, server)
}

fn job(job: &Value, step: &str) -> String {
    format!("POST /jobs/{}/{step}", job["id"].as_str().unwrap())
}

#[track_caller]
fn conflicts(response: &Response) {
    assert_eq!(response.status, 409, "{}", response.text());
}

#[test]
fn a_job_is_fetched_once_and_acknowledged() {
    let (_folder, server) = server();
    let job_added = server.enqueue("mail", &json!({ "payload": { "to": "a@b.example" } }));
    assert_eq!(job_added["state"], "ready");
    let fetched = server.fetch("mail").unwrap();
    assert_eq!(
        (&fetched["id"], &fetched["worker"]),
        (&job_added["id"], &json!("w1"))
    );
    assert_eq!(fetched["payload"], json!({ "to": "a@b.example" }));
    assert_eq!(server.fetch("mail"), None);
    conflicts(&server.send(&job(&fetched, "ack"), &json!({ "attempt": 2 })));
    let done = server.ok(&job(&fetched, "ack"), &json!({ "attempt": 1 }));
    assert_eq!(done["state"], "done");
    // Seven days, to the second.
    assert!(
        done["finished_at"]
            .as_str()
            .unwrap()
            .starts_with("2027-03-01T10:0")
    );
    assert!(
        done["keep_until"]
            .as_str()
            .unwrap()
            .starts_with("2027-03-08T10:0")
    );
    conflicts(&server.send(&job(&fetched, "ack"), &json!({ "attempt": 1 })));
}

#[test]
fn a_job_whose_worker_is_silent_becomes_visible_again_and_dies_in_the_end() {
    let (_folder, server) = server();
    let silent = json!({ "visibility_seconds": 0 });
    let added = server.enqueue("mail", &json!({ "payload": 1, "max_attempts": 2 }));
    for attempt in [1, 2] {
        let fetched = server.ok("POST /queues/mail/fetch", &silent);
        assert_eq!(
            (&fetched["id"], &fetched["attempts"]),
            (&added["id"], &json!(attempt))
        );
    }
    let path = format!("/jobs/{}", added["id"].as_str().unwrap());
    let dead = server.until(&path, |job| job["state"] == "dead");
    assert_eq!(dead["error"], "timed out");
    conflicts(&server.send(&job(&added, "ack"), &json!({ "attempt": 2 })));
}

#[test]
fn a_job_fails_is_retried_cancelled_moved_and_deleted() {
    let (_folder, server) = server();
    server.enqueue("mail", &json!({ "payload": null, "max_attempts": 1 }));
    let fetched = server.fetch("mail").unwrap();
    let dead = server.ok(
        &job(&fetched, "fail"),
        &json!({ "attempt": 1, "error": "no such mailbox" }),
    );
    assert_eq!(
        (&dead["state"], &dead["error"]),
        (&json!("dead"), &json!("no such mailbox"))
    );
    let again = server.ok(&job(&dead, "retry"), &Value::Null);
    assert_eq!(
        (&again["state"], &again["attempts"]),
        (&json!("ready"), &json!(0))
    );
    let moved = server.ok(&job(&again, "move"), &json!({ "queue": "letters" }));
    assert_eq!(moved["queue"], "letters");
    assert_eq!(server.fetch("mail"), None);
    let cancelled = server.ok(&job(&again, "cancel"), &Value::Null);
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(server.fetch("letters"), None);
    let path = format!("/jobs/{}", again["id"].as_str().unwrap());
    server.ok(&format!("DELETE {path}"), &Value::Null);
    assert_eq!(
        server.send(&format!("GET {path}"), &Value::Null).status,
        404
    );
}

#[test]
fn a_job_that_fails_waits_longer_each_time() {
    let (_folder, server) = server();
    server.enqueue("mail", &json!({ "payload": 1 }));
    let fetched = server.fetch("mail").unwrap();
    let failed = server.ok(&job(&fetched, "fail"), &json!({ "attempt": 1 }));
    assert_eq!(failed["state"], "ready");
    assert!(failed["ready_at"].as_str() > fetched["created_at"].as_str());
    server.enqueue("later", &json!({ "payload": 1, "delay_seconds": 3600 }));
    assert_eq!(server.fetch("later"), None);
}

#[test]
fn queues_are_paused_drained_resumed_and_cleared() {
    let (_folder, server) = server();
    let add = || server.send("POST /queues/mail/jobs", &json!({ "payload": 1 }));
    assert_eq!(add().status, 201);
    server.ok("POST /queues/mail/pause", &Value::Null);
    assert_eq!(add().status, 201);
    assert_eq!(server.fetch("mail"), None);
    server.ok("POST /queues/mail/drain", &Value::Null);
    conflicts(&add());
    assert!(server.fetch("mail").is_some());
    server.ok("POST /queues/mail/resume", &Value::Null);
    assert_eq!(add().status, 201);
    let cleared = server.ok("POST /queues/mail/clear", &Value::Null);
    assert_eq!(cleared, json!({ "cleared": 2 }));
    let queues = server.get("/queues");
    assert_eq!(queues[0]["name"], "mail");
    assert_eq!(
        queues[0]["jobs"],
        json!({ "ready": 0, "active": 1, "done": 0, "dead": 0, "cancelled": 0 })
    );
}

#[test]
fn a_queue_lets_out_no_more_than_its_concurrency_and_throttle() {
    let (_folder, server) = server();
    for _ in 0..4 {
        server.enqueue("mail", &json!({ "payload": 1 }));
    }
    server.ok("PUT /queues/mail/concurrency", &json!({ "most": 1 }));
    let first = server.fetch("mail").unwrap();
    assert_eq!(server.fetch("mail"), None);
    server.ok(&job(&first, "ack"), &json!({ "attempt": 1 }));
    assert!(server.fetch("mail").is_some());
    server.ok("PUT /queues/mail/concurrency", &json!({ "most": null }));
    server.ok("PUT /queues/mail/throttle", &json!({ "most": 3 }));
    assert!(server.fetch("mail").is_some());
    assert_eq!(server.fetch("mail"), None);
    server.ok("PUT /queues/mail/throttle", &json!({ "most": null }));
    assert!(server.fetch("mail").is_some());
}

#[test]
fn a_job_is_never_given_to_two_workers() {
    let (_folder, server) = server();
    for _ in 0..40 {
        server.enqueue("mail", &json!({ "payload": 1 }));
    }
    let mut ids: Vec<String> = std::thread::scope(|scope| {
        let fetch_all = || {
            let jobs = std::iter::from_fn(|| server.fetch("mail"));
            jobs.map(|job| job["id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(fetch_all)).collect();
        let fetched = workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap());
        fetched.collect()
    });
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
}

#[test]
fn schedules_enqueue_when_they_are_due() {
    let folder = tempdir().unwrap();
    let schedule =
        json!({ "queue": "reports", "cron": "0 9 * * 1", "payload": { "report": "weekly" } });
    {
        let server = Start::at("2027-03-01T10:00:00Z", folder.path()).serve();
        let made = server.ok("POST /schedules", &schedule);
        assert_eq!(made["next_at"], "2027-03-08T09:00:00Z");
        assert_eq!(server.fetch("reports"), None);
        let wrong = json!({ "queue": "reports", "cron": "often", "payload": 1 });
        assert_eq!(server.send("POST /schedules", &wrong).status, 422);
    }
    // The server was away when it was due, and for longer: it is made up for once.
    let server = Start::at("2027-03-17T00:00:00Z", folder.path()).serve();
    let job = server.fetch("reports").unwrap();
    assert_eq!(job["payload"], json!({ "report": "weekly" }));
    assert_eq!(server.fetch("reports"), None);
    let schedules = server.get("/schedules");
    let id = schedules[0]["id"].as_str().unwrap();
    server.ok(&format!("DELETE /schedules/{id}"), &Value::Null);
    assert_eq!(server.get("/schedules"), json!([]));
}

#[test]
fn basic_webhooks_are_told_what_they_asked_for() {
    let (_folder, server) = server();
    let receiver = Receiver::answering(204);
    server.ok(
        "POST /webhooks",
        &json!({ "url": receiver.url(), "events": ["job.done"] }),
    );
    let added = server.enqueue("mail", &json!({ "payload": "secret" }));
    let fetched = server.fetch("mail").unwrap();
    server.ok(&job(&fetched, "ack"), &json!({ "attempt": 1 }));
    let received = receiver.next();
    assert_eq!(received.json()["type"], "job.done");
    assert_eq!(received.json()["data"]["id"], added["id"]);
    assert!(!received.body.contains("secret"));
    assert_eq!(received.header("webhook-signature"), None);
    let wrong = server.send("POST /webhooks", &json!({ "url": "file:///etc/passwd" }));
    assert_eq!(wrong.status, 422);
}

#[test]
fn api_keys_have_a_role_for_the_queues_of_their_globs() {
    let (_folder, server) = server();
    let key = |role: &str, queues: &[&str]| {
        let made = server.ok(
            "POST /api-keys",
            &json!({ "name": role, "role": role, "queues": queues }),
        );
        made["key"].as_str().unwrap().to_owned()
    };
    let (reader, worker, admin) = (
        key("reader", &["*"]),
        key("worker", &["mail-*"]),
        key("admin", &["mail-eu"]),
    );
    let payload = json!({ "payload": 1 });
    let status = |key: &str, route: &str| server.send_as(key, route, &payload).status;
    assert_eq!(status(&worker, "POST /queues/mail-eu/jobs"), 201);
    assert_eq!(status(&worker, "POST /queues/reports/jobs"), 403);
    assert_eq!(status(&reader, "POST /queues/mail-eu/jobs"), 403);
    assert_eq!(status(&reader, "GET /queues"), 200);
    assert_eq!(status(&worker, "POST /queues/mail-eu/pause"), 403);
    assert_eq!(status(&admin, "POST /queues/mail-eu/pause"), 204);
    assert_eq!(status(&admin, "POST /queues/mail-us/pause"), 403);
    assert_eq!(status(&admin, "GET /api-keys"), 403);
    let keys = server.get("/api-keys");
    assert_eq!(keys.as_array().unwrap().len(), 3);
    assert!(!keys.to_string().contains(&worker));
    for entry in keys.as_array().unwrap() {
        let id = entry["id"].as_str().unwrap();
        server.ok(&format!("DELETE /api-keys/{id}"), &Value::Null);
    }
    assert_eq!(status(&worker, "POST /queues/mail-eu/jobs"), 401);
}

#[test]
fn metrics_tell_how_many_jobs_are_where() {
    let (_folder, server) = server();
    server.enqueue("mail", &json!({ "payload": 1 }));
    let metrics = server.send("GET /metrics", &Value::Null).text();
    let line = r#"job_server_jobs{namespace="default",queue="mail",state="ready"} 1"#;
    assert!(metrics.contains(line), "{metrics}");
    server.fetch("mail");
    let metrics = server.send("GET /metrics", &Value::Null).text();
    assert!(metrics.contains(&line.replace("} 1", "} 0")), "{metrics}");
}

#[test]
fn what_ended_more_than_seven_days_ago_is_purged() {
    let folder = tempdir().unwrap();
    let (done, waiting) = {
        let server = Start::at("2027-03-01T10:00:00Z", folder.path()).serve();
        let done = server.enqueue("mail", &json!({ "payload": 1 }));
        server.fetch("mail").unwrap();
        server.ok(&job(&done, "ack"), &json!({ "attempt": 1 }));
        (done, server.enqueue("mail", &json!({ "payload": 2 })))
    };
    for (now, status) in [("2027-03-08T09:59:00Z", 200), ("2027-03-08T10:05:00Z", 404)] {
        let server = Start::at(now, folder.path()).serve();
        let show = |job: &Value| format!("GET /jobs/{}", job["id"].as_str().unwrap());
        assert_eq!(
            server.send(&show(&done), &Value::Null).status,
            status,
            "{now}"
        );
        assert_eq!(server.send(&show(&waiting), &Value::Null).status, 200);
    }
}
