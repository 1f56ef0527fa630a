//! Who is told what: `webhooks`, `alerting`, `analytics`.

use aws_lc_rs::hmac;
use serde_json::{Value, json};
use tempfile::tempdir;

use super::{ack, licensed};
use crate::receiver::Receiver;
use crate::server::Start;
use crate::vendor::key;

#[test]
fn guaranteed_webhooks_are_signed_tried_again_tracked_and_dead_in_the_end() {
    const SECRET: &str = "sixteen characters at least";
    let (_folder, server) = licensed();
    let receiver = Receiver::answering(vec![500]);
    let hook = server.ok(
        "POST /webhooks",
        &json!({ "url": receiver.url(), "events": ["job.enqueued"] }),
    );
    let path = format!("/webhooks/{}", hook["id"].as_str().unwrap());
    let guarantee = format!("PUT {path}/guarantee");
    server.ok(&guarantee, &json!({ "secret": SECRET }));
    server.enqueue("mail", &json!({ "payload": 1 }));
    let [first, second] = [receiver.next(), receiver.next()];
    for received in [&first, &second] {
        let [id, at] = ["x-delivery", "x-delivery-time"].map(|name| received.header(name).unwrap());
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        let tag = hmac::sign(&key, format!("{id}.{at}.{}", received.body).as_bytes());
        let hex: String = tag
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            received.header("x-signature").unwrap(),
            format!("sha256={hex}")
        );
    }
    assert_eq!(first.header("x-delivery"), second.header("x-delivery"));
    let deliveries = format!("{path}/deliveries");
    let tracked = server.until(&deliveries, |all| all[0]["state"] == "delivered");
    assert_eq!(tracked[0]["attempts"], 2);
    assert!(!server.get("/webhooks").to_string().contains(SECRET));

    let receiver = Receiver::answering(vec![500, 500, 500]);
    let hook = server.ok(
        "POST /webhooks",
        &json!({ "url": receiver.url(), "events": ["job.cancelled"] }),
    );
    let path = format!("/webhooks/{}", hook["id"].as_str().unwrap());
    server.ok(
        &format!("PUT {path}/guarantee"),
        &json!({ "secret": SECRET, "attempts": 1 }),
    );
    let job = server.enqueue("mail", &json!({ "payload": 1 }));
    server.ok(
        &format!("POST /jobs/{}/cancel", job["id"].as_str().unwrap()),
        &Value::Null,
    );
    let dead = server.until(&format!("{path}/deliveries"), |all| {
        all[0]["state"] == "dead"
    });
    assert_eq!(dead[0]["error"], "the receiver answered 500");
    receiver.next();
}

#[test]
fn alerts_fire_once_when_a_queue_goes_above() {
    let (_folder, server) = licensed();
    let receiver = Receiver::answering(vec![]);
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
