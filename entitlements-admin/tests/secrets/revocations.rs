use entitlements_core::license::{RevocationDraft, SigningKey};
use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use http::Method;
use serde_json::json;

use crate::client::{ADMIN, Client, OWNER};
use crate::log::Log;

#[tokio::test]
async fn no_list_is_ever_sent_back_or_logged() {
    let (log, _listening) = Log::listen();
    let vendor = SigningKey::generate().unwrap();
    let draft = RevocationDraft::new().license("lic-1");
    let [good, managed] = [0, 1].map(|ago| {
        let ago = std::time::Duration::from_secs(ago);
        draft
            .clone()
            .sign(&vendor, NOW.saturating_sub(ago))
            .unwrap()
    });
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        let builder = builder.trusted_key(vendor.trusted_key().clone());
        builder
            .revocations(format!("{managed}x"))
            .revocations(&managed)
    });
    let client = Client::over(engine);
    let key = client.key("lic-1");
    let bodies = [
        json!({ "list": good }).to_string(),
        json!({ "list": good }).to_string(),
        json!({ "list": format!("{good}x") }).to_string(),
        json!({ "list": key }).to_string(),
        json!({ "list": [good] }).to_string(),
        json!({ &good: good, "list": good }).to_string(),
        json!(good).to_string(),
        format!("{{\"list\":\"{good}\""),
        good.clone(),
    ];
    let mut said = Vec::new();
    for body in bodies {
        for authorization in [ADMIN, OWNER, ""] {
            let headers = [("authorization", authorization)];
            let path = "/license/revocations";
            let answer = client.send(Method::POST, path, &headers, &body).await;
            said.push(format!("{answer:?}"));
        }
    }
    said.push(format!("{:?}", client.activate(&key).await));
    for path in ["/license", "/license/status", "/entitlements"] {
        said.push(format!("{:?}", client.get(path).await));
    }
    // The log was listened to: it says who did what.
    assert!(log.text().contains("by=\"admin\""), "{}", log.text());
    said.push(log.text());
    for text in said {
        for token in [&good, &managed, &key] {
            for part in token.split('.').skip(1) {
                assert!(!text.contains(&part[..20]), "a part of a list is in {text}");
            }
        }
    }
}
