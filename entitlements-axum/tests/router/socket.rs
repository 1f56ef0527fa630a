//! The management API nested under a prefix, over a real socket.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use entitlements_axum::{AccountId, BearerToken, FixedAccount, RequireFeature, admin};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{layer, on};

const ADMIN: &str = "admin-0123456789abcdef";

/// Serves an application with the API under `/internal/api/v1`; also a key for it.
async fn serve() -> (SocketAddr, String) {
    let engine = on("community");
    let key = engine.key(|draft| draft.plan("business").id("lic"));
    let guard = BearerToken::new(ADMIN).unwrap();
    let api = admin(
        engine.entitlements().clone(),
        guard.clone(),
        guard,
        FixedAccount(AccountId::LOCAL),
    );
    let app = Router::new()
        .route("/sso", get(async || "sso"))
        .route_layer(RequireFeature::new("sso"))
        .nest_service("/internal/api/v1", api)
        .layer(layer(&engine));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, key)
}

/// Sends a request as it is and reads until the server closes.
pub(crate) async fn raw(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that answers before it read everything may close on the rest.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

async fn send(address: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {ADMIN}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    raw(address, request.as_bytes()).await
}

pub(crate) fn has_status(answer: &str, status: u16) -> bool {
    answer.starts_with(&format!("HTTP/1.1 {status} "))
}

#[tokio::test]
async fn a_pasted_key_opens_the_gated_route() {
    let (address, key) = serve().await;
    assert!(has_status(&send(address, "GET", "/sso", "").await, 402));
    let body = format!("{{\"key\":\"{key}\"}}");
    let answer = send(address, "POST", "/internal/api/v1/license", &body).await;
    assert!(
        has_status(&answer, 200) || has_status(&answer, 201),
        "{answer}"
    );
    assert!(!answer.contains(&key));
    assert!(has_status(&send(address, "GET", "/sso", "").await, 200));
    let answer = send(address, "DELETE", "/internal/api/v1/license/lic", "").await;
    assert!(
        has_status(&answer, 204) || has_status(&answer, 200),
        "{answer}"
    );
    assert!(has_status(&send(address, "GET", "/sso", "").await, 402));
}

#[tokio::test]
async fn a_head_says_what_a_get_says_without_its_body() {
    let (address, _) = serve().await;
    for path in [
        "/internal/api/v1/license/status",
        "/sso",
        "/internal/api/v1/nothing",
    ] {
        let get = send(address, "GET", path, "").await;
        let head = send(address, "HEAD", path, "").await;
        let (get_head, get_body) = get.split_once("\r\n\r\n").unwrap();
        let (head_head, head_body) = head.split_once("\r\n\r\n").unwrap();
        assert_eq!(head_body, "", "{path}");
        assert!(!get_body.is_empty(), "{path}");
        let lines = |head: &str| {
            let mut lines: Vec<_> = head
                .lines()
                .filter(|line| !line.starts_with("date:"))
                .map(str::to_owned)
                .collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(lines(get_head), lines(head_head), "{path}");
    }
}

#[tokio::test]
async fn wrong_methods_and_paths_are_the_apis_own_problems() {
    let (address, _) = serve().await;
    let answer = send(address, "PUT", "/internal/api/v1/license/status", "").await;
    assert!(has_status(&answer, 405), "{answer}");
    assert!(answer.contains("allow: GET, HEAD, DELETE\r\n"), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    let answer = send(address, "GET", "/internal/api/v1/nothing", "").await;
    assert!(has_status(&answer, 404), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    // Beside the prefix there is nothing.
    assert!(has_status(
        &send(address, "GET", "/api/v1/license", "").await,
        404
    ));
    assert!(has_status(&send(address, "GET", "/license", "").await, 404));
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_however_they_come() {
    let (address, _) = serve().await;
    let path = "/internal/api/v1/license";
    let big = format!("{{\"key\":\"{}\"}}", "a".repeat(70 * 1024));
    let answer = send(address, "POST", path, &big).await;
    assert!(has_status(&answer, 413), "{answer}");
    // In chunks nobody announces the length.
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {ADMIN}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let chunk = format!("400\r\n{}\r\n", "a".repeat(0x400));
    let request = [head, chunk.repeat(70), "0\r\n\r\n".to_owned()].concat();
    let answer = raw(address, request.as_bytes()).await;
    assert!(has_status(&answer, 413), "{answer}");
}

#[tokio::test]
async fn strangers_and_gates_get_different_answers() {
    let (address, _) = serve().await;
    let stranger = "GET /internal/api/v1/license HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = raw(address, stranger.as_bytes()).await;
    assert!(has_status(&answer, 401), "{answer}");
    assert!(answer.contains("www-authenticate: Bearer"), "{answer}");
}

/// What anyone may read: with a tag, and without credentials.
async fn assert_public(address: SocketAddr, path: &str, part: &str) {
    let ask = async |more: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{more}\r\n");
        raw(address, request.as_bytes()).await
    };
    let answer = ask("").await;
    assert!(
        has_status(&answer, 200) && answer.contains(part),
        "{answer}"
    );
    assert!(
        answer.contains("cache-control: public, max-age=300\r\n"),
        "{answer}"
    );
    let tag = answer.lines().find(|line| line.starts_with("etag: "));
    let tag = tag.unwrap().replace("etag", "if-none-match");
    let answer = ask(&format!("{tag}\r\n")).await;
    assert!(
        has_status(&answer, 304) && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn all_kinds_of_routes_are_reached_and_records_say_from_where() {
    let (address, key) = serve().await;
    assert_public(address, "/internal/api/v1/plans", "\"code\":\"business\"").await;
    assert_public(
        address,
        "/internal/api/v1/openapi.json",
        "\"openapi\":\"3.1.0\"",
    )
    .await;
    let body = format!("{{\"key\":\"{key}\"}}");
    let path = "/internal/api/v1/license";
    assert!(has_status(&send(address, "POST", path, &body).await, 200));
    let path = "/internal/api/v1/license/revalidate";
    let answer = send(address, "POST", path, "").await;
    assert!(has_status(&answer, 200), "{answer}");
    assert!(answer.contains("\"status\":\"active\""), "{answer}");
    let path = "/internal/api/v1/audit?action=license.activated&limit=1";
    let audit = send(address, "GET", path, "").await;
    assert!(has_status(&audit, 200), "{audit}");
    for part in [
        "\"license\":\"lic\"",
        "\"plan\":\"business\"",
        "\"client_address\":\"127.0.0.1\"",
        "\"next\":null",
    ] {
        assert!(audit.contains(part), "{part} is not in {audit}");
    }
    assert!(key.split('.').all(|part| !audit.contains(part)), "{audit}");
}
