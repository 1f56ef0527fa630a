//! Methods, unknown paths and credentials.

use tempfile::tempdir;

use super::PROGRAM;

const ROUTES: [(&str, &str); 17] = [
    ("/", "GET, HEAD"),
    ("/ping", "GET, HEAD"),
    ("/office", "GET, HEAD"),
    ("/sso", "GET, HEAD"),
    ("/audit", "GET, HEAD"),
    ("/users", "GET, HEAD, POST"),
    ("/users/1", "DELETE"),
    ("/api/v1/license", "GET, HEAD, POST, DELETE"),
    ("/api/v1/license/status", "GET, HEAD, DELETE"),
    ("/api/v1/entitlements", "GET, HEAD"),
    ("/api/v1/entitlements/explain", "GET, HEAD"),
    ("/api/v1/entitlements/downgrade-preview", "GET, HEAD"),
    ("/api/v1/account/ip-allowlist", "GET, HEAD, POST"),
    ("/api/v1/accounts", "GET, HEAD, POST"),
    ("/api/v1/accounts/acme/overrides", "GET, HEAD, POST"),
    ("/api/v1/accounts/acme/overrides/x", "DELETE"),
    ("/api/v1/accounts/acme/explain", "GET, HEAD"),
];

#[test]
fn a_method_that_a_path_lacks_is_405_with_those_it_has() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    for (path, allowed) in ROUTES {
        for method in ["OPTIONS", "PATCH", "PUT", "TRACE", "BREW", "get"] {
            let answer = server.send(method, path, &[], b"");
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
            assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
            assert_eq!(answer.json()["code"], "METHOD_NOT_ALLOWED");
        }
    }
}

#[test]
fn head_is_get_without_the_body() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    for (path, allowed) in ROUTES {
        if !allowed.contains("HEAD") {
            continue;
        }
        let (get, head) = (server.get(path), server.send("HEAD", path, &[], b""));
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        for name in ["content-type", "content-length", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
}

#[test]
fn what_is_not_there_is_404() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let paths = [
        "/nope",
        "/SSO",
        "/sso/",
        "//sso",
        "/sso/../sso",
        "/%2e%2e/sso",
        "/sso%00",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/licenses",
        "/api/v2/license",
        "/users/1/2",
    ];
    for path in paths {
        for method in ["GET", "DELETE", "POST"] {
            let answer = server.send(method, path, &[], b"");
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
            assert_eq!(answer.json()["code"], "NOT_FOUND", "{method} {path}");
        }
    }
}

#[test]
fn without_the_token_licenses_are_nobodys_business() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let token = server.token();
    let headers = [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        format!("Basic {token}"),
        token.clone(),
        format!("Bearer {}", &token[1..]),
        format!("Bearer {token}x"),
        format!("Bearer {token} {token}"),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer {}", "x".repeat(8000)),
    ];
    let routes = [
        ("GET", "/api/v1/license"),
        ("POST", "/api/v1/license"),
        ("DELETE", "/api/v1/license"),
        ("DELETE", "/api/v1/license/x"),
        ("GET", "/api/v1/license/status"),
        ("GET", "/api/v1/accounts"),
        ("POST", "/api/v1/accounts"),
        ("PATCH", "/api/v1/accounts/local"),
        ("GET", "/api/v1/entitlements/explain"),
    ];
    for (method, path) in routes {
        for header in &headers {
            let answer = server.send(method, path, &[("authorization", header)], b"");
            assert_eq!(answer.status, 401, "{method} {path} {header}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        let bearer = format!("Bearer {token}");
        let twice = [
            ("authorization", bearer.as_str()),
            ("authorization", "Bearer x"),
        ];
        assert_eq!(server.send(method, path, &twice, b"").status, 401);
    }
    assert_eq!(server.get("/api/v1/entitlements").status, 200);
}
