//! M8: revocation lists over the API, and what the other routes then show.

use entitlements_admin::{Access, AdminApi, MAX_BODY_BYTES};
use entitlements_core::license::{LicenseDraft, LicenseIssuer, RevocationDraft, SigningKey};
use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use entitlements_core::{AccountId, EntitlementsBuilder};
use http::request::Parts;
use http::{Method, Request};
use serde_json::json;

use crate::client::{ADMIN, Answer, Client, OWNER};

const PATH: &str = "/license/revocations";

/// The API over an engine of the deployment `eu-1`, and whoever signs keys and lists for it.
struct Panel {
    vendor: SigningKey,
    client: Client,
}

impl Panel {
    fn new() -> Self {
        Self::with(|builder, _| builder)
    }

    fn with(say: impl FnOnce(EntitlementsBuilder, &SigningKey) -> EntitlementsBuilder) -> Self {
        let vendor = SigningKey::generate().unwrap();
        let (engine, _upkeep) =
            TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
                let builder = builder.trusted_key(vendor.trusted_key().clone());
                say(builder.deployment_id("eu-1"), &vendor)
            });
        let client = Client::over(engine);
        Self { vendor, client }
    }

    fn key(&self, say: impl FnOnce(LicenseDraft) -> LicenseDraft) -> String {
        key(&self.vendor, say)
    }

    async fn activate(&self, id: &str) {
        let key = self.key(|draft| draft.id(id));
        self.client.activate(&key).await.assert_json();
    }

    /// A list of licenses that was issued so many seconds before now.
    fn list(&self, seconds_ago: u64, ids: &[&str]) -> String {
        let add = |draft: RevocationDraft, id: &&str| draft.license(*id);
        let draft = ids.iter().fold(RevocationDraft::new(), add);
        let ago = std::time::Duration::from_secs(seconds_ago);
        draft.sign(&self.vendor, NOW.saturating_sub(ago)).unwrap()
    }

    async fn post(&self, body: &str) -> Answer {
        self.client.admin(Method::POST, PATH, body).await
    }

    async fn revoke(&self, list: &str) -> Answer {
        self.post(&json!({ "list": list }).to_string()).await
    }

    async fn status(&self) -> serde_json::Value {
        self.client.get("/license/status").await.assert_json()
    }
}

fn key(vendor: &SigningKey, say: impl FnOnce(LicenseDraft) -> LicenseDraft) -> String {
    let issuer = LicenseIssuer::new(vendor).with_catalog(testing::catalog());
    let draft = LicenseDraft::new("acme").plan("business").id("lic-1");
    let draft = draft.expires_at(NOW.saturating_add_days(365));
    issuer.issue(&say(draft), NOW).unwrap()
}

#[tokio::test]
async fn m8_a_list_is_taken_and_shown_everywhere() {
    let panel = Panel::new();
    panel.activate("lic-1").await;
    let answer = panel.revoke(&panel.list(10, &["lic-1", "lic-9"])).await;
    let said = answer.assert_json();
    assert_eq!(said["changed"], true);
    assert_eq!(said["revoked"], json!(["lic-1", "lic-9"]), "{said}");
    assert_eq!(said["revoked_keys"], json!([]), "{said}");
    assert!(!panel.client.engine.current().has("sso"));

    let list = panel.client.get("/license").await.assert_json();
    assert_eq!(list["status"], "revoked");
    assert_eq!(list["licenses"][0]["status"], "revoked");
    assert_eq!(list["licenses"][0]["id"], "lic-1");
    let status = panel.status().await;
    assert_eq!(status["status"], "revoked");
    assert_eq!(status["plan"]["code"], "business");
    assert_eq!(status["plan_in_force"], "community");
    assert_eq!(status["degraded"], true);
    assert_eq!(status["expired"], false);
    assert_eq!(status["features"]["sso"]["entitlement"], "not_entitled");
    assert_eq!(status["limits"]["users"]["limit"], 3);
    let errors = status["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{status}");
    assert_eq!(errors[0]["code"], "license_revoked");
    for member in ["message", "action"] {
        assert!(!errors[0][member].as_str().unwrap().is_empty(), "{status}");
    }
    let entitlements = panel.client.entitlements(&[]).await.json();
    assert_eq!(entitlements["status"], "revoked");
    assert_eq!(entitlements["features"]["sso"]["enabled"], false);
}

