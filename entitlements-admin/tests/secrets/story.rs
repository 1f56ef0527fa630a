use bytes::Bytes;
use entitlements_core::PeerAddress;
use entitlements_core::audit::AuditQuery;
use entitlements_core::license::{RevocationDraft, SigningKey};
use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use http::{Method, Request};
use serde_json::json;

use crate::client::{ADMIN, Client, OWNER};
use crate::log::Log;

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

const LIST: &str = "/account/ip-allowlist";

/// I9: a license comes, is renewed, revoked and goes; somebody errs on the way. What is said meanwhile, to whomever, has no key in it,
/// no list, and none of their three parts.
#[tokio::test]
async fn i9_no_answer_log_line_or_audit_record_of_a_story_holds_a_key() {
    let (log, _listening) = Log::listen();
    let vendor = SigningKey::generate().unwrap();
    let draft = RevocationDraft::new().license("lic-1");
    let list = draft.sign(&vendor, NOW).unwrap();
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.trusted_key(vendor.trusted_key().clone())
    });
    let client = Client::over(engine);
    let first = client.key("lic-1");
    let renewed = client
        .engine
        .key(|draft| draft.plan("enterprise").id("lic-1"));
    let foreign = TestVendor::new().key(&testing::catalog(), |draft| draft.plan("business"));
    let parts: Vec<_> = first.split('.').collect();
    let key = |key: &str| json!({ "key": key }).to_string();
    let range = |range: &str| json!({ "ip_range": range }).to_string();
    let mut said = Vec::new();
    for (method, path, body) in [
        (POST, "/license".to_owned(), key(&first)),
        (POST, "/license".into(), key(&first)),
        (POST, "/license".into(), key(&renewed)),
        (POST, LIST.into(), range(&first)),
        (POST, LIST.into(), range(parts[0])),
        (POST, LIST.into(), range(parts[1])),
        (POST, LIST.into(), range(parts[2])),
        (
            POST,
            LIST.into(),
            json!({ "ip_range": "192.0.2.0/24", "description": first }).to_string(),
        ),
        (POST, LIST.into(), json!({ &first: 1 }).to_string()),
        (POST, format!("{LIST}?force={first}"), range("192.0.2.0/24")),
        (POST, LIST.into(), range("192.0.2.0/24")),
        (PATCH, format!("{LIST}/{first}"), "{}".into()),
        (DELETE, format!("{LIST}/{first}"), String::new()),
        (GET, LIST.into(), String::new()),
        (POST, "/license".into(), key(&foreign)),
        (POST, "/license".into(), key(&first.replace('.', "\n."))),
        (POST, "/license".into(), key(&format!("{first}.{first}"))),
        (POST, "/license".into(), key(parts[0])),
        (POST, "/license".into(), key(parts[1])),
        (POST, "/license".into(), key(&list)),
        (POST, "/license".into(), json!({ &first: 1 }).to_string()),
        (DELETE, format!("/license/{first}"), String::new()),
        (DELETE, format!("/license/{}", parts[2]), String::new()),
        (POST, "/license/revocations".into(), key(&list)),
        (
            POST,
            "/license/revocations".into(),
            json!({ "list": first }).to_string(),
        ),
        (
            POST,
            "/license/revocations".into(),
            json!({ "list": list }).to_string(),
        ),
        (POST, "/license/revalidate".into(), key(&first)),
        (
            POST,
            "/accounts".into(),
            json!({ "id": "acme" }).to_string(),
        ),
        (
            DELETE,
            format!("/accounts/acme/addons/{first}"),
            String::new(),
        ),
        (GET, format!("/audit?license={first}"), String::new()),
        (
            GET,
            format!("/audit?{first}=1&since={first}"),
            String::new(),
        ),
        (GET, format!("/audit?before={first}"), String::new()),
        (GET, format!("/{first}"), String::new()),
        (GET, "/license".into(), String::new()),
        (GET, "/license/status".into(), String::new()),
        (GET, "/entitlements".into(), String::new()),
        (GET, "/plans".into(), String::new()),
        (GET, "/openapi.json".into(), String::new()),
        (DELETE, "/license".into(), String::new()),
        (GET, "/audit".into(), String::new()),
    ] {
        for authorization in [ADMIN, OWNER] {
            let mut request = Request::builder()
                .method(method.clone())
                .uri(&path)
                .header("authorization", authorization)
                .body(Bytes::copy_from_slice(body.as_bytes()))
                .unwrap();
            let peer = "192.0.2.7:4711".parse().unwrap();
            request.extensions_mut().insert(PeerAddress(peer));
            let (head, body) = client.api.handle(request).await.into_parts();
            let body = String::from_utf8(body.to_vec()).unwrap();
            said.push(format!("{method} answers {head:?} {body}"));
        }
    }
    let query = AuditQuery::default().limited_to(1000);
    let records = client.engine.audit().read(query).await.unwrap().records;
    let actions: Vec<_> = records.iter().map(|record| &*record.action).collect();
    for (action, times) in [
        ("license.activated", 1),
        ("license.renewed", 2),
        ("license.rejected", 5),
        ("license.deactivated", 1),
        ("revocations.applied", 1),
        ("revocations.rejected", 1),
        ("account.created", 1),
        ("allowlist.added", 1),
    ] {
        let found = actions.iter().filter(|known| **known == action).count();
        assert_eq!(found, times, "{action}: {actions:?}");
    }
    said.push(format!("{records:?}"));
    let text = log.text();
    assert_eq!(text.matches("message=audit\n").count(), records.len());
    said.push(text);
    let secrets = [&first, &renewed, &foreign, &list];
    for text in said {
        for secret in secrets.iter().flat_map(|secret| secret.split('.')) {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}
