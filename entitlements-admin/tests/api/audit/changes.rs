//! M13: what changes leave behind.

use std::sync::Arc;

use bytes::Bytes;
use entitlements_core::Reply;
use entitlements_core::audit::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use entitlements_core::license::{RevocationDraft, SigningKey};
use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use http::{Method, Request};
use serde_json::{Value, json};

use super::{POST, detail};
use crate::client::{ADMIN, Client};

const DELETE: Method = Method::DELETE;
const PATCH: Method = Method::PATCH;
const PUT: Method = Method::PUT;

#[tokio::test]
async fn m13_each_change_leaves_one_record_and_what_changes_nothing_none() {
    let vendor = SigningKey::generate().unwrap();
    let draft = RevocationDraft::new().license("lic-9");
    let list = draft.sign(&vendor, NOW).unwrap();
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.trusted_key(vendor.trusted_key().clone())
    });
    let client = Client::over(engine);
    let key = json!({ "key": client.key("lic-1") }).to_string();
    let later = client
        .engine
        .key(|draft| draft.plan("enterprise").id("lic-1"));
    let later = json!({ "key": later }).to_string();
    let list = json!({ "list": list }).to_string();
    let acme = r#"{"id":"acme","name":"Acme","plan":"business"}"#;
    let add = r#"{"limit":"users","value":20,"reason":"asked for"}"#;
    for (method, path, body, status, action, about) in [
        (
            POST,
            "/license",
            &*key,
            200,
            "license.activated",
            ["lic-1", "business", ""],
        ),
        (POST, "/license", &key, 200, "", ["", "", ""]),
        (
            POST,
            "/license",
            &later,
            200,
            "license.renewed",
            ["lic-1", "enterprise", ""],
        ),
        (
            POST,
            "/license",
            r#"{"key":"x"}"#,
            422,
            "license.rejected",
            ["", "", ""],
        ),
        (
            POST,
            "/license",
            r#"{"key":""}"#,
            422,
            "license.rejected",
            ["", "", ""],
        ),
        (POST, "/license", r#"{"kez":"x"}"#, 422, "", ["", "", ""]),
        (POST, "/license", "{", 400, "", ["", "", ""]),
        (DELETE, "/license/lic-2", "", 404, "", ["", "", ""]),
        (
            DELETE,
            "/license/lic-1",
            "",
            204,
            "license.deactivated",
            ["lic-1", "enterprise", ""],
        ),
        (DELETE, "/license/lic-1", "", 404, "", ["", "", ""]),
        (DELETE, "/license", "", 204, "", ["", "", ""]),
        (
            POST,
            "/license",
            &key,
            200,
            "license.activated",
            ["lic-1", "business", ""],
        ),
        (
            DELETE,
            "/license",
            "",
            204,
            "license.deactivated",
            ["lic-1", "business", ""],
        ),
        (
            POST,
            "/license/revocations",
            &list,
            200,
            "revocations.applied",
            ["", "", ""],
        ),
        (POST, "/license/revocations", &list, 200, "", ["", "", ""]),
        (
            POST,
            "/license/revocations",
            r#"{"list":"x"}"#,
            422,
            "revocations.rejected",
            ["", "", ""],
        ),
        (
            POST,
            "/accounts",
            acme,
            201,
            "account.created",
            ["", "business", "acme"],
        ),
        (POST, "/accounts", acme, 409, "", ["", "", ""]),
        (
            PATCH,
            "/accounts/acme",
            r#"{"name":"Acme","plan":"business"}"#,
            200,
            "",
            ["", "", ""],
        ),
        (
            PATCH,
            "/accounts/acme",
            r#"{"plan":"nonsense"}"#,
            422,
            "",
            ["", "", ""],
        ),
        (
            PATCH,
            "/accounts/acme",
            r#"{"plan":"enterprise"}"#,
            200,
            "account.changed",
            ["", "enterprise", "acme"],
        ),
        (
            PATCH,
            "/accounts/beta",
            r#"{"plan":"enterprise"}"#,
            404,
            "",
            ["", "", ""],
        ),
        (
            POST,
            "/accounts/acme/overrides",
            add,
            201,
            "override.added",
            ["", "", "acme"],
        ),
        (
            DELETE,
            "/accounts/acme/overrides/x",
            "",
            404,
            "",
            ["", "", ""],
        ),
        (GET_ALL, "/license", "", 200, "", ["", "", ""]),
    ] {
        let before = client.audit().await.len();
        let answer = client.admin(method.clone(), path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        let records = client.audit().await.split_off(before);
        if action.is_empty() {
            assert!(records.is_empty(), "{method} {path} {body}: {records:?}");
            continue;
        }
        let [record] = &records[..] else {
            panic!("{method} {path} {body}: {records:?}")
        };
        let [license, plan, account] = about;
        for (member, expected) in [
            ("action", action),
            ("actor", "admin"),
            ("license", license),
            ("plan", plan),
            ("account", account),
        ] {
            assert_eq!(
                record[member].as_str().unwrap_or_default(),
                expected,
                "{record}"
            );
        }
        let refused = action.ends_with(".rejected");
        let outcome = if refused { "refused" } else { "accepted" };
        assert_eq!(record["outcome"], outcome, "{record}");
        assert_eq!(record["at"], NOW.to_string());
        let reason = refused.then(|| answer.json()["reason"].clone());
        assert_eq!(
            detail(record, "reason").map(Value::from),
            reason,
            "{record}"
        );
    }
}

const GET_ALL: Method = Method::GET;

#[tokio::test]
async fn m13_overrides_and_addons_are_recorded_with_what_they_are() {
    let catalog = entitlements_core::Catalog::from_toml(
        r#"
        schema = 1
        [product]
        name = "Panel"
        default_plan = "business"
        [features.cmek]
        [rates.api]
        [plans.business]
        [addons.regulated]
        features = ["cmek"]
        "#,
    );
    let client = Client::over(testing::without_license(Arc::new(catalog.unwrap())));
    client.admin(POST, "/accounts", r#"{"id":"acme"}"#).await;
    let body = r#"{"rate":"api","requests":5,"per":"1m","ends_at":"2027-01-01T00:00:00Z"}"#;
    let made = client.admin(POST, "/accounts/acme/overrides", body).await;
    let made = made.json()["id"].as_str().unwrap().to_owned();
    let addon = "/accounts/acme/addons/regulated";
    for (method, path) in [
        (PUT, addon),
        (PUT, addon),
        (DELETE, addon),
        (DELETE, addon),
        (DELETE, &format!("/accounts/acme/overrides/{made}")),
    ] {
        client.admin(method, path, "").await.assert_no_content();
    }
    let records = client.audit().await;
    let actions: Vec<_> = records
        .iter()
        .map(|record| record["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "account.created",
            "override.added",
            "addon.added",
            "addon.removed",
            "override.removed"
        ]
    );
    assert!(records.iter().all(|record| record["account"] == "acme"));
    for (name, value) in [
        ("override", &*made),
        ("rate", "api"),
        ("requests", "5"),
        ("per", "1m"),
        ("burst", "5"),
        ("ends_at", "2027-01-01T00:00:00Z"),
    ] {
        assert_eq!(detail(&records[1], name), Some(value));
    }
    assert_eq!(detail(&records[2], "addon"), Some("regulated"));
    assert_eq!(detail(&records[4], "override"), Some(&*made));
}

/// A sink that is out of order.
#[derive(Debug)]
struct Broken;

impl AuditSink for Broken {
    fn record(&self, _: AuditRecord) -> Reply<Result<(), AuditError>> {
        Reply::later(async { Err(AuditError::new("the disk is full")) })
    }

    fn read(&self, _: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        Reply::Now(Err(AuditError::new("the disk is full")))
    }
}

#[tokio::test]
async fn m13_a_sink_that_fails_undoes_no_change() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.audit(Broken)
    });
    let client = Client::over(engine);
    let key = client.key("lic-1");
    client.activate(&key).await.assert_json();
    assert_eq!(client.get("/license").await.json()["status"], "active");
    let answer = client.admin(POST, "/accounts", r#"{"id":"acme"}"#).await;
    assert_eq!(answer.status, 201);
    client.delete("/license/lic-1").await.assert_no_content();
    assert_eq!(client.get("/license").await.json()["status"], "unlicensed");
    let unread = client.get("/audit").await;
    unread.assert_problem(503, "ENTITLEMENTS_UNAVAILABLE");
}