#[tokio::test]
async fn m8_an_etag_of_before_is_not_one_of_after() {
    let panel = Panel::new();
    panel.activate("lic-1").await;
    let before = panel.client.entitlements(&[]).await;
    let etag = before.header("etag").unwrap().to_owned();
    let known = [("if-none-match", etag.as_str())];
    let asked = || panel.client.entitlements(&known);
    assert_eq!(asked().await.status, 304);
    panel
        .revoke(&panel.list(10, &["lic-1"]))
        .await
        .assert_json();
    assert_eq!(asked().await.status, 200);
    panel.revoke(&panel.list(9, &[])).await.assert_json();
    assert_eq!(asked().await.status, 304);
}

#[tokio::test]
async fn m8_the_same_or_an_older_list_is_200_and_changes_nothing() {
    let panel = Panel::new();
    panel.activate("lic-1").await;
    let list = panel.list(10, &["lic-1"]);
    assert_eq!(panel.revoke(&list).await.assert_json()["changed"], true);
    assert_eq!(panel.revoke(&list).await.assert_json()["changed"], false);
    let older = panel
        .revoke(&panel.list(11, &["lic-5"]))
        .await
        .assert_json();
    assert_eq!(older["changed"], false);
    assert_eq!(older["revoked"], json!(["lic-5"]));
    assert_eq!(panel.status().await["status"], "revoked");
    // A newer and shorter one takes it back.
    let newer = panel.revoke(&panel.list(9, &[])).await.assert_json();
    assert_eq!(newer["changed"], true);
    assert_eq!(panel.status().await["status"], "active");
    assert_eq!(panel.revoke(&list).await.assert_json()["changed"], false);
    assert_eq!(panel.status().await["status"], "active");
}

#[tokio::test]
async fn m8_a_list_of_keys_says_which() {
    let panel = Panel::new();
    panel.activate("lic-1").await;
    let draft = RevocationDraft::new().key(panel.vendor.kid());
    let list = draft.sign(&panel.vendor, NOW).unwrap();
    let said = panel.revoke(&list).await.assert_json();
    assert_eq!(said["revoked_keys"], json!([panel.vendor.kid()]));
    assert_eq!(panel.status().await["status"], "revoked");
}

#[tokio::test]
async fn m8_white_space_in_a_pasted_list_is_ignored() {
    let panel = Panel::new();
    panel.activate("lic-1").await;
    let list = panel.list(10, &["lic-1"]);
    let (head, tail) = list.split_at(40);
    let said = panel.revoke(&format!("\r\n {head}\n\t{tail} ")).await;
    assert_eq!(said.assert_json()["changed"], true);
}

#[tokio::test]
async fn m8_a_list_that_does_not_verify_is_422_with_its_reason_and_changes_nothing() {
    let panel = Panel::new();
    panel.activate("lic-1").await;
    let stranger = SigningKey::generate().unwrap();
    let foreign = RevocationDraft::new().license("lic-1");
    let foreign = foreign.sign(&stranger, NOW).unwrap();
    let good = panel.list(10, &["lic-1"]);
    let (head, _) = good.rsplit_once('.').unwrap();
    let ahead = RevocationDraft::new().license("lic-1");
    let ahead = ahead
        .sign(&panel.vendor, NOW.saturating_add_days(1))
        .unwrap();
    let license = panel.key(|draft| draft);
    for (list, reason) in [
        ("", "malformed"),
        (" \n", "malformed"),
        ("garbage", "malformed"),
        (&format!("{good}="), "encoding"),
        (&format!("{head}.{}", "A".repeat(86)), "signature"),
        (&foreign, "unknown_key"),
        (&license, "token_type"),
        (&ahead, "issued_in_future"),
    ] {
        let answer = panel.revoke(list).await;
        let problem = answer.assert_problem(422, "INVALID_REVOCATIONS");
        assert_eq!(problem["reason"], reason, "{}", answer.text);
    }
    let status = panel.status().await;
    assert_eq!(status["status"], "active");
    assert_eq!(status["errors"], json!([]));
}

