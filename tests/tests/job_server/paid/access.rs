//! Who may do what, and who did it: `tenancy`, `auth`, `rbac`, `audit`.

use entitlements_core::license::SigningKey;
use entitlements_core::strict::base64url;
use entitlements_tests::root;
use serde_json::{Value, json};
use tempfile::tempdir;

use super::licensed;
use crate::server::{SOME_DAY, Start, succeeded};
use crate::vendor::key;

#[test]
fn tenancy_keeps_namespaces_apart() {
    let (_folder, server) = licensed();
    let enqueue = "POST /queues/mail/jobs";
    let unknown = server.send_in("blue", enqueue, &json!({ "payload": 1 }));
    assert_eq!(unknown.status, 404);
    server.ok("POST /namespaces", &json!({ "name": "blue" }));
    let added = server.send_in("blue", enqueue, &json!({ "payload": 1 }));
    let id = succeeded(enqueue, &added)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(server.fetch("mail"), None);
    assert_eq!(
        server.send(&format!("GET /jobs/{id}"), &Value::Null).status,
        404
    );
    let made = server.send_in(
        "blue",
        "POST /api-keys",
        &json!({ "name": "b", "role": "admin" }),
    );
    let blue = succeeded("key", &made)["key"].as_str().unwrap().to_owned();
    assert_eq!(
        server
            .send_as(&blue, enqueue, &json!({ "payload": 1 }))
            .status,
        403
    );
    let bearer = format!("Bearer {blue}");
    let headers = [("authorization", bearer.as_str()), ("x-namespace", "blue")];
    assert_eq!(
        server
            .send_with(enqueue, &headers, &json!({ "payload": 1 }))
            .status,
        201
    );
    assert_eq!(
        server
            .send_with("POST /namespaces", &headers, &json!({ "name": "red" }))
            .status,
        403
    );
    assert_eq!(
        server
            .send_with("PUT /encryption", &headers, &Value::Null)
            .status,
        403
    );
}

#[test]
fn sso_takes_the_tokens_of_the_provider_and_no_others() {
    let (_folder, server) = licensed();
    let provider = |name: &str| {
        SigningKey::from_file(root().join(format!("tests/vectors/keys/{name}.private.pem")))
            .unwrap()
    };
    let token = |key: &SigningKey, header: Value, claims: &Value| {
        let part = |json: &Value| base64url::encode(json.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(claims));
        format!(
            "{signed}.{}",
            base64url::encode(&key.sign(signed.as_bytes()))
        )
    };
    let vendor = provider("vendor");
    let x = ed25519_of(&vendor);
    let settings = json!({ "issuer": "https://id.example", "audience": "jobs", "x": x });
    let claims = json!({ "iss": "https://id.example", "aud": "jobs", "sub": "ada", "exp": 1_893_456_000_i64, "role": "worker", "queues": ["mail-*"] });
    let good = token(&vendor, json!({ "alg": "EdDSA" }), &claims);
    let status = |token: &str, queue: &str| {
        let route = format!("POST /queues/{queue}/jobs");
        server
            .send_as(token, &route, &json!({ "payload": 1 }))
            .status
    };
    assert_eq!(status(&good, "mail-eu"), 401);
    server.ok("PUT /sso", &settings);
    assert_eq!(status(&good, "mail-eu"), 201);
    assert_eq!(status(&good, "reports"), 403);
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        token(&vendor, json!({ "alg": "EdDSA" }), &claims)
    };
    for wrong in [
        token(&provider("stranger"), json!({ "alg": "EdDSA" }), &claims),
        token(&vendor, json!({ "alg": "none" }), &claims),
        with("iss", json!("https://other.example")),
        with("aud", json!("other")),
        with("exp", json!(1_800_000_000)),
        good.replace('.', ".."),
    ] {
        assert_eq!(status(&wrong, "mail-eu"), 401);
    }
    // Without the license the provider is nobody, and API keys still work.
    server.ok("DELETE /api/v1/license", &Value::Null);
    assert_eq!(status(&good, "mail-eu"), 401);
}

/// Member `x` of the key's JWK: the last 32 bytes of its public half.
fn ed25519_of(key: &SigningKey) -> String {
    let pem = key.public_key_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64url::decode(
        &body
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_"),
    )
    .unwrap();
    base64url::encode(&der[der.len() - 32..])
}

#[test]
fn grants_bind_per_namespace_and_queue_also_without_the_license() {
    let (_folder, server) = licensed();
    let made = server.ok(
        "POST /api-keys",
        &json!({ "name": "billing", "role": "admin" }),
    );
    let key = made["key"].as_str().unwrap();
    let status = |route: &str| server.send_as(key, route, &json!({ "payload": 1 })).status;
    assert_eq!(status("POST /queues/mail/jobs"), 201);
    let grant = json!({ "subject": "billing", "namespace": "default", "queue": "invoices", "role": "worker" });
    let made = server.ok("POST /grants", &grant);
    let bound = || {
        assert_eq!(status("POST /queues/mail/jobs"), 403);
        assert_eq!(status("POST /queues/invoices/jobs"), 201);
        assert_eq!(status("POST /queues/invoices/pause"), 403);
    };
    bound();
    server.ok("DELETE /api/v1/license", &Value::Null);
    bound();
    server.ok(
        &format!("DELETE /grants/{}", made["id"].as_str().unwrap()),
        &Value::Null,
    );
    assert_eq!(status("POST /queues/mail/jobs"), 201);
}

#[test]
fn the_audit_log_says_who_did_what_and_what_became_of_it() {
    let folder = tempdir().unwrap();
    let server = Start::at(SOME_DAY, folder.path()).serve();
    server.enqueue("mail", &json!({ "payload": 1 }));
    assert_eq!(server.get("/audit"), json!([]));
    server.activate(&key(5));
    let job = server.enqueue("mail", &json!({ "payload": 1 }));
    let id = job["id"].as_str().unwrap();
    server.ok(&format!("POST /jobs/{id}/cancel"), &Value::Null);
    server.send(&format!("POST /jobs/{id}/cancel"), &Value::Null);
    let exported = server.send("GET /audit/export", &Value::Null).text();
    let entries: Vec<Value> = exported
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                entry["action"].as_str().unwrap(),
                entry["outcome"].as_u64().unwrap(),
            )
        })
        .collect();
    let cancel = "POST /jobs/{id}/cancel";
    assert_eq!(
        told,
        [
            ("POST /queues/{queue}/jobs", 201),
            (cancel, 200),
            (cancel, 409)
        ]
    );
    assert_eq!(entries[1]["actor"], "operator");
    assert_eq!(entries[1]["target"], format!("/jobs/{id}/cancel"));
    // What was recorded stays readable; nothing more is recorded.
    server.ok("DELETE /api/v1/license", &Value::Null);
    server.enqueue("mail", &json!({ "payload": 1 }));
    assert_eq!(server.get("/audit"), json!(entries));
}
