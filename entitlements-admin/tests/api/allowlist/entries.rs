//! M19: entries, what they can be, and who may ask for them.

use entitlements_admin::{Access, AdminApi};
use entitlements_core::{AccountId, testing};
use http::request::Parts;
use http::{Method, Request};
use serde_json::{Value, json};

use super::{AWAY, DESK, OFFICE, PATH, client, refused};
use crate::client::{ADMIN, Client, OWNER};

#[tokio::test]
async fn m19_entries_come_change_and_go() {
    let client = client();
    assert_eq!(client.listed().await, [] as [Value; 0]);
    let body = json!({ "ip_range": OFFICE, "description": "größe 👩‍💻" });
    let made = client.owner_at(DESK, Method::POST, PATH, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(uuid::Uuid::parse_str(&id).unwrap().get_version_num(), 7);
    let expected = format!(
        r#"{{"id":"{id}","ip_range":"192.0.2.0/24","description":"größe 👩‍💻","is_active":true,"created_by":"owner","created_at":"2026-01-01T12:00:00Z"}}"#
    );
    assert_eq!(made.text, expected);
    let location = format!("ip-allowlist/{id}");
    assert_eq!(made.header("location"), Some(&*location));
    assert_eq!(made.header("content-type"), Some("application/json"));
    assert_eq!(made.header("cache-control"), Some("no-store"));

    client.engine.clock().advance_days(1);
    let second = client.added("2001:0DB8::/32").await;
    let listed = client.owner_at("", Method::GET, PATH, &Value::Null).await;
    let start = format!(
        r#"{{"entries":[{expected},{{"id":"{second}","ip_range":"2001:db8::/32","description":"","#
    );
    assert!(listed.text.starts_with(&start), "{}", listed.text);

    // Who made an entry, and when, stays.
    let body = json!({ "ip_range": "192.0.2.0/25", "description": "desk", "is_active": true });
    let changed = client.patch(DESK, &id, &body).await.assert_json();
    let expected = json!({
        "id": id, "ip_range": "192.0.2.0/25", "description": "desk", "is_active": true,
        "created_by": "owner", "created_at": "2026-01-01T12:00:00Z",
    });
    assert_eq!(changed, expected);
    for (body, member, value) in [
        (json!({}), "description", json!("desk")),
        (json!({ "description": null }), "description", json!("")),
        (json!({ "is_active": false }), "is_active", json!(false)),
        (
            json!({ "ip_range": "::ffff:192.0.2.8" }),
            "ip_range",
            json!("192.0.2.8/32"),
        ),
    ] {
        let changed = client.patch(AWAY, &id, &body).await.assert_json();
        assert_eq!(changed[member], value, "{body}");
    }
    assert_eq!(client.in_force().await, ["2001:db8::/32"]);

    for gone in [&id, &second] {
        client.remove(AWAY, gone).await.assert_no_content();
        for again in [
            client.remove(AWAY, gone).await,
            client.patch(AWAY, gone, &json!({})).await,
        ] {
            let problem = again.assert_problem(404, "NOT_FOUND");
            assert_eq!(problem["detail"], "there is no such entry");
        }
    }
    assert_eq!(client.listed().await, [] as [Value; 0]);
}

#[tokio::test]
async fn m19_what_no_entry_can_be_is_422_with_its_field() {
    let client = client();
    let taken = client.added(OFFICE).await;
    let other = client.added("203.0.113.0/24").await;
    let long = "x".repeat(257);
    for (range, message) in [
        (
            "192.0.2.7/24",
            "has bits set after its prefix; its network is `192.0.2.0/24`",
        ),
        ("192.0.2.0/33", "has a prefix that is not"),
        ("2001:db8::/129", "has a prefix that is not"),
        ("192.0.2.0/024", "has a prefix that is not"),
        (" 192.0.2.0/24", "has a space in it"),
        ("192.0.2.0/24 ", "has a space in it"),
        ("fe80::%eth0/64", "has a zone"),
        ("192.0.2", "is not a range"),
        ("192.000.002.001", "is not a range"),
        ("0xc0000200/24", "is not a range"),
        ("", "is not a range"),
        ("office", "is not a range"),
        (OFFICE, "has the same range"),
        ("::ffff:192.0.2.0/120", "has the same range"),
        (&long, "must be a range of addresses"),
    ] {
        let mut answers = vec![
            client
                .owner_at(DESK, Method::POST, PATH, &json!({ "ip_range": range }))
                .await,
            client
                .patch(DESK, &other, &json!({ "ip_range": range }))
                .await,
        ];
        for answer in answers.drain(..) {
            assert_eq!(refused(&answer), ["ip_range"], "{range}");
            assert!(answer.text.contains(message), "{range}: {}", answer.text);
            assert!(answer.text.len() < 500);
        }
    }
    for (description, message) in [
        (&*long, "a description has at most 256 characters"),
        ("a\nb", "control or invisible"),
        ("a\u{202e}b", "control or invisible"),
    ] {
        let body = json!({ "ip_range": "10.0.0.0/8", "description": description });
        for answer in [
            client.owner_at(DESK, Method::POST, PATH, &body).await,
            client
                .patch(DESK, &taken, &json!({ "description": description }))
                .await,
        ] {
            assert_eq!(refused(&answer), ["description"]);
            assert!(answer.text.contains(message), "{}", answer.text);
        }
    }
    assert_eq!(client.in_force().await, [OFFICE, "203.0.113.0/24"]);
    let most = "é".repeat(256);
    client
        .patch(DESK, &taken, &json!({ "description": most }))
        .await
        .assert_json();
}

#[tokio::test]
async fn m19_bodies_and_queries_are_read_strictly() {
    let client = client();
    let id = client.added(OFFICE).await;
    let entry = format!("{PATH}/{id}");
    for (method, path, body, fields) in [
        (Method::POST, PATH, json!({}), &["ip_range"][..]),
        (
            Method::POST,
            PATH,
            json!({ "ip_range": null, "description": 1 }),
            &["ip_range", "description"],
        ),
        (
            Method::POST,
            PATH,
            json!({ "ip_range": "10.0.0.0/8", "is_active": false }),
            &["is_active"],
        ),
        (
            Method::POST,
            PATH,
            json!({ "ip_range": 10, "created_by": "y" }),
            &["ip_range", "created_by"],
        ),
        (Method::POST, PATH, json!([]), &[""]),
        (
            Method::PATCH,
            &entry,
            json!({ "ip_range": null }),
            &["ip_range"],
        ),
        (
            Method::PATCH,
            &entry,
            json!({ "is_active": null }),
            &["is_active"],
        ),
        (
            Method::PATCH,
            &entry,
            json!({ "is_active": "false" }),
            &["is_active"],
        ),
        (
            Method::PATCH,
            &entry,
            json!({ "description": [], "x": 1 }),
            &["description", "x"],
        ),
        (
            Method::PATCH,
            "/account/ip-allowlist/x",
            json!({ "x": 1 }),
            &["x"],
        ),
    ] {
        let answer = client.owner_at(DESK, method.clone(), path, &body).await;
        assert_eq!(refused(&answer), fields, "{method} {body}");
    }
    for (method, path) in [(Method::POST, PATH), (Method::PATCH, &*entry)] {
        let headers = [("authorization", OWNER)];
        for body in ["", "{", r#"{"ip_range":"::/0","ip_range":"::/0"}"#] {
            let answer = client.send(method.clone(), path, &headers, body).await;
            answer.assert_problem(400, "MALFORMED");
        }
        let large = " ".repeat(65_537);
        let answer = client.send(method, path, &headers, &large).await;
        answer.assert_problem(413, "BODY_TOO_LARGE");
    }
    // The query before the body.
    for (method, path) in [
        (Method::POST, PATH),
        (Method::PATCH, &*entry),
        (Method::DELETE, &*entry),
    ] {
        for (query, fields) in [
            ("force=false", &["force"][..]),
            ("force=1", &["force"]),
            ("force=True", &["force"]),
            ("force=true&force=true", &["force"]),
            ("Force=true", &["Force"]),
            ("x=1&force=yes", &["force", "x"]),
        ] {
            let path = format!("{path}?{query}");
            let answer = client
                .owner_at(DESK, method.clone(), &path, &Value::Null)
                .await;
            assert_eq!(refused(&answer), fields, "{method} {query}");
        }
    }
    assert_eq!(client.in_force().await, [OFFICE]);
    // What is asked for by a path alone does not look at it.
    client
        .owner_at(DESK, Method::GET, &format!("{PATH}?force=1"), &Value::Null)
        .await
        .assert_json();
}

#[tokio::test]
async fn m19_only_an_owner_of_an_account_that_can_be_told_may_ask() {
    let client = Client::unlicensed();
    let routes = [
        (Method::GET, PATH),
        (Method::POST, PATH),
        (Method::PATCH, "/account/ip-allowlist/x"),
        (Method::DELETE, "/account/ip-allowlist/x"),
    ];
    for (method, path) in &routes {
        for headers in [&[][..], &[("authorization", ADMIN)]] {
            // Neither the query nor the body is looked at before.
            let path = format!("{path}?x=1");
            let answer = client.send(method.clone(), &path, headers, "{").await;
            answer.assert_problem(401, "UNAUTHORIZED");
        }
    }
    for (method, path, allow) in [
        (Method::PUT, PATH, "GET, HEAD, POST"),
        (Method::DELETE, PATH, "GET, HEAD, POST"),
        (Method::GET, "/account/ip-allowlist/x", "PATCH, DELETE"),
    ] {
        let answer = client.send(method, path, &[], "").await;
        answer.assert_problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), Some(allow));
    }
    for path in [
        "/account",
        "/account/ip-allowlist/",
        "/account/ip-allowlist/x/y",
    ] {
        client.get(path).await.assert_problem(404, "NOT_FOUND");
    }
    let engine = testing::without_license(testing::catalog());
    for (access, account, status, code) in [
        (Access::Forbidden, Some("acme"), 403, "FORBIDDEN"),
        (Access::Forbidden, None, 403, "FORBIDDEN"),
        (Access::granted("ann"), None, 401, "ACCOUNT_UNKNOWN"),
    ] {
        let guard = move |_: &Parts| access.clone();
        let told = move |_: &Parts| account.map(AccountId::new);
        let nobody = |_: &Parts| Access::Unauthenticated;
        let api = AdminApi::new(engine.entitlements().clone(), nobody, guard, told);
        for (method, path) in &routes {
            let request = Request::builder().method(method).uri(*path);
            let answer = api.handle(request.body(bytes::Bytes::new()).unwrap()).await;
            let problem: Value = serde_json::from_slice(answer.body()).unwrap();
            assert_eq!(answer.status(), status, "{method}");
            assert_eq!(problem["code"], code, "{method}");
        }
    }
}

