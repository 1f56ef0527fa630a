//! Every path with every method, and what no browser sends.

use entitlements_tests::wire::request;

use super::{Both, bearer};

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW", "get",
];

const PATHS: [&str; 70] = [
    "/",
    "/?",
    "/ping",
    "/office",
    "/sso",
    "/sso?a=b&c",
    "/audit",
    "/users",
    "/users?x=1",
    "/users/",
    "/users//",
    "/users/1",
    "/users/1?x",
    "/users/1/2",
    "/users/%31",
    "/users/%FF",
    "/users/%00",
    "/users/%",
    "/users/%2",
    "/users/%zz",
    "/users/..%2F..",
    "/users/a%20b+c",
    "/%75sers",
    "/%75sers/1",
    "/%73so",
    "/sso/",
    "//sso",
    "/sso%3Fa",
    "/sso%00",
    "/sso/../sso",
    "/%2e%2e/sso",
    "/SSO",
    "/%",
    "/%zz",
    "/nope",
    "/api",
    "/api/",
    "/api/v1",
    "/api/v1/",
    "/api/v1x/license",
    "/%61pi/v1/license",
    "/api/v1/%6cicense",
    "/api/v1/license",
    "/api/v1/license/",
    "/api/v1/license/x",
    "/api/v1/license/%FF",
    "/api/v1/license/a%20b%2Fc",
    "/api/v1/license/status",
    "/api/v1/license/status?",
    "/api/v1/license/revalidate",
    "/api/v1/license/revocations",
    "/api/v1/entitlements",
    "/api/v1/entitlements/explain",
    "/api/v1/entitlements/explain?x",
    "/api/v1/entitlements/downgrade-preview",
    "/api/v1/entitlements/downgrade-preview?plan=business",
    "/api/v1/entitlements/downgrade-preview?plan=%FF&x=1",
    "/api/v1/account/ip-allowlist",
    "/api/v1/account/ip-allowlist?force=true&x",
    "/api/v1/account/ip-allowlist/x",
    "/api/v1/account/ip-allowlist/%FF?force=1",
    "/api/v1/accounts?limit=x&query=a+b%20c",
    "/api/v1/accounts/",
    "/api/v1/accounts/nobody",
    "/api/v1/accounts/a%2Fb",
    "/api/v1/accounts/a%2Fb/overrides",
    "/api/v1/accounts/nobody/overrides/x",
    "/api/v1/accounts/nobody/addons/x",
    "/api/v1/accounts/nobody/explain",
    "/api/v1/accounts/nobody/downgrade-preview?plan=community",
];

#[test]
fn every_path_answers_every_method_alike() {
    let both = Both::start();
    std::thread::scope(|scope| {
        for path in PATHS {
            let both = &both;
            scope.spawn(move || {
                for method in METHODS {
                    both.ask(method, path, &[], b"");
                    both.admin(method, path, b"");
                    both.ask(method, path, &[("authorization", "Bearer x")], b"{}");
                }
            });
        }
    });
}

#[test]
fn headers_change_nothing_or_the_same() {
    let both = Both::start();
    let preflight = [
        ("origin", "https://panel.example"),
        ("access-control-request-method", "GET"),
    ];
    let cases: [&[(&str, &str)]; 10] = [
        &preflight,
        &[("expect", "100-continue")],
        &[("expect", "something")],
        &[("te", "trailers"), ("accept-encoding", "gzip, br")],
        &[("accept", "text/html")],
        &[("if-none-match", "*")],
        &[("range", "bytes=0-1")],
        &[("content-encoding", "gzip")],
        &[("x-http-method-override", "DELETE")],
        &[("content-type", "application/grpc")],
    ];
    std::thread::scope(|scope| {
        for headers in cases {
            let both = &both;
            scope.spawn(move || {
                for method in METHODS {
                    for path in ["/sso", "/users", "/api/v1/license", "/api/v1/entitlements"] {
                        both.ask(method, path, headers, b"");
                        both.ask(method, path, headers, b"{}");
                    }
                }
            });
        }
    });
}

