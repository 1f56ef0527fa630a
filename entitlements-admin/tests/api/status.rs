use std::time::Duration;

use entitlements_core::Requirement;
use entitlements_core::adapter::Gate;
use entitlements_core::rate::SharedRates;
use entitlements_core::testing::{
    self, Answers, NOW, TestEngine, TestRates, TestRequest, TestVendor,
};
use http::Method;
use serde_json::{Value, json};

use crate::client::{Client, OWNER};

#[tokio::test]
async fn without_a_license_the_base_plan_is_shown() {
    let answer = Client::unlicensed().get("/license/status").await;
    let off = |name| json!({ "enabled": false, "entitlement": "not_entitled", "name": name });
    let expected = json!({
        "status": "unlicensed",
        "plan": { "code": "community", "name": "Community" },
        "plan_in_force": "community",
        "expired": false,
        "degraded": false,
        "expires_at": null,
        "grace_ends_at": null,
        "days_remaining": null,
        "features": {
            "audit": off("Audit log"), "ip_allowlist": off("IP allowlist"),
            "scim": off("SCIM provisioning"), "sso": off("Single sign-on"),
        },
        "limits": {
            "projects": { "limit": 2, "used": null, "remaining": null },
            "users": { "limit": 3, "used": null, "remaining": null },
        },
        "warnings": [],
        "errors": [],
        "revalidated_at": "2026-01-01T12:00:00Z",
    });
    assert_eq!(answer.assert_json(), expected);
}

#[tokio::test]
async fn members_and_names_are_in_order() {
    let text = Client::unlicensed().get("/license/status").await.text;
    let members = [
        "status",
        "plan",
        "plan_in_force",
        "expired",
        "degraded",
        "expires_at",
        "grace_ends_at",
        "days_remaining",
        "features",
        "audit",
        "ip_allowlist",
        "scim",
        "sso",
        "limits",
        "projects",
        "users",
        "warnings",
        "errors",
        "revalidated_at",
    ];
    let mut rest = text.as_str();
    for member in members {
        let start = rest
            .find(&format!("\"{member}\":"))
            .unwrap_or_else(|| panic!("{member}: {rest}"));
        rest = &rest[start..];
    }
}

/// What the status says of the given members, after some days.
async fn after_days(client: &Client, days: u32) -> Value {
    let time = NOW.saturating_add_days(days);
    client.engine.clock().set(time);
    let status = client.get("/license/status").await.assert_json();
    // S14: time alone reads nothing again.
    assert_eq!(status["revalidated_at"], NOW.to_string());
    status
}