#[tokio::test]
async fn m3_other_bodies_are_refused_as_everywhere() {
    let panel = Panel::new();
    for body in ["", "{", "list=a", r#"{"list":"a","list":"a"}"#, "\0"] {
        panel.post(body).await.assert_problem(400, "MALFORMED");
    }
    let list = panel.list(10, &["lic-1"]);
    for (body, fields) in [
        ("{}".to_owned(), &["list"][..]),
        (r#"{"list":null}"#.to_owned(), &["list"]),
        (r#"{"list":["a"]}"#.to_owned(), &["list"]),
        (
            json!({ "list": list, "force": true }).to_string(),
            &["force"],
        ),
        (json!({ "key": list }).to_string(), &["list", "key"]),
        ("[]".to_owned(), &[""]),
    ] {
        let problem = panel.post(&body).await.assert_problem(422, "INVALID");
        let errors = problem["errors"].as_array().unwrap();
        let named: Vec<_> = errors.iter().map(|error| &error["field"]).collect();
        assert_eq!(named, fields, "{body}");
    }
    // Nothing of it was taken into account.
    panel.activate("lic-1").await;
}

#[tokio::test]
async fn m3_the_body_limit_holds_and_the_longest_body_is_read() {
    let panel = Panel::new();
    let too_long = json!({ "list": "x".repeat(MAX_BODY_BYTES) }).to_string();
    panel
        .post(&too_long)
        .await
        .assert_problem(413, "BODY_TOO_LARGE");
    let ids: Vec<String> = (0..1_000)
        .map(|n| format!("0190f3c4-7b1e-7c00-8000-{n:012}"))
        .collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let list = panel.list(10, &ids);
    assert!(
        (50_000..MAX_BODY_BYTES).contains(&list.len()),
        "{}",
        list.len()
    );
    let said = panel.revoke(&list).await.assert_json();
    assert_eq!(said["revoked"].as_array().unwrap().len(), 1_000);
}

#[tokio::test]
async fn m1_m2_who_may_and_how() {
    let panel = Panel::new();
    panel.activate("lic-1").await;
    let body = json!({ "list": panel.list(10, &["lic-1"]) }).to_string();
    let as_nobody = [
        &[][..],
        &[("authorization", OWNER)],
        &[("authorization", "Bearer x")],
    ];
    for headers in as_nobody {
        // Before the body: what is in it, and how long it is, is not looked at.
        for body in [&body, "garbage", &"x".repeat(MAX_BODY_BYTES + 1)] {
            let answer = panel.client.send(Method::POST, PATH, headers, body).await;
            answer.assert_problem(401, "UNAUTHORIZED");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
    let forbidden = AdminApi::new(
        panel.client.engine.entitlements().clone(),
        |_: &Parts| Access::Forbidden,
        |_: &Parts| Access::Unauthenticated,
        |_: &Parts| Some(AccountId::LOCAL),
    );
    let request = Request::post(PATH).body(bytes::Bytes::from(body)).unwrap();
    assert_eq!(forbidden.handle(request).await.status(), 403);
    // A license may have this id, so the path can be deleted too.
    for method in [Method::GET, Method::HEAD, Method::PUT] {
        let headers = [("authorization", ADMIN)];
        let answer = panel.client.send(method.clone(), PATH, &headers, "").await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), Some("POST, DELETE"), "{method}");
    }
    assert_eq!(panel.status().await["status"], "active");
}

#[tokio::test]
async fn a_license_may_be_called_revocations() {
    let panel = Panel::new();
    for path in ["/license/revocations", "/license/%72evocations"] {
        panel
            .client
            .delete(path)
            .await
            .assert_problem(404, "NOT_FOUND");
        panel.activate("revocations").await;
        panel.client.delete(path).await.assert_no_content();
    }
}

#[tokio::test]
async fn s10_a_revoked_key_is_422_and_changes_nothing() {
    let panel = Panel::new();
    panel
        .revoke(&panel.list(10, &["lic-1"]))
        .await
        .assert_json();
    let answer = panel.client.activate(&panel.key(|draft| draft)).await;
    let problem = answer.assert_problem(422, "INVALID_LICENSE");
    assert_eq!(problem["reason"], "revoked");
    assert_eq!(panel.status().await["status"], "unlicensed");
}

#[tokio::test]
async fn s10_a_key_that_is_bound_elsewhere_is_422_and_changes_nothing() {
    let panel = Panel::new();
    for key in [
        panel.key(|draft| draft.deployment("us-1")),
        panel.key(|draft| draft.deployment("EU-1").deployment("*")),
    ] {
        let answer = panel.client.activate(&key).await;
        let problem = answer.assert_problem(422, "INVALID_LICENSE");
        assert_eq!(problem["reason"], "wrong_deployment");
    }
    assert_eq!(panel.status().await["status"], "unlicensed");
    let here = panel.key(|draft| draft.deployment("us-1").deployment("eu-1"));
    assert_eq!(
        panel.client.activate(&here).await.assert_json()["status"],
        "active"
    );
}

#[tokio::test]
async fn s7_a_configured_key_that_is_bound_elsewhere_is_shown() {
    let panel = Panel::with(|builder, vendor| {
        builder.license_key(key(vendor, |draft| draft.deployment("us-1")))
    });
    let list = panel.client.get("/license").await.assert_json();
    assert_eq!(list["status"], "wrong_deployment");
    assert_eq!(list["licenses"][0]["status"], "wrong_deployment");
    assert_eq!(list["licenses"][0]["plan"], "business");
    let status = panel.status().await;
    assert_eq!(status["status"], "wrong_deployment");
    assert_eq!(status["plan"]["code"], "business");
    assert_eq!(status["plan_in_force"], "community");
    assert_eq!(status["degraded"], true);
    assert_eq!(status["errors"][0]["code"], "license_wrong_deployment");
    assert!(!status["errors"][0]["action"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn a_list_at_the_start_that_does_not_verify_is_an_error_in_the_status() {
    let panel = Panel::with(|builder, vendor| {
        builder
            .license_key(key(vendor, |draft| draft))
            .revocations("garbage")
    });
    let status = panel.status().await;
    assert_eq!(status["status"], "active");
    assert_eq!(status["errors"][0]["code"], "revocations_invalid");
    assert_eq!(status["errors"].as_array().unwrap().len(), 1);
}

/// M5: beside a license that is in force, too.
#[tokio::test]
async fn m5_one_revoked_license_degrades_and_raises_nothing_beside_an_active_one() {
    let panel = Panel::new();
    panel.activate("lic-1").await;
    panel.activate("lic-2").await;
    panel
        .revoke(&panel.list(10, &["lic-2"]))
        .await
        .assert_json();
    let status = panel.status().await;
    assert_eq!(
        (&status["status"], &status["degraded"]),
        (&json!("active"), &json!(true))
    );
    assert_eq!(status["errors"], json!([]));
    let list = panel.client.get("/license").await.json();
    let entries = list["licenses"].as_array().unwrap().iter();
    let statuses: Vec<_> = entries
        .map(|entry| (&entry["id"], &entry["status"]))
        .collect();
    assert!(
        statuses.contains(&(&json!("lic-2"), &json!("revoked"))),
        "{list}"
    );
    assert!(
        statuses.contains(&(&json!("lic-1"), &json!("active"))),
        "{list}"
    );
}
