//! An account's list, changed through the API and asked by a gate, over a real socket and behind a proxy.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::{ServerHandle, Service};
use actix_web::{App, HttpMessage, HttpServer, web};
use entitlements_actix::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
use entitlements_actix::testing::{self, TestEngine, TestVendor};
use entitlements_actix::{
    AccountId, AdminService, BearerToken, FixedAccount, IpAllowlist, PeerAddress, admin,
};

use crate::sockets::{has_status, raw};
use crate::{ask, layer, to};

const OWNER: &str = "owner-0123456789abcdef";
const PATH: &str = "/api/v1/account/ip-allowlist";

/// Whoever connects over the loopback interface is a proxy.
fn engine() -> TestEngine {
    let (catalog, vendor) = (testing::catalog(), TestVendor::new());
    let key = vendor.key(&catalog, |draft| draft.plan("business"));
    let (engine, _upkeep) = TestEngine::build(catalog, vendor, |builder| {
        let proxies = TrustedProxies::parse(["127.0.0.0/8"]).unwrap();
        let client = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
        builder.license_key(key).client_address(client)
    });
    engine
}

fn api(engine: &TestEngine) -> AdminService {
    let guard = BearerToken::new(OWNER).unwrap().named("ann");
    let account = FixedAccount(AccountId::LOCAL);
    admin(engine.entitlements().clone(), guard.clone(), guard, account)
}

fn serve(engine: &TestEngine) -> (SocketAddr, ServerHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (layer, api) = (layer(engine), api(engine));
    let server = HttpServer::new(move || {
        let office = web::get().to(async || "office");
        App::new()
            .route("/office", office.wrap(IpAllowlist::per_account()))
            .service(web::scope("/api/v1").service(api.clone()))
            .wrap(layer.clone())
    });
    let server = server.workers(2).disable_signals();
    let server = server.listen(listener).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (address, handle)
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

#[actix_web::test]
async fn a_list_counts_from_the_next_request_on_by_one_address_everywhere() {
    let engine = engine();
    let (to, server) = serve(&engine);
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
    server.stop(false).await;
}

/// Whoever knows better than the server who is at the other end says so in the request's extensions.
#[actix_web::test]
async fn a_peer_that_is_put_into_the_extensions_comes_first() {
    let engine = engine();
    for (address, status) in [("198.51.100.9:1", 422), ("192.0.2.7:1", 201)] {
        let peer: SocketAddr = address.parse().unwrap();
        let app = App::new()
            .service(web::scope("/api/v1").service(api(&engine)))
            .wrap_fn(move |request, next| {
                request.extensions_mut().insert(PeerAddress(peer));
                next.call(request)
            });
        let app = actix_web::test::init_service(app).await;
        let request = to("POST", PATH)
            .peer_addr("127.0.0.1:80".parse().unwrap())
            .insert_header(("authorization", format!("Bearer {OWNER}")))
            .insert_header(("x-forwarded-for", "192.0.2.7"))
            .set_payload(r#"{"ip_range":"192.0.2.0/24"}"#);
        let answer = ask(&app, request).await;
        assert_eq!(answer.status, status, "{address}: {}", answer.body);
    }
}
