//! Several accounts, told by a header.

use entitlements_tests::wire::Response;
use serde_json::{Value, json};
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::{Ended, Server, Start};

const HEADER: &str = "X-Account";

/// As one account, with the token or without.
struct As<'a> {
    server: &'a Server,
    account: &'a str,
}

impl As<'_> {
    fn send(&self, method: &str, path: &str, body: &str) -> Response {
        let headers = [("x-account", self.account)];
        self.server.send(method, path, &headers, body.as_bytes())
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// Creates users until there is no room.
    fn fill(&self) -> usize {
        let name = r#"{"name":"Ada"}"#;
        let create = || self.send("POST", "/users", name).status;
        let created = (0..40).take_while(|_| create() == 201).count();
        assert_eq!(create(), 402);
        created
    }

    fn owner(&self, path: &str) -> Response {
        let bearer = format!("Bearer {}", self.server.token());
        let headers = [
            ("authorization", bearer.as_str()),
            ("x-account", self.account),
        ];
        self.server.send("GET", path, &headers, b"")
    }
}

fn add(server: &Server, body: &Value) -> Response {
    server.admin("POST", "/api/v1/accounts", body.to_string().as_bytes())
}

#[test]
fn each_account_has_its_own_users_plan_and_limits() {
    let folder = tempdir().unwrap();
    let server = PROGRAM
        .start(folder.path())
        .arg("--account-header")
        .arg(HEADER)
        .serve();
    let [acme, globex] = ["acme", "globex"].map(|account| As {
        server: &server,
        account,
    });
    assert_eq!(acme.get("/")["plan"], "community");
    assert_eq!(globex.fill(), 3);
    let made = add(&server, &json!({ "id": "acme", "plan": "business" }));
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.header("location"), Some("accounts/acme"));
    // From the next request on, and for this account alone.
    assert_eq!(acme.get("/")["plan"], "business");
    assert_eq!(globex.get("/")["plan"], "community");
    assert_eq!(acme.send("GET", "/sso", "").status, 200);
    assert_eq!(globex.send("GET", "/sso", "").status, 402);
    assert_eq!(acme.fill(), 15);
    for (account, limit) in [(&acme, 15), (&globex, 3)] {
        let users = account.get("/users")["users"].as_array().unwrap().len();
        assert_eq!(users, limit);
        let has = account.get("/api/v1/entitlements");
        assert_eq!(has["account"], account.account);
        let expected = json!({ "limit": limit, "used": limit, "remaining": 0 });
        assert_eq!(has["limits"]["users"], expected);
    }
    // Nobody deletes another account's users, and no place comes of trying.
    let users = acme.get("/users");
    let path = format!("/users/{}", users["users"][0]["id"].as_str().unwrap());
    assert_eq!(globex.send("DELETE", &path, "").status, 404);
    assert_eq!(
        globex.send("POST", "/users", r#"{"name":"Bob"}"#).status,
        402
    );
    assert_eq!(acme.send("DELETE", &path, "").status, 204);
    assert_eq!(acme.fill(), 1);

    let preview = acme
        .owner("/api/v1/entitlements/downgrade-preview?plan=community")
        .json();
    let expected = json!({ "now": 15, "then": 3, "used": 15, "over": 12 });
    assert_eq!(preview["limits"]["users"], expected);
    let explained = acme.owner("/api/v1/entitlements/explain").json();
    assert_eq!(explained["account"], "acme");
    assert_eq!(
        explained["limits"]["users"]["steps"][1]["source"],
        "subscription"
    );
    let status = |account: &As<'_>| {
        account
            .send("GET", "/api/v1/entitlements/explain", "")
            .status
    };
    assert_eq!([status(&acme), status(&globex)], [401, 401]);
}

#[test]
fn a_request_that_names_no_account_is_401_where_one_is_needed() {
    let folder = tempdir().unwrap();
    let server = PROGRAM
        .start(folder.path())
        .arg("--account-header")
        .arg(HEADER)
        .serve();
    let long = "x".repeat(129);
    let nobody: [&[(&str, &str)]; 5] = [
        &[],
        &[("x-account", "")],
        &[("x-account", "two words")],
        &[("x-account", &long)],
        &[("x-account", "acme"), ("x-account", "globex")],
    ];
    for headers in nobody {
        for (method, path) in [
            ("GET", "/"),
            ("HEAD", "/"),
            ("GET", "/users"),
            ("POST", "/users"),
            ("DELETE", "/users/1"),
            ("GET", "/sso"),
            ("GET", "/audit"),
            ("GET", "/office"),
            ("GET", "/ping"),
            ("GET", "/api/v1/entitlements"),
        ] {
            let answer = server.send(method, path, headers, b"{}");
            assert_eq!(
                answer.status,
                401,
                "{method} {path} {headers:?}: {}",
                answer.text()
            );
            assert_eq!(
                answer.header("www-authenticate"),
                Some("Bearer"),
                "{method} {path}"
            );
            if method != "HEAD" {
                assert_eq!(answer.json()["code"], "ACCOUNT_UNKNOWN", "{method} {path}");
            }
        }
        assert_eq!(server.send("PUT", "/users", headers, b"").status, 405);
        assert_eq!(server.send("GET", "/nope", headers, b"").status, 404);
    }
    let asked = server.admin("GET", "/api/v1/entitlements/explain", b"");
    assert_eq!(
        (asked.status, &asked.json()["code"]),
        (401, &"ACCOUNT_UNKNOWN".into())
    );
    assert_eq!(
        server.admin("GET", "/api/v1/license/status", b"").status,
        200
    );
}

#[test]
fn without_the_flag_there_is_one_account_whatever_headers_say() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let acme = As {
        server: &server,
        account: "acme",
    };
    assert_eq!(acme.get("/")["account"], "local");
    assert_eq!(acme.get("/api/v1/entitlements")["account"], "local");
    assert_eq!(
        add(&server, &json!({ "id": "acme", "plan": "enterprise" })).status,
        201
    );
    assert_eq!(acme.get("/")["plan"], "community");
    // The one account can be given a plan as well.
    assert_eq!(
        add(&server, &json!({ "id": "local", "plan": "business" })).status,
        201
    );
    assert_eq!(server.get("/").json()["plan"], "business");
    assert_eq!(server.get("/sso").status, 200);
}

#[test]
fn the_flag_says_that_it_is_dangerous_and_so_does_the_log() {
    let folder = tempdir().unwrap();
    let help = PROGRAM.command().arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(
        help.contains("DANGEROUS")
            && help.contains("whoever can reach the program picks any account"),
        "{help}"
    );
    let server = PROGRAM
        .start(folder.path())
        .arg("--account-header")
        .arg(HEADER)
        .serve();
    assert!(
        server
            .stderr
            .wait(|log| log.contains("WARN") && log.contains("the header `X-Account`"))
    );
    for name in ["", "two words", "a:b", "é", "x\n", &"x".repeat(65)] {
        let mut command = PROGRAM.command();
        command.arg(format!("--account-header={name}"));
        let data = folder.path().join("none");
        let Ended {
            code,
            stdout,
            stderr,
        } = Start::of(command, &data).end();
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{name:?}: {stderr}");
        assert!(stderr.starts_with("error: "), "{stderr}");
        assert!(!data.exists());
    }
}
