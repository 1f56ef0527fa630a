//! An account's list, changed through the API and asked by a gate, over a real socket and behind a proxy.

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use entitlements_axum::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
use entitlements_axum::testing::{self, TestEngine, TestVendor};
use entitlements_axum::{AccountId, BearerToken, FixedAccount, IpAllowlist, admin};
use tokio::net::TcpListener;

use crate::layer;
use crate::socket::{has_status, raw};

const OWNER: &str = "owner-0123456789abcdef";
const PATH: &str = "/api/v1/account/ip-allowlist";

/// Whoever connects over the loopback interface is a proxy; without `told` no peer is known at all.
async fn serve(told: bool) -> SocketAddr {
    let (catalog, vendor) = (testing::catalog(), TestVendor::new());
    let key = vendor.key(&catalog, |draft| draft.plan("business"));
    let (engine, _upkeep) = TestEngine::build(catalog, vendor, |builder| {
        let proxies = TrustedProxies::parse(["127.0.0.0/8"]).unwrap();
        let client = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
        builder.license_key(key).client_address(client)
    });
    let guard = BearerToken::new(OWNER).unwrap().named("ann");
    let api = admin(
        engine.entitlements().clone(),
        guard.clone(),
        guard,
        FixedAccount(AccountId::LOCAL),
    );
    let app = Router::new()
        .route("/office", get(async || "office"))
        .route_layer(IpAllowlist::per_account())
        .nest_service("/api/v1", api)
        .layer(layer(&engine));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        // The engine is there as long as the server is.
        let _engine = engine;
        if told {
            let app = app.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, app).await
        } else {
            axum::serve(listener, app).await
        }
    });
    address
}

/// With these lines of headers, each of which ends in CRLF.
async fn send(to: SocketAddr, lines: &str, method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {OWNER}\r\n{lines}\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    raw(to, request.as_bytes()).await
}

fn id_of(answer: &str) -> String {
    let (_, rest) = answer.split_once("\"id\":\"").expect(answer);
    rest.split('"').next().unwrap().to_owned()
}

const DESK: &str = "x-forwarded-for: 192.0.2.7\r\n";
const AWAY: &str = "x-forwarded-for: 198.51.100.9\r\n";
/// Sent by who is away, with a line of their own before the proxy's.
const SPOOFED: &str = "x-forwarded-for: 192.0.2.7\r\nforwarded: for=192.0.2.7\r\nx-real-ip: 192.0.2.7\r\n\
                       x-forwarded-for: 198.51.100.9\r\n";

#[tokio::test]
async fn a_list_counts_from_the_next_request_on_by_one_address_everywhere() {
    let to = serve(true).await;
    let office = r#"{"ip_range":"192.0.2.0/24","description":"office"}"#;
    assert!(has_status(&send(to, AWAY, "GET", "/office", "").await, 200));
    // Whoever is away would lock themselves out, whatever they say of themselves.
    for lines in [AWAY, SPOOFED, "", "x-forwarded-for: unknown\r\n"] {
        let answer = send(to, lines, "POST", PATH, office).await;
        assert!(has_status(&answer, 422), "{lines}: {answer}");
        assert!(answer.contains("\"field\":\"force\""), "{answer}");
    }
    let answer = send(to, DESK, "POST", PATH, office).await;
    assert!(has_status(&answer, 201), "{answer}");
    let entry = format!("{PATH}/{}", id_of(&answer));
    let location = format!("location: ip-allowlist/{}\r\n", id_of(&answer));
    assert!(answer.contains(&location), "{answer}");
    for (lines, status) in [(DESK, 200), (AWAY, 403), (SPOOFED, 403), ("", 403)] {
        let answer = send(to, lines, "GET", "/office", "").await;
        assert!(has_status(&answer, status), "{lines}: {answer}");
    }
    let answer = send(to, DESK, "DELETE", &format!("{entry}?force=yes"), "").await;
    assert!(has_status(&answer, 422), "{answer}");
    let off = r#"{"is_active":false}"#;
    let answer = send(to, AWAY, "PATCH", &entry, off).await;
    assert!(has_status(&answer, 200) && answer.contains("\"is_active\":false"));
    assert!(has_status(&send(to, AWAY, "GET", "/office", "").await, 200));
    let on = r#"{"is_active":true}"#;
    let forced = format!("{entry}?force=true");
    let answer = send(to, SPOOFED, "PATCH", &forced, on).await;
    assert!(has_status(&answer, 200), "{answer}");
    assert!(has_status(&send(to, AWAY, "GET", "/office", "").await, 403));
    assert!(has_status(&send(to, AWAY, "DELETE", &entry, "").await, 204));
    assert!(has_status(&send(to, AWAY, "GET", "/office", "").await, 200));

    let audit = send(to, "", "GET", "/api/v1/audit", "").await;
    let of = |address: &str| {
        let member = format!("\"client_address\":\"{address}\"");
        audit.matches(&member).count()
    };
    assert_eq!((of("192.0.2.7"), of("198.51.100.9")), (1, 3), "{audit}");
    let forced = "{\"name\":\"forced\",\"value\":\"true\"}";
    assert_eq!(audit.matches(forced).count(), 1, "{audit}");
    assert_eq!(audit.matches("\"actor\":\"ann\"").count(), 4, "{audit}");
}

/// A server that does not say who is at the other end: then nobody knows whom a list would lock out.
#[tokio::test]
async fn without_a_peer_nothing_is_narrowed_unless_it_is_forced() {
    let to = serve(false).await;
    let office = r#"{"ip_range":"192.0.2.0/24"}"#;
    let answer = send(to, DESK, "POST", PATH, office).await;
    assert!(has_status(&answer, 422), "{answer}");
    assert!(answer.contains("is not known"), "{answer}");
    let forced = format!("{PATH}?force=true");
    let answer = send(to, DESK, "POST", &forced, office).await;
    assert!(has_status(&answer, 201), "{answer}");
    assert!(has_status(&send(to, DESK, "GET", "/office", "").await, 403));
    let audit = send(to, "", "GET", "/api/v1/audit", "").await;
    assert!(audit.contains("\"client_address\":null"), "{audit}");
}
