//! HTTP routes beside gRPC services, behind one engine layer.

use entitlements_tests::wire::{Response, exchange, request};
use tonic::Code;
use tonic_gated::engine::{FREE_KEY, TEAM_KEY};

use crate::server::{Server, client};

fn get(server: &Server, path: &str, key: &str) -> Response {
    let bearer = format!("Bearer {key}");
    let asked = request("GET", path, &[("authorization", &bearer)], b"");
    Response::read(&exchange(server.http_address(), &asked)).expect("an answer")
}

#[test]
fn routes_of_http_are_denied_as_http() {
    let server = Server::start();
    let shown = get(&server, "/plan", FREE_KEY);
    assert_eq!(shown.text(), r#"{"account":"corner-shop","plan":"free"}"#);
    assert_eq!(get(&server, "/export", TEAM_KEY).status, 200);
    let denied = get(&server, "/export", FREE_KEY);
    assert_eq!(
        (denied.status, denied.header("content-type")),
        (402, Some("application/problem+json"))
    );
    assert_eq!(denied.json()["code"], "LICENSE_REQUIRED");
    assert_eq!(denied.header("grpc-status"), None);
    let nobody = get(&server, "/export", "sk_nobody");
    assert_eq!(
        (nobody.status, &nobody.json()["code"]),
        (401, &"ACCOUNT_UNKNOWN".into())
    );
}

#[tokio::test]
async fn both_addresses_count_as_one() {
    let server = Server::start();
    let mut direct = client(&server.grpc, FREE_KEY).await;
    let mut beside = client(&server.http, FREE_KEY).await;
    direct.create("shop").await.unwrap();
    let status = beside.create("blog").await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
}
