//! All that the two do not answer alike. It happens in the server libraries or in axum's router, and not in the programs.

use entitlements_tests::wire::request;

use super::Both;

/// Why, the request, and the statuses of axum's answer and actix-web's.
type Exception = (&'static str, Vec<u8>, [u16; 2]);

fn exceptions() -> [Exception; 5] {
    let long = "x".repeat(66_000);
    let longer = "x".repeat(140_000);
    [
        (
            "a path of more than 65534 bytes is named so by one, and malformed to the other",
            request("GET", &format!("/{long}"), &[], b""),
            [414, 400],
        ),
        (
            "a head of more than 128 KiB is not read by actix-web",
            request("GET", "/sso", &[("x", &longer)], b""),
            [402, 431],
        ),
        (
            "a head without a host is refused by actix-web, as HTTP/1.1 has it",
            b"GET /sso HTTP/1.1\r\nconnection: close\r\n\r\n".to_vec(),
            [402, 400],
        ),
        (
            "of two slashes behind a nested service's path axum's router takes one away",
            request("GET", "/api/v1//license", &[], b""),
            [401, 404],
        ),
        (
            "all that follows a head with `Upgrade: websocket` is its body to actix-web, until the time is up",
            request(
                "POST",
                "/users",
                &[("upgrade", "websocket")],
                br#"{"name":"Ada"}"#,
            ),
            [201, 400],
        ),
    ]
}

#[test]
fn the_exceptions_are_these() {
    let both = Both::start();
    for (why, bytes, expected) in exceptions() {
        let statuses = both
            .answers(&bytes)
            .map(|answer| answer.map(|answer| answer.status));
        assert_eq!(statuses, expected.map(Some), "{why}");
    }
}
