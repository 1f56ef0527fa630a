//! `/users`, and what is wrong with bodies.

use serde_json::{Value, json};
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;

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

#[test]
fn users_created_in_parallel_are_all_there() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    std::thread::scope(|scope| {
        for number in 0..64 {
            let server = &server;
            scope.spawn(move || {
                let body = json!({ "name": format!("user {number}") }).to_string();
                assert_eq!(create(server, body.as_bytes()).0, 201);
            });
        }
    });
    let users = server.get("/users").json();
    let ids = users["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["id"].to_string());
    assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 64);
}
