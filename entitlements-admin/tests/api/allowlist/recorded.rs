//! M21: what changes leave behind.

use http::Method;
use serde_json::{Value, json};

use super::{AWAY, DESK, OFFICE, PATH, behind_a_proxy, client};
use crate::client::{Client, OWNER};

impl Client {
    /// The records about lists, the oldest first.
    pub(crate) async fn allowlist_records(&self) -> Vec<Value> {
        let page = self
            .get("/audit?limit=1000&account=local")
            .await
            .assert_json();
        let mut records = page["records"].as_array().unwrap().clone();
        records.reverse();
        records
    }
}

fn details(record: &Value) -> Vec<(&str, &str)> {
    let details = record["details"].as_array().unwrap().iter();
    details
        .map(|one| {
            (
                one["name"].as_str().unwrap(),
                one["value"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn m21_each_change_leaves_one_record_and_what_changes_nothing_none() {
    let client = client();
    let office = client.added(OFFICE).await;
    let home = client.added(AWAY).await;
    let entry = |id: &str, query: &str| format!("{PATH}/{id}{query}");
    let none = Value::Null;
    for (method, path, body, status) in [
        (Method::GET, PATH.to_owned(), none.clone(), 200),
        (Method::PATCH, entry(&office, ""), json!({}), 200),
        (
            Method::PATCH,
            entry(&office, "?force=true"),
            json!({ "is_active": true, "description": null }),
            200,
        ),
        (
            Method::POST,
            PATH.to_owned(),
            json!({ "ip_range": OFFICE }),
            422,
        ),
        (
            Method::POST,
            PATH.to_owned(),
            json!({ "ip_range": "x" }),
            422,
        ),
        (
            Method::PATCH,
            entry("x", ""),
            json!({ "is_active": false }),
            404,
        ),
        (Method::DELETE, entry("x", ""), none.clone(), 404),
        (Method::DELETE, entry(&office, ""), none.clone(), 422),
    ] {
        let answer = client.owner_at(DESK, method, &path, &body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    assert_eq!(client.allowlist_records().await.len(), 2);
    for (method, path, body) in [
        (
            Method::PATCH,
            entry(&home, ""),
            json!({ "ip_range": "198.51.100.0/24", "description": "home", "is_active": false }),
        ),
        (
            Method::PATCH,
            entry(&home, ""),
            json!({ "description": "at home" }),
        ),
        (
            Method::PATCH,
            entry(&home, "?force=true"),
            json!({ "is_active": true }),
        ),
        (Method::DELETE, entry(&office, "?force=true"), none.clone()),
        (Method::DELETE, entry(&home, ""), none),
    ] {
        let answer = client.owner_at(DESK, method, &path, &body).await;
        assert!(answer.status.is_success(), "{}", answer.text);
    }
    let records = client.allowlist_records().await;
    let home_now = [("entry", &*home), ("ip_range", "198.51.100.0/24")];
    let office_now = [("entry", &*office), ("ip_range", OFFICE)];
    let expected = [
        (
            "allowlist.added",
            office_now,
            &[("is_active", "true"), ("forced", "false")][..],
        ),
        (
            "allowlist.added",
            [("entry", &*home), ("ip_range", "198.51.100.9/32")],
            &[("is_active", "true"), ("forced", "false")],
        ),
        (
            "allowlist.changed",
            home_now,
            &[
                ("is_active", "false"),
                ("changed", "ip_range, description, is_active"),
                ("ip_range_before", "198.51.100.9/32"),
                ("forced", "false"),
            ],
        ),
        (
            "allowlist.changed",
            home_now,
            &[
                ("is_active", "false"),
                ("changed", "description"),
                ("forced", "false"),
            ],
        ),
        // Nothing had to be forced.
        (
            "allowlist.changed",
            home_now,
            &[
                ("is_active", "true"),
                ("changed", "is_active"),
                ("forced", "false"),
            ],
        ),
        (
            "allowlist.removed",
            office_now,
            &[("is_active", "true"), ("forced", "true")],
        ),
        (
            "allowlist.removed",
            home_now,
            &[("is_active", "true"), ("forced", "false")],
        ),
    ];
    assert_eq!(records.len(), expected.len());
    for (record, (action, entry, more)) in records.iter().zip(expected) {
        assert_eq!(record["action"], action, "{record}");
        assert_eq!(details(record), [&entry, more].concat(), "{record}");
        for (member, value) in [
            ("actor", json!("owner")),
            ("account", json!("local")),
            ("license", Value::Null),
            ("outcome", json!("accepted")),
            ("client_address", json!(DESK)),
            ("at", json!("2026-01-01T12:00:00Z")),
        ] {
            assert_eq!(record[member], value, "{member} of {record}");
        }
    }
    // The owner sees them, by what was done too.
    let headers = [("authorization", OWNER)];
    let path = "/audit?action=allowlist.removed";
    let page = client
        .send(Method::GET, path, &headers, "")
        .await
        .assert_json();
    assert_eq!(page["records"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn m21_records_have_the_address_that_lists_go_by() {
    let client = behind_a_proxy();
    for (peer, lines, range) in [
        ("10.0.0.1", &["203.0.113.9, 192.0.2.7"][..], "192.0.2.0/28"),
        ("::ffff:10.0.0.1", &["::ffff:192.0.2.8"], "192.0.2.0/27"),
        (DESK, &["203.0.113.9"], "192.0.2.0/26"),
        ("10.0.0.1", &[], "192.0.2.0/25"),
        ("", &["192.0.2.7"], "192.0.2.0/24"),
    ] {
        let mut headers: Vec<_> = lines
            .iter()
            .map(|line| ("x-forwarded-for", *line))
            .collect();
        headers.push(("x-real-ip", "203.0.113.1"));
        let body = json!({ "ip_range": range });
        let answer = client
            .owner_with(peer, &headers, Method::POST, PATH, &body)
            .await;
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
    let records = client.allowlist_records().await;
    let addresses = records
        .iter()
        .map(|record| record["client_address"].clone());
    let expected = json!([DESK, "192.0.2.8", DESK, null, null]);
    assert_eq!(addresses.collect::<Value>(), expected);
}
