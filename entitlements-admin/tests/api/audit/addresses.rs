//! M13: from where a change was made, as records say it.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use entitlements_admin::AdminApi;
use entitlements_core::PeerAddress;
use entitlements_core::client_address::{ClientAddress, ForwardedHeader, Peer, TrustedProxies};
use entitlements_core::testing::{self, TestEngine, TestVendor};
use http::Request;
use serde_json::{Value, json};

use crate::client::{ADMIN, Client};

/// The address of each record, the oldest first.
async fn addresses(client: &Client) -> Value {
    let records = client.audit().await;
    let addresses = records
        .iter()
        .map(|record| record["client_address"].clone());
    addresses.collect()
}

#[tokio::test]
async fn m13_records_have_the_clients_address() {
    let client = Client::unlicensed();
    let elsewhere: IpAddr = "203.0.113.9".parse().unwrap();
    let told = client.api.clone().peer(move |_| Peer::from(elsewhere));
    let on_a_socket = client.api.clone().peer(|_| Peer::UnixSocket);
    let send = async |api: &AdminApi, peer: Option<&str>| {
        let mut request = Request::post("/license")
            .header("authorization", ADMIN)
            .header("x-real-ip", "198.51.100.1")
            .body(Bytes::from_static(br#"{"key":"x"}"#))
            .unwrap();
        if let Some(peer) = peer {
            let peer: SocketAddr = peer.parse().unwrap();
            request.extensions_mut().insert(PeerAddress(peer));
        }
        assert_eq!(api.handle(request).await.status(), 422);
    };
    send(&client.api, None).await;
    send(&client.api, Some("192.0.2.7:4711")).await;
    send(&client.api, Some("[::ffff:192.0.2.7]:4711")).await;
    send(&client.api, Some("[2001:db8::1]:4711")).await;
    send(&client.api, Some("0.0.0.0:4711")).await;
    send(&told, Some("192.0.2.7:4711")).await;
    send(&on_a_socket, Some("192.0.2.7:4711")).await;
    let expected = json!([
        null,
        "192.0.2.7",
        "192.0.2.7",
        "2001:db8::1",
        null,
        "203.0.113.9",
        null
    ]);
    assert_eq!(addresses(&client).await, expected);
}

/// It is the engine that says whom to believe, as it does for gates (X1 to X10).
#[tokio::test]
async fn m13_behind_a_proxy_the_address_is_the_clients() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        let proxies = TrustedProxies::parse(["10.0.0.0/8"]).unwrap();
        builder.client_address(ClientAddress::new(
            proxies,
            ForwardedHeader::x_forwarded_for(),
        ))
    });
    let client = Client::over(engine);
    for (peer, lines) in [
        ("10.0.0.1:80", &["203.0.113.9, 10.0.0.2"][..]),
        ("10.0.0.1:80", &["192.0.2.1", "203.0.113.9"]),
        ("[::ffff:10.0.0.1]:80", &["::ffff:203.0.113.9"]),
        ("10.0.0.1:80", &[]),
        ("10.0.0.1:80", &["203.0.113.9, unknown"]),
        ("198.51.100.1:80", &["203.0.113.9"]),
    ] {
        let mut request = Request::post("/license")
            .header("authorization", ADMIN)
            .header("x-real-ip", "192.0.2.1")
            .header("forwarded", "for=192.0.2.1");
        for line in lines {
            request = request.header("x-forwarded-for", *line);
        }
        let body = Bytes::from_static(br#"{"key":"x"}"#);
        let mut request = request.body(body).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(PeerAddress(peer));
        assert_eq!(client.api.handle(request).await.status(), 422);
    }
    let clients = "203.0.113.9";
    let expected = json!([clients, clients, clients, null, null, "198.51.100.1"]);
    assert_eq!(addresses(&client).await, expected);
}
