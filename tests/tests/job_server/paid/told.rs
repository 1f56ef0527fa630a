//! Who is told what: `webhooks`, `alerting`, `analytics`.

use std::time::Duration;

use entitlements_outbound::webhook::verify;
use serde_json::{Value, json};
use tempfile::tempdir;

use super::{ack, licensed};
use crate::receiver::Receiver;
use crate::server::{SOME_DAY, Server, Start};
use crate::vendor::key;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn guaranteed_webhooks_are_signed_tried_again_and_tracked_over_a_restart() {
    let (folder, server) = licensed();
    let receiver = Receiver::answering(500);
    let path = guaranteed(&server, &receiver, 8);
    server.enqueue("mail", &json!({ "payload": 1 }));
    let first = receiver.next();
    let tracked = server.until(&path, |all| all[0]["state"] == "pending");
    assert_eq!(tracked[0]["status"], 500);
    server.ok("DELETE /api/v1/license", &Value::Null);
    drop(server);

    // What was promised is delivered, by the next start and without the license.
    receiver.answer(204);
    let server = Start::at("2027-03-01T11:00:00Z", folder.path()).serve();
    let tracked = server.until(&path, |all| all[0]["state"] == "delivered");
    assert!(tracked[0]["attempts"].as_u64() > Some(1));
    for received in [&first, &receiver.next()] {
        let checked = verify(
            |name| received.header(name),
            received.body.as_bytes(),
            &[SECRET.parse().unwrap()],
            SOME_DAY.parse().unwrap(),
            Duration::from_secs(7200),
        );
        assert_eq!(checked.unwrap().id, first.header("webhook-id").unwrap());
        assert_eq!(received.json()["type"], "job.enqueued");
    }
    assert!(!server.get("/webhooks").to_string().contains(SECRET));
}

#[test]
fn what_no_receiver_takes_is_a_dead_letter() {
    let (_folder, server) = licensed();
    let receiver = Receiver::answering(500);
    let path = guaranteed(&server, &receiver, 1);
    server.enqueue("mail", &json!({ "payload": 1 }));
    let dead = server.until(&path, |all| all[0]["state"] == "dead");
    assert_eq!(
        (&dead[0]["status"], &dead[0]["attempts"]),
        (&json!(500), &json!(1))
    );
}

/// Where the deliveries of a new webhook are shown, which is told of new jobs.
fn guaranteed(server: &Server, receiver: &Receiver, attempts: u32) -> String {
    let hook = json!({ "url": receiver.url(), "events": ["job.enqueued"] });
    let hook = server.ok("POST /webhooks", &hook);
    let path = format!("/webhooks/{}", hook["id"].as_str().unwrap());
    let route = format!("PUT {path}/guarantee");
    let short = json!({ "secret": "whsec_c2hvcnQ=" });
    assert_eq!(server.send(&route, &short).status, 422);
    let guarantee = json!({ "secret": SECRET, "attempts": attempts });
    server.ok(&route, &guarantee);
    assert_eq!(server.send(&route, &guarantee).status, 409);
    format!("{path}/deliveries")
}

#[test]
fn alerts_fire_once_when_a_queue_goes_above() {
    let (_folder, server) = licensed();
    let receiver = Receiver::answering(204);
    server.ok(
        "POST /alerts",
        &json!({ "queue": "mail", "state": "ready", "above": 1, "url": receiver.url() }),
    );
    server.enqueue("mail", &json!({ "payload": 1 }));
    server.enqueue("mail", &json!({ "payload": 2 }));
    let alert = receiver.next().json();
    assert_eq!(
        (&alert["queue"], &alert["jobs"], &alert["above"]),
        (&json!("mail"), &json!(2), &json!(1))
    );
    server.until("/alerts", |alerts| alerts[0]["firing"] == true);
    ack(&server, "mail");
    server.until("/alerts", |alerts| alerts[0]["firing"] == false);
}

#[test]
fn analytics_show_the_throughput_of_each_hour_and_its_trend() {
    let folder = tempdir().unwrap();
    for (hour, jobs) in [(10, 1), (11, 3), (12, 5)] {
        let server = Start::at(&format!("2027-03-01T{hour}:30:00Z"), folder.path()).serve();
        if hour == 10 {
            server.activate(&key(5));
        }
        for _ in 0..jobs {
            server.enqueue("mail", &json!({ "payload": 1 }));
            ack(&server, "mail");
        }
        if hour == 12 {
            let trend = server.get("/analytics?hours=3");
            let done: Vec<_> = trend["hours"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hour| hour["done"].as_u64().unwrap())
                .collect();
            assert_eq!(done, [1, 3, 5]);
            assert_eq!(trend["done_more_per_hour"], 2.0);
            assert_eq!(trend["hours"][0]["hour"], "2027-03-01T10:00:00Z");
        }
    }
}
