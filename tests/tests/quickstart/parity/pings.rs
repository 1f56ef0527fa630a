//! What is too fast: the same answers, to the letter, where time refills nothing meanwhile.

use serde_json::json;

use super::Both;

#[test]
fn what_is_too_fast_is_answered_alike() {
    let both = Both::start_with(&["--account-header", "x-account"]);
    let change = |path: &str, body: serde_json::Value| {
        let path = format!("/api/v1/accounts{path}");
        both.admin("POST", &path, body.to_string().as_bytes())
            .status
    };
    assert_eq!(change("", json!({ "id": "acme" })), 201);
    let slow = json!({ "rate": "api", "requests": 2, "per": "1d" });
    assert_eq!(change("/acme/overrides", slow), 201);
    let acme = ("x-account", "acme");
    let grpc = ("content-type", "application/grpc");
    for (method, headers, status) in [
        ("POST", &[acme][..], 405),
        ("GET", &[acme], 200),
        ("HEAD", &[acme], 200),
        ("GET", &[acme], 429),
        ("HEAD", &[acme], 429),
        // HTTP has no more to say to gRPC.
        ("GET", &[acme, grpc], 200),
        ("GET", &[("x-account", "globex")], 200),
        ("GET", &[], 401),
    ] {
        let answer = both.ask(method, "/ping", headers, b"");
        assert_eq!(answer.status, status, "{method} {headers:?}");
        if status == 429 && method == "GET" {
            // No plan is said to be faster than what an override makes of it.
            let body = &answer.body;
            let is_slow = body.contains("\"rate\":\"api\",\"retry_after_seconds\":43");
            assert!(is_slow && !body.contains("available_in"), "{body}");
        }
    }
}