#[tokio::test]
async fn a_license_runs_through_its_states() {
    let client = Client::unlicensed();
    client.activate(&client.key("lic-1")).await.assert_json();

    let active = after_days(&client, 335).await;
    assert_eq!(active["status"], "active");
    assert_eq!(
        active["plan"],
        json!({ "code": "business", "name": "Business" })
    );
    assert_eq!(active["plan_in_force"], "business");
    assert_eq!(active["days_remaining"], 30);
    assert_eq!(
        active["expires_at"],
        NOW.saturating_add_days(365).to_string()
    );
    assert_eq!(
        active["grace_ends_at"],
        NOW.saturating_add_days(379).to_string()
    );
    assert_eq!(active["features"]["sso"]["entitlement"], "entitled");
    assert_eq!(active["limits"]["users"]["limit"], 15);
    assert_eq!(
        (&active["warnings"], &active["errors"]),
        (&json!([]), &json!([]))
    );

    let grace = after_days(&client, 365).await;
    assert_eq!(
        (&grace["status"], &grace["days_remaining"]),
        (&json!("grace"), &json!(0))
    );
    assert_eq!(
        (&grace["expired"], &grace["degraded"]),
        (&json!(false), &json!(false))
    );
    let sso = json!({ "enabled": true, "entitlement": "grace_period", "name": "Single sign-on" });
    assert_eq!(grace["features"]["sso"], sso);
    let warning = &grace["warnings"][0];
    assert_eq!(warning["code"], "license_grace");
    assert_eq!(warning.as_object().unwrap().len(), 3);
    assert!(warning["message"].is_string() && warning["action"].is_string());

    let expired = after_days(&client, 379).await;
    assert_eq!(
        (&expired["status"], &expired["days_remaining"]),
        (&json!("expired"), &json!(0))
    );
    assert_eq!(
        (&expired["expired"], &expired["degraded"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(expired["plan"]["code"], "business");
    assert_eq!(expired["plan_in_force"], "community");
    assert_eq!(expired["features"]["sso"]["enabled"], false);
    assert_eq!(expired["errors"][0]["code"], "license_expired");
}

#[tokio::test]
async fn times_of_day_are_whole_seconds() {
    let client = Client::unlicensed();
    client.engine.clock().advance(Duration::from_millis(1500));
    let status = client.admin(Method::POST, "/license/revalidate", "").await;
    assert_eq!(status.json()["revalidated_at"], "2026-01-01T12:00:01Z");
    let entitlements = client.entitlements(&[]).await.json();
    assert_eq!(entitlements["refreshed_at"], "2026-01-01T12:00:01Z");
}

#[tokio::test]
async fn unlimited_is_null() {
    let engine = testing::on_plan(testing::catalog(), "enterprise");
    let client = Client::over(engine);
    let status = client.get("/license/status").await.json();
    let unlimited = json!({ "limit": null, "used": null, "remaining": null });
    assert_eq!(status["limits"]["users"], unlimited);
    assert_eq!(
        client.entitlements(&[]).await.json()["rates"],
        json!({ "api": null })
    );
}

#[tokio::test]
async fn a_key_that_does_not_verify_is_an_error() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.license_key("garbage")
    });
    let status = Client::over(engine)
        .get("/license/status")
        .await
        .assert_json();
    assert_eq!(status["status"], "invalid");
    assert_eq!(
        (&status["expired"], &status["degraded"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(status["days_remaining"], Value::Null);
    assert_eq!(status["errors"][0]["code"], "license_invalid");
}

#[tokio::test]
async fn m16_revalidating_answers_with_the_status() {
    let client = Client::unlicensed();
    client.activate(&client.key("lic-1")).await.assert_json();
    client.engine.clock().advance_days(400);
    let revalidate = async || client.admin(Method::POST, "/license/revalidate", "").await;
    let answer = revalidate().await.assert_json();
    assert_eq!(answer["status"], "expired");
    let now = NOW.saturating_add_days(400).to_string();
    assert_eq!(answer["revalidated_at"], now);
    assert_eq!(answer, client.get("/license/status").await.assert_json());
    // A body that nobody reads is nobody's business.
    let answer = client.admin(Method::POST, "/license/revalidate", "{").await;
    answer.assert_json();
    let path = "/license/revalidate";
    let stranger = client.send(Method::POST, path, &[], "").await;
    stranger.assert_problem(401, "UNAUTHORIZED");
    let owner = [("authorization", OWNER)];
    let owner = client.send(Method::POST, path, &owner, "").await;
    owner.assert_problem(401, "UNAUTHORIZED");
    // `GET /license/{id}` is no route, and this is none of GET's.
    client
        .get(path)
        .await
        .assert_problem(405, "METHOD_NOT_ALLOWED");
    let records = client.get("/audit").await.json();
    assert_eq!(records["records"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn q26_rates_that_are_not_shared_are_a_warning() {
    let store = TestRates::default();
    let shared = SharedRates::by(store.clone());
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.shared_rates(shared)
    });
    let gate = Gate::on(Requirement::rate("api"), &engine).unwrap();
    let client = Client::over(engine);
    let warnings = async || {
        let status = client.get("/license/status").await.assert_json();
        let warnings = status["warnings"].as_array().unwrap().clone();
        let codes = warnings
            .iter()
            .map(|it| it["code"].as_str().unwrap().to_owned());
        codes.collect::<Vec<_>>()
    };
    let ask = || {
        drop(gate.admit(
            Some(&client.engine.current()),
            &TestRequest::new("GET", "/"),
        ));
    };
    ask();
    assert_eq!(warnings().await, [""; 0]);
    store.answer(Answers::Refuses);
    (0..5).for_each(|_| ask());
    assert_eq!(warnings().await, ["rates_not_shared"]);
    store.answer(Answers::AtOnce);
    client.engine.clock().advance(Duration::from_secs(1));
    ask();
    assert_eq!(warnings().await, [""; 0]);
}