/// Whoever adds the records up comes to what is held.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m13_racing_changes_leave_one_record_each() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.data_dir(folder.path())
    });
    let client = Client::over(engine);
    let key = json!({ "key": client.key("lic-1") }).to_string();
    let race = async |calls: &[(Method, &str, &str)]| {
        let calls = (0..64)
            .zip(calls.iter().cycle())
            .map(|(_, (method, path, body))| {
                let api = client.api.clone();
                let request = Request::builder().method(method).uri(*path);
                let request = request.header("authorization", ADMIN);
                let request = request.body(Bytes::copy_from_slice(body.as_bytes()));
                tokio::spawn(async move { api.handle(request.unwrap()).await.status() })
            });
        let mut statuses = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            statuses.push(call.await.unwrap().as_u16());
        }
        statuses
    };
    let count = |records: &[Value], action: &str| {
        records
            .iter()
            .filter(|record| record["action"] == action)
            .count()
    };

    let statuses = race(&[(POST, "/license", &key)]).await;
    assert_eq!(statuses, [200; 64]);
    let records = client.audit().await;
    assert_eq!(
        (records.len(), count(&records, "license.activated")),
        (1, 1)
    );

    let both = [(DELETE, "/license/lic-1", ""), (POST, "/license", &*key)];
    let statuses = race(&both).await;
    let gone = statuses.iter().filter(|status| **status == 204).count();
    let records = client.audit().await;
    assert_eq!(count(&records, "license.deactivated"), gone);
    let is_held = client.get("/license").await.json()["status"] == "active";
    assert_eq!(
        count(&records, "license.activated"),
        gone + usize::from(is_held)
    );
}
