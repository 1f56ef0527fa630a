//! Several accounts, told by a header: made, sold to, changed and looked at by both at once.

use entitlements_tests::wire::{Response, exchange, request};
use serde_json::{Value, json};

use super::answer::Answer;
use super::{Both, bearer};
use crate::server::Server;

const ACCOUNTS: [&str; 4] = ["acme", "globex", "a/b", "two words"];

impl Both {
    fn several() -> Self {
        Self::start_with(&["--account-header", "x-account"])
    }

    fn of(&self, account: &str, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.ask(method, path, &[("x-account", account)], body.as_bytes())
    }

    /// With the admin token.
    fn change(&self, method: &str, path: &str, body: &Value) -> u16 {
        let path = format!("/api/v1/accounts{path}");
        self.admin(method, &path, body.to_string().as_bytes())
            .status
    }

    /// All that can be read of each account, as anyone, as it and with the token.
    fn look_at_all(&self) {
        for account in ACCOUNTS {
            for path in [
                "/",
                "/sso",
                "/audit",
                "/users",
                "/ping",
                "/api/v1/entitlements",
            ] {
                for method in ["GET", "HEAD"] {
                    self.of(account, method, path, &Value::Null);
                }
            }
            let bearer = bearer();
            let owner = [("x-account", account), ("authorization", bearer.as_str())];
            for path in [
                "",
                "/explain",
                "/downgrade-preview?plan=community",
                "/downgrade-preview",
            ] {
                let path = format!("/api/v1/entitlements{path}");
                self.ask("GET", &path, &owner, b"");
                self.of(account, "GET", &path, &Value::Null);
            }
            let id = account.replace('/', "%2F").replace(' ', "%20");
            for path in [
                "",
                "/overrides",
                "/entitlements",
                "/explain",
                "/downgrade-preview?plan=community",
            ] {
                let path = format!("/api/v1/accounts/{id}{path}");
                self.admin("GET", &path, b"");
                self.ask("GET", &path, &[], b"");
            }
        }
        for query in [
            "",
            "?limit=1",
            "?query=ACME",
            "?after=acme&limit=2",
            "?limit=0",
        ] {
            self.admin("GET", &format!("/api/v1/accounts{query}"), b"");
        }
    }

    /// Creates users until both say that there is no room.
    fn fill(&self, account: &str) -> usize {
        let user = json!({ "name": "Ada" });
        let create = || self.of(account, "POST", "/users", &user).status;
        let created = (0..40).take_while(|_| create() == 201).count();
        assert_eq!(create(), 402);
        created
    }
}

#[test]
fn accounts_are_managed_and_limited_alike() {
    let both = Both::several();
    both.look_at_all();
    assert_eq!(both.fill("globex"), 3);
    let acme = json!({ "id": "acme", "name": "Acme GmbH", "plan": "business", "quantity": 4 });
    for status in [201, 409] {
        assert_eq!(both.change("POST", "", &acme), status);
    }
    assert_eq!(both.change("POST", "", &json!({ "name": "no id" })), 201);
    assert_eq!(
        both.change("POST", "", &json!({ "id": "a/b", "plan": "gold", "x": 1 })),
        422
    );
    assert_eq!(
        both.change("POST", "", &json!({ "id": "a/b", "status": "trialing" })),
        201
    );
    both.look_at_all();
    assert_eq!(both.fill("acme"), 15);
    both.look_at_all();

    for (body, status) in [
        (
            json!({ "feature": "audit", "enabled": true, "reason": "a trial" }),
            201,
        ),
        (json!({ "limit": "users", "value": 17 }), 201),
        (
            json!({ "rate": "api", "requests": 5, "per": "1m", "burst": 900 }),
            201,
        ),
        (json!({ "limit": "users" }), 422),
        (json!({ "limit": "user", "value": 1 }), 422),
    ] {
        assert_eq!(
            both.change("POST", "/acme/overrides", &body),
            status,
            "{body}"
        );
        both.look_at_all();
    }
    assert_eq!(both.fill("acme"), 2);
    assert_eq!(both.of("acme", "GET", "/audit", &Value::Null).status, 200);
    for place in [2, 1, 0, 0] {
        let [axum, actix] = [&both.axum, &both.actix].map(|server| remove_override(server, place));
        assert_eq!(axum, actix);
        both.look_at_all();
    }
    for (method, path, body, status) in [
        ("PUT", "/acme/addons/none", Value::Null, 422),
        ("DELETE", "/acme/addons/none", Value::Null, 204),
        (
            "PATCH",
            "/acme",
            json!({ "status": "past_due", "past_due_since": "2200-01-01T00:00:00Z" }),
            200,
        ),
        (
            "PATCH",
            "/acme",
            json!({ "status": "cancelled", "cancelled_at": "2026-01-01T00:00:00Z" }),
            200,
        ),
        (
            "PATCH",
            "/acme",
            json!({ "status": null, "plan": null, "name": null }),
            200,
        ),
        ("PATCH", "/acme", json!({ "id": "x" }), 422),
        ("PATCH", "/nobody", json!({}), 404),
        ("DELETE", "/acme", Value::Null, 405),
    ] {
        assert_eq!(
            both.change(method, path, &body),
            status,
            "{method} {path} {body}"
        );
        both.look_at_all();
    }
    let full = both.of("acme", "POST", "/users", &json!({ "name": "Ada" }));
    assert_eq!(full.status, 402);
    assert!(full.body.contains("17 of 3 in use"), "{}", full.body);
}

/// Removes the override at a place of the list, or one that is not there any more.
fn remove_override(server: &Server, place: usize) -> Answer {
    let bearer = bearer();
    let headers = [("authorization", bearer.as_str())];
    let send = |method: &str, path: &str| {
        exchange(server.address(), &request(method, path, &headers, b""))
    };
    let path = "/api/v1/accounts/acme/overrides";
    let listed = Response::read(&send("GET", path)).unwrap().json();
    let id = listed["overrides"][place]["id"].as_str().unwrap_or("gone");
    Answer::read(&send("DELETE", &format!("{path}/{id}"))).unwrap()
}

#[test]
fn nobody_is_answered_alike() {
    let both = Both::several();
    let long = "x".repeat(129);
    let cases: [&[(&str, &str)]; 6] = [
        &[],
        &[("x-account", "")],
        &[("x-account", &long)],
        &[("x-account", "\u{e9}")],
        &[("x-account", "a"), ("x-account", "b")],
        &[
            ("x-account", "two words"),
            ("content-type", "application/grpc"),
        ],
    ];
    for headers in cases {
        for path in [
            "/",
            "/users",
            "/users/1",
            "/sso",
            "/office",
            "/nope",
            "/api/v1/entitlements",
        ] {
            for method in ["GET", "HEAD", "POST", "DELETE", "OPTIONS"] {
                both.ask(method, path, headers, b"{}");
            }
        }
    }
}