#[test]
fn bodies_are_taken_and_refused_alike() {
    let both = Both::start();
    let large = vec![b' '; 1 << 20];
    let deep = [&b"["[..]; 40].concat();
    let bodies: [&[u8]; 14] = [
        b"",
        b" ",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        &deep,
        br#"{"name":7}"#,
        br#"{"name":" "}"#,
        br#"{"name":"a","name":"b"}"#,
        br#"{"name":"a","key":"b","list":"c"}"#,
        &large[..65536],
        &large[..65537],
        &large,
    ];
    let paths = [
        "/users",
        "/api/v1/license",
        "/api/v1/license/revocations",
        "/ping",
        "/nope",
    ];
    std::thread::scope(|scope| {
        for body in bodies {
            let both = &both;
            scope.spawn(move || {
                for path in paths {
                    both.ask("POST", path, &[], body);
                    both.ask("POST", path, &[("content-type", "application/json")], body);
                    both.admin("POST", path, body);
                }
            });
        }
    });
    assert_eq!(both.ask("GET", "/users", &[], b"").body, r#"{"users":[]}"#);
}

#[test]
fn lengths_and_parts_are_read_alike() {
    let both = Both::start();
    let lengths = [
        "0",
        "65537",
        "1099511627776",
        "99999999999999999999999",
        "-1",
        "x",
        "1, 2",
    ];
    for length in lengths {
        for path in ["/users", "/api/v1/license", "/ping"] {
            both.ask("POST", path, &[("content-length", length)], b"");
        }
    }
    let chunked = ("transfer-encoding", "chunked");
    let bearer = bearer();
    for body in [
        &b"0\r\n\r\n"[..],
        b"2\r\n{}\r\n0\r\n\r\n",
        b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        b"2;a=b\r\n{}\r\n0\r\nx: y\r\n\r\n",
    ] {
        for path in ["/users", "/api/v1/license"] {
            both.ask("POST", path, &[chunked], body);
            both.ask("POST", path, &[chunked, ("authorization", &bearer)], body);
        }
    }
    // One that stops coming is given up by both, in the same words.
    let slow = [("content-length", "100"), ("authorization", &bearer)];
    std::thread::scope(|scope| {
        for path in ["/users", "/api/v1/license"] {
            let (both, slow) = (&both, &slow);
            scope.spawn(move || {
                let late = both.agree(&request("POST", path, slow, b"{"));
                assert_eq!(late.status, 400);
                assert!(late.body.contains("did not arrive in time"));
            });
        }
    });
}

#[test]
fn odd_heads_are_answered_alike() {
    let both = Both::start();
    for line in [
        "GET /sso HTTP/1.0",
        "GET /sso HTTP/1.1 x",
        "GET /sso HTTP/9.9",
        "GET /sso#fragment HTTP/1.1",
        "GET ?x HTTP/1.1",
        "GET nopath HTTP/1.1",
        "GET * HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "GET http://panel.example/sso HTTP/1.1",
        "GET http://panel.example HTTP/1.1",
        "CONNECT panel.example:1 HTTP/1.1",
        "TRACE /sso HTTP/1.1",
    ] {
        let head = format!("{line}\r\nhost: panel.example\r\nconnection: close\r\n\r\n");
        both.agree(head.as_bytes());
    }
    for length in [1_000, 8_000, 60_000, 65_000] {
        let long = "x".repeat(length);
        both.ask("GET", &format!("/{long}"), &[], b"");
        both.ask("GET", &format!("/sso?{long}"), &[], b"");
        both.ask("DELETE", &format!("/users/{long}"), &[], b"");
        both.ask(
            "DELETE",
            &format!("/users/{}", "%41".repeat(length / 3)),
            &[],
            b"",
        );
        both.admin("DELETE", &format!("/api/v1/license/{long}"), b"");
        both.ask("GET", "/sso", &[("x", &long)], b"");
    }
}
