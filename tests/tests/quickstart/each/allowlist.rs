//! An owner says from where the account is reached: it counts at once, and over a start and the end of the license.

use entitlements_tests::wire::Response;
use serde_json::Value;
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;
use crate::vendor::Vendor;

const PATH: &str = "/api/v1/account/ip-allowlist";
const LOOPBACK: &[u8] = br#"{"ip_range":"127.0.0.0/8","description":"here"}"#;
const ELSEWHERE: &[u8] = br#"{"ip_range":"203.0.113.0/24"}"#;

/// What `/office` answers to this program.
fn office(server: &Server) -> u16 {
    server.get("/office").status
}

#[track_caller]
fn expect(answer: &Response, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["code"].as_str().unwrap_or_default(), code, "{body}");
    body
}

#[test]
fn what_an_owner_says_counts_at_once_and_after_the_next_start() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let answer = server.admin("POST", PATH, LOOPBACK);
    expect(&answer, 402, "LICENSE_REQUIRED");
    let key = Vendor::of_data(folder.path()).issue("business", &["--days", "365"]);
    assert_eq!(server.activate(&key).status, 200);

    let refused = expect(&server.admin("POST", PATH, ELSEWHERE), 422, "INVALID");
    assert_eq!(refused["errors"][0]["field"], "force");
    let message = refused["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("`127.0.0.1`"), "{message}");
    let here = expect(&server.admin("POST", PATH, LOOPBACK), 201, "");
    let here = format!("{PATH}/{}", here["id"].as_str().unwrap());
    expect(&server.admin("POST", PATH, ELSEWHERE), 201, "");
    assert_eq!(office(&server), 200);
    expect(&server.admin("DELETE", &here, b""), 422, "INVALID");
    let off = br#"{"is_active":false}"#;
    let forced = format!("{here}?force=true");
    expect(&server.admin("PATCH", &forced, off), 200, "");
    assert_eq!(office(&server), 403);
    let records = server.admin("GET", "/api/v1/audit?limit=1", b"").json();
    let record = &records["records"][0];
    assert_eq!(record["action"], "allowlist.changed");
    assert_eq!(record["client_address"], "127.0.0.1");

    // The list is kept, and stays in force when the license is gone.
    drop(server);
    let server = PROGRAM.start(folder.path()).serve();
    assert_eq!(office(&server), 403);
    assert_eq!(server.admin("DELETE", "/api/v1/license", b"").status, 204);
    assert_eq!(office(&server), 403);
    let on = br#"{"is_active":true}"#;
    expect(&server.admin("PATCH", &here, on), 402, "LICENSE_REQUIRED");
    let listed = expect(&server.admin("GET", PATH, b""), 200, "");
    for entry in listed["entries"].as_array().unwrap() {
        let path = format!("{PATH}/{}", entry["id"].as_str().unwrap());
        assert_eq!(server.admin("DELETE", &path, b"").status, 204);
    }
    assert_eq!(office(&server), 200);
}
