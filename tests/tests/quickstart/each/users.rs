//! `/users`: what is wrong with bodies, and how many there may be.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;
use crate::vendor::Vendor;

fn create(server: &Server, body: &[u8]) -> (u16, Value) {
    let answer = server.send(
        "POST",
        "/users",
        &[("content-type", "application/json")],
        body,
    );
    let is_problem = answer.header("content-type") == Some("application/problem+json");
    assert_eq!(is_problem, answer.status != 201, "{}", answer.text());
    (answer.status, answer.json())
}

#[test]
fn users_come_and_go() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    assert_eq!(server.get("/users").json(), json!({ "users": [] }));
    let (status, ada) = create(&server, br#"{"name":"Ada \u00e9\u0000 Lovelace"}"#);
    assert_eq!(status, 201);
    let (_, bob) = create(&server, " {\n\"name\" : \"Bób\" } ".as_bytes());
    assert_eq!(bob["name"], "Bób");
    assert_eq!(server.get("/users").json(), json!({ "users": [ada, bob] }));
    let path = format!("/users/{}", ada["id"].as_str().unwrap());
    let removed = server.send("DELETE", &path, &[], b"");
    assert_eq!((removed.status, removed.body.len()), (204, 0));
    for path in [
        &path,
        "/users/1",
        "/users/%FF",
        "/users/%00",
        "/users/..%2F..",
        "/users/",
    ] {
        let answer = server.send("DELETE", path, &[], b"");
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert_eq!(answer.json()["code"], "NOT_FOUND");
    }
    assert_eq!(server.get("/users").json(), json!({ "users": [bob] }));
}

#[test]
fn garbage_is_told_and_changes_nothing() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let deep = [&b"["[..]; 40].concat();
    let malformed: [&[u8]; 14] = [
        b"",
        b" ",
        b"{",
        b"name=Ada",
        br#"{"name":"Ada"}x"#,
        br#"{"name":"Ada",}"#,
        br#"{"name":"Ada","name":"Eve"}"#,
        br#"{"name":"Ada","n\u0061me":"Eve"}"#,
        br#"{"name":"\ud800"}"#,
        b"{\"name\":\"\xff\"}",
        b"\xef\xbb\xbf{\"name\":\"Ada\"}",
        b"{\"name\":\"a\nb\"}",
        b"\0\0\0",
        &deep,
    ];
    for body in malformed {
        let (status, problem) = create(&server, body);
        assert_eq!(
            (status, &problem["code"]),
            (400, &"MALFORMED".into()),
            "{body:?}"
        );
    }
    let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(201));
    let wrong = [
        ("{}", "name"),
        ("[]", ""),
        ("null", ""),
        (r#"{"name":null}"#, "name"),
        (r#"{"name":7}"#, "name"),
        (r#"{"name":["Ada"]}"#, "name"),
        (r#"{"name":""}"#, "name"),
        (r#"{"name":" \t"}"#, "name"),
        (r#"{"name":"Ada","id":"1"}"#, "id"),
        (&long, "name"),
    ];
    for (body, field) in wrong {
        let (status, problem) = create(&server, body.as_bytes());
        assert_eq!(
            (status, &problem["code"]),
            (422, &"INVALID".into()),
            "{body}"
        );
        assert_eq!(problem["errors"][0]["field"], field, "{body}");
    }
    for size in [64 * 1024 + 1, 1 << 20] {
        let (status, problem) = create(&server, &vec![b' '; size]);
        assert_eq!((status, &problem["code"]), (413, &"BODY_TOO_LARGE".into()));
    }
    assert_eq!(server.get("/users").json(), json!({ "users": [] }));
}

/// Creates as many at once; gives the statuses, sorted.
fn create_at_once(server: &Server, many: usize) -> Vec<u16> {
    let mut statuses = std::thread::scope(|scope| {
        let creating: Vec<_> = (0..many)
            .map(|number| {
                scope.spawn(move || {
                    let body = json!({ "name": format!("user {number}") }).to_string();
                    create(server, body.as_bytes()).0
                })
            })
            .collect();
        let statuses = creating.into_iter().map(|one| one.join().unwrap());
        statuses.collect::<Vec<_>>()
    });
    statuses.sort_unstable();
    statuses
}

fn ids(server: &Server) -> BTreeSet<String> {
    let users = server.get("/users").json();
    let users = users["users"].as_array().unwrap().iter();
    users
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .collect()
}

fn used(server: &Server) -> Value {
    server.get("/api/v1/entitlements").json()["limits"]["users"].clone()
}

#[test]
fn users_created_in_parallel_are_as_many_as_there_may_be() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let statuses = create_at_once(&server, 32);
    assert_eq!(&statuses[..4], [201, 201, 201, 402]);
    assert_eq!(statuses[31], 402);
    assert_eq!(ids(&server).len(), 3);
    let unlimited = Vendor::of_data(folder.path()).key("enterprise");
    assert_eq!(server.activate(&unlimited).status, 200);
    assert_eq!(create_at_once(&server, 61), [201; 61]);
    assert_eq!(ids(&server).len(), 64);
    let expected = json!({ "limit": null, "used": 64, "remaining": null });
    assert_eq!(used(&server), expected);
    // Back on three, nothing is taken away, and only growth is refused.
    assert_eq!(server.admin("DELETE", "/api/v1/license", b"").status, 204);
    assert_eq!(
        used(&server),
        json!({ "limit": 3, "used": 64, "remaining": 0 })
    );
    assert_eq!(create(&server, br#"{"name":"Ada"}"#).0, 402);
    for id in ids(&server).iter().take(62) {
        let path = format!("/users/{id}");
        assert_eq!(server.send("DELETE", &path, &[], b"").status, 204);
    }
    assert_eq!(
        used(&server),
        json!({ "limit": 3, "used": 2, "remaining": 1 })
    );
    assert_eq!(create_at_once(&server, 2), [201, 402]);
}

#[test]
fn what_fails_takes_nothing_and_gives_nothing_back() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    assert_eq!(
        used(&server),
        json!({ "limit": 3, "used": 0, "remaining": 3 })
    );
    for _ in 0..5 {
        assert_eq!(create(&server, b"{}").0, 422);
        assert_eq!(create(&server, b"{").0, 400);
        assert_eq!(create(&server, &vec![b' '; 70_000]).0, 413);
    }
    assert_eq!(used(&server)["used"], 0);
    assert_eq!(create_at_once(&server, 3), [201; 3]);
    for path in [
        "/users/1",
        "/users/%FF",
        "/users/01a2062b-a3c8-72c4-a8f1-71bf7cad01e7",
    ] {
        assert_eq!(server.send("DELETE", path, &[], b"").status, 404);
    }
    assert_eq!(used(&server)["used"], 3);
    let (status, problem) = create(&server, br#"{"name":"Dora"}"#);
    assert_eq!(status, 402);
    let expected = json!({
        "type": "urn:entitlements:problem:limit-exceeded", "title": "Limit exceeded", "status": 402,
        "code": "LIMIT_EXCEEDED", "detail": "limit `users` reached: 3 of 3 in use",
        "limit": "users", "allowed": 3, "used": 3, "plan": "community",
        "available_in": ["business", "enterprise"],
        "upgrade_url": "https://quickstart.example/pricing",
    });
    assert_eq!(problem, expected);
}