/// Each account has its own list: an entry's id is worth nothing in another.
#[tokio::test]
async fn m19_accounts_do_not_see_each_others_entries() {
    let engine = testing::on_plan(testing::catalog(), "business");
    let guard = |head: &Parts| match head.headers.get("x-account") {
        Some(account) => Access::granted(account.to_str().unwrap()),
        None => Access::Unauthenticated,
    };
    let told = |head: &Parts| {
        let account = head.headers.get("x-account")?;
        Some(AccountId::new(account.to_str().ok()?))
    };
    let api = AdminApi::new(engine.entitlements().clone(), guard, guard, told);
    let client = Client { engine, api };
    let ask = async |account, method, path: &str, body: &Value| {
        let headers = [("x-account", account)];
        client.owner_with(DESK, &headers, method, path, body).await
    };
    let body = json!({ "ip_range": OFFICE });
    let made = ask("acme", Method::POST, PATH, &body).await.json();
    assert_eq!(made["created_by"], "acme");
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    for (method, body) in [(Method::PATCH, json!({})), (Method::DELETE, Value::Null)] {
        let answer = ask("beta", method, &path, &body).await;
        answer.assert_problem(404, "NOT_FOUND");
    }
    let empty = json!({ "entries": [] });
    assert_eq!(
        ask("beta", Method::GET, PATH, &Value::Null).await.json(),
        empty
    );
    assert_eq!(ask("beta", Method::POST, PATH, &body).await.status, 201);
    ask("acme", Method::DELETE, &path, &Value::Null)
        .await
        .assert_no_content();
    assert_eq!(
        ask("acme", Method::GET, PATH, &Value::Null).await.json(),
        empty
    );
}

#[tokio::test]
async fn m19_head_is_get_without_the_body() {
    let client = client();
    client.added(OFFICE).await;
    let headers = [("authorization", OWNER)];
    let get = client.send(Method::GET, PATH, &headers, "").await;
    let head = client.send(Method::HEAD, PATH, &headers, "").await;
    assert_eq!((head.status, &head.headers), (get.status, &get.headers));
    assert_eq!(head.text, "");
}
