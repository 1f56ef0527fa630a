//! The table: each feature of the catalog opens exactly one route, and no free route asks for any.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::program::CATALOG;
use crate::server::{SOME_DAY, Server, Start};
use crate::vendor::key;

/// What everybody gets, and nothing less.
const FREE: [&str; 30] = [
    "POST /queues/{queue}/jobs",
    "POST /queues/{queue}/fetch",
    "GET /jobs/{id}",
    "POST /jobs/{id}/ack",
    "POST /jobs/{id}/fail",
    "POST /jobs/{id}/retry",
    "POST /jobs/{id}/cancel",
    "POST /jobs/{id}/move",
    "DELETE /jobs/{id}",
    "GET /queues",
    "POST /queues/{queue}/pause",
    "POST /queues/{queue}/resume",
    "POST /queues/{queue}/drain",
    "POST /queues/{queue}/clear",
    "PUT /queues/{queue}/concurrency",
    "PUT /queues/{queue}/throttle",
    "GET /schedules",
    "POST /schedules",
    "DELETE /schedules/{id}",
    "GET /webhooks",
    "POST /webhooks",
    "DELETE /webhooks/{id}",
    "GET /api-keys",
    "POST /api-keys",
    "DELETE /api-keys/{id}",
    "GET /nodes",
    "PUT /nodes/{node}",
    "DELETE /nodes/{node}",
    "GET /metrics",
    "GET /heartbeat",
];

/// The routes by the feature that they say they need.
fn rows(server: &Server) -> BTreeMap<Option<String>, Vec<String>> {
    let mut rows: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in server.get("/").as_array().unwrap() {
        let feature = row["feature"].as_str().map(str::to_owned);
        let route = row["route"].as_str().unwrap().to_owned();
        rows.entry(feature).or_default().push(route);
    }
    rows
}

/// The status of a request to a route, and the feature that it was denied for.
fn asked(server: &Server, route: &str) -> (u16, Value) {
    let route = route
        .replace("{id}", "nothing")
        .replace("{queue}", "mail")
        .replace("{node}", "node-2");
    let answer = server.send(&route, &Value::Null);
    let feature = match answer.status {
        402 => answer.json()["feature"].clone(),
        _ => Value::Null,
    };
    (answer.status, feature)
}

#[test]
fn each_feature_has_one_gated_route_and_no_free_route_has_one() {
    let folder = tempdir().unwrap();
    let server = Start::at(SOME_DAY, folder.path()).serve();
    let mut rows = rows(&server);
    let free = rows.remove(&None).unwrap();
    for route in FREE {
        assert!(free.contains(&route.to_owned()), "{route} is not free");
    }
    let features: Vec<_> = CATALOG
        .features()
        .map(|(_, feature)| feature.name().to_owned())
        .collect();
    assert_eq!(features.len(), 11);
    assert_eq!(rows.len(), features.len(), "{rows:?}");
    for feature in features {
        let routes = rows.get(&Some(feature.clone())).unwrap();
        let [route] = routes.as_slice() else {
            panic!("{feature}: {routes:?}");
        };
        let answer = asked(&server, route);
        assert_eq!(answer, (402, json!(feature)), "{route}");
    }
    for route in &free {
        let (status, feature) = asked(&server, route);
        assert!(status < 500 && status != 402, "{route}: {status} {feature}");
    }
}

#[test]
fn a_key_that_is_activated_while_it_runs_opens_every_route_until_it_is_taken_out() {
    let folder = tempdir().unwrap();
    let server = Start::at(SOME_DAY, folder.path()).serve();
    let rows = rows(&server);
    let paid = || rows.iter().filter(|(feature, _)| feature.is_some());
    let statuses = |server: &Server| -> Vec<u16> {
        let routes = paid().flat_map(|(_, routes)| routes);
        routes.map(|route| asked(server, route).0).collect()
    };
    assert_eq!(statuses(&server), [402; 11]);
    server.activate(&key(5));
    assert!(!statuses(&server).contains(&402));
    assert!(statuses(&server).iter().all(|status| *status < 500));
    server.ok("DELETE /api/v1/license", &Value::Null);
    assert_eq!(statuses(&server), [402; 11]);
}

#[test]
fn a_stranger_learns_nothing_about_the_license() {
    let folder = tempdir().unwrap();
    let server = Start::at(SOME_DAY, folder.path()).serve();
    for route in rows(&server).into_values().flatten() {
        let answer = server.send_as("not-a-token", &route, &Value::Null);
        assert_eq!(answer.status, 401, "{route}: {}", answer.text());
    }
}
