//! From no key to an open route and back, told by both at once.

use std::process::Command;

use entitlements_tests::wire::{Response, exchange, request};
use serde_json::{Value, json};

use super::Both;
use super::answer::Answer;
use crate::programs::CLI;
use crate::server::Server;

const PATHS: [&str; 13] = [
    "/",
    "/ping",
    "/office",
    "/sso",
    "/audit",
    "/users",
    "/api/v1/license",
    "/api/v1/license/status",
    "/api/v1/entitlements",
    "/api/v1/entitlements/explain",
    "/api/v1/entitlements/downgrade-preview?plan=community",
    "/api/v1/accounts",
    "/api/v1/account/ip-allowlist",
];

impl Both {
    /// All that can be read, as anyone and with the token; gives the statuses of `/sso` and `/audit`.
    fn look(&self) -> [u16; 2] {
        for path in PATHS {
            for method in ["GET", "HEAD"] {
                self.ask(method, path, &[], b"");
                self.admin(method, path, b"");
            }
        }
        ["/sso", "/audit"].map(|path| self.ask("GET", path, &[], b"").status)
    }

    fn post(&self, path: &str, field: &str, value: &str) -> Answer {
        let body = json!({ field: value }).to_string();
        self.admin("POST", path, body.as_bytes())
    }

    fn activate(&self, plan: &str, more: &[&str]) -> u16 {
        let key = self.vendor.issue(plan, more);
        self.post("/api/v1/license", "key", &key).status
    }
}

#[test]
fn keys_open_and_close_the_same_routes() {
    let both = Both::start();
    assert_eq!(both.look(), [402, 402]);
    let days = ["--days", "30", "--id", "lic_1"];
    assert_eq!(both.activate("business", &days), 200);
    assert_eq!(both.look(), [200, 402]);
    let days = ["--days", "30", "--id", "lic_2"];
    assert_eq!(both.activate("enterprise", &days), 200);
    assert_eq!(both.look(), [200, 200]);
    let etag = both.etag();
    let unchanged = [("if-none-match", etag.as_str())];
    let answer = both.ask("GET", "/api/v1/entitlements", &unchanged, b"");
    assert_eq!((answer.status, answer.body.as_str()), (304, ""));
    for status in [204, 404] {
        let gone = both.admin("DELETE", "/api/v1/license/lic_2", b"");
        assert_eq!(gone.status, status);
    }
    assert_eq!(both.look(), [200, 402]);

    let ended = [
        "--issued-at",
        "2020-01-01T00:00:00Z",
        "--expires",
        "2020-02-01",
    ];
    assert_eq!(both.activate("business", &ended), 422);
    let later = [
        "--expires",
        "2300-01-01",
        "--not-before",
        "2200-01-01T00:00:00Z",
        "--id",
        "lic_3",
    ];
    assert_eq!(both.activate("enterprise", &later), 200);
    assert_eq!(both.look(), [200, 402]);
    for garbage in ["", "garbage", "eyJ.eyJ.eyJ", "\u{202e}\0"] {
        assert_eq!(both.post("/api/v1/license", "key", garbage).status, 422);
        let list = both.post("/api/v1/license/revocations", "list", garbage);
        assert_eq!(list.status, 422);
    }

    assert_eq!(
        both.post(
            "/api/v1/license/revocations",
            "list",
            &both.revoked("lic_1")
        )
        .status,
        200
    );
    assert_eq!(both.look(), [402, 402]);
    for _ in 0..2 {
        assert_eq!(both.admin("DELETE", "/api/v1/license", b"").status, 204);
        assert_eq!(both.look(), [402, 402]);
    }
}

#[test]
fn users_come_and_go_alike() {
    let both = Both::start();
    let names = ["Ada", "Bób \u{0}\"\\/", " x ", &"é".repeat(200)];
    for (place, name) in names.into_iter().enumerate() {
        let body = json!({ "name": name }).to_string();
        let add = || both.ask("POST", "/users", &[], body.as_bytes());
        // Three is what the community may have.
        if place == 3 {
            let full = add();
            assert_eq!(full.status, 402);
            assert!(full.body.contains("LIMIT_EXCEEDED"), "{}", full.body);
            assert_eq!(both.activate("business", &["--days", "30"]), 200);
        }
        assert_eq!(add().status, 201);
        both.look();
    }
    let body = json!({ "name": "é".repeat(201) }).to_string();
    assert_eq!(both.ask("POST", "/users", &[], body.as_bytes()).status, 422);
    for place in (0..names.len()).rev() {
        // Each by its own id, one time more than there is something to remove.
        for status in [204, 404] {
            let [axum, actix] =
                [&both.axum, &both.actix].map(|server| remove(server, place, status));
            assert_eq!(axum, actix);
        }
        both.look();
    }
}

/// Removes the user at a place of the list, or one who is not there any more.
fn remove(server: &Server, place: usize, status: u16) -> Answer {
    let users = server.get("/users").json();
    let gone = Value::from("01a2062b-a3c8-72c4-a8f1-71bf7cad01e7");
    let id = users["users"].get(place).map_or(&gone, |user| &user["id"]);
    // Spelled otherwise it is the same id.
    let id = id.as_str().unwrap().replace('-', "%2D");
    let bytes = request("DELETE", &format!("/users/{id}"), &[], b"");
    let answer = Answer::read(&exchange(server.address(), &bytes)).unwrap();
    assert_eq!(answer.status, status);
    answer
}

impl Both {
    fn etag(&self) -> String {
        let bytes = request("GET", "/api/v1/entitlements", &[], b"");
        let answer = Response::read(&exchange(self.axum.address(), &bytes)).unwrap();
        answer.header("etag").unwrap().to_owned()
    }

    /// A list of the vendor that takes a license back.
    fn revoked(&self, id: &str) -> String {
        self.revoke(id, &[])
    }

    /// One that was issued at another time.
    pub(super) fn revoked_at(&self, id: &str, time: &str) -> String {
        self.revoke(id, &["--issued-at", time])
    }

    fn revoke(&self, id: &str, more: &[&str]) -> String {
        let list = self.folder.path().join("revoked.jwt");
        let mut command = Command::new(&*CLI);
        command.arg("revoke").arg("--key").arg(&self.vendor.private);
        let command = command.arg("--list").arg(list).arg(id).args(more);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}
