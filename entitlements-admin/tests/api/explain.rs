//! `/entitlements/explain` and `/entitlements/downgrade-preview`: for owners.

use std::sync::Arc;

use bytes::Bytes;
use entitlements_admin::{Access, AdminApi};
use entitlements_core::testing;
use entitlements_core::{AccountId, Catalog};
use http::request::Parts;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::client::{ADMIN, Answer, Client, OWNER};

const EXPLAIN: &str = "/entitlements/explain";
const PREVIEW: &str = "/entitlements/downgrade-preview";

async fn owner(client: &Client, path: &str) -> Answer {
    let owner = [("authorization", OWNER)];
    client.send(Method::GET, path, &owner, "").await
}

#[tokio::test]
async fn an_explanation_says_who_gave_what() {
    let (client, _) = Client::managed("lic-1");
    let answer = owner(&client, EXPLAIN).await;
    let explained = answer.assert_json();
    let step = |source: &str, id: &str, effect: &str, value: Value| json!({ "source": source, "id": id, "addon": null, "effect": effect, "because": null, "value": value });
    assert_eq!(explained["account"], "local");
    assert_eq!(explained["refreshed_at"], "2026-01-01T12:00:00Z");
    let sso = json!({ "value": "entitled", "steps": [step("license", "lic-1", "gave", json!("entitled"))] });
    assert_eq!(explained["features"]["sso"], sso);
    assert_eq!(
        explained["features"]["audit"],
        json!({ "value": "not_entitled", "steps": [] })
    );
    let base = |value| step("base_plan", "community", "gave", value);
    let users = json!({ "value": 15, "steps": [base(json!(3)), step("license", "lic-1", "raised", json!(15))] });
    assert_eq!(explained["limits"]["users"], users);
    let rate = |requests, burst| json!({ "requests": requests, "per_seconds": 60, "burst": burst });
    let api = json!({
        "value": rate(600, 1000),
        "steps": [base(rate(60, 100)), step("license", "lic-1", "raised", rate(600, 1000))],
    });
    assert_eq!(explained["rates"]["api"], api);
    assert!(answer.text.starts_with(r#"{"account":"local","features":{"audit":{"value":"not_entitled","steps":[]},"ip_allowlist""#));
    let order = r#"{"source":"license","id":"lic-1","addon":null,"effect":"gave","because":null,"value":"entitled"}"#;
    assert!(answer.text.contains(order), "{}", answer.text);
}

#[tokio::test]
async fn what_is_ignored_says_why() {
    let (client, _) = Client::managed("lic-1");
    client.engine.clock().advance_days(400);
    let explained = owner(&client, EXPLAIN).await.assert_json();
    let users = &explained["limits"]["users"];
    assert_eq!(users["value"], 3);
    assert_eq!(users["steps"][1]["effect"], "ignored");
    assert_eq!(users["steps"][1]["because"], "expired");
    assert_eq!(users["steps"][1]["value"], 15);
}

#[tokio::test]
async fn a_preview_says_what_would_be_lost_and_be_over() {
    let catalog = Catalog::from_toml(
        r#"
        schema = 1
        [product]
        name = "Test Panel"
        default_plan = "community"
        [features.sso]
        [limits.users]
        [limits.projects]
        [rates.api]
        [plans.community]
        limits = { users = 3, projects = 2 }
        rates = { api = { requests = 60, per = "1m" } }
        retention = { audit_days = 30 }
        [plans.business]
        features = ["sso"]
        limits = { users = "unlimited", projects = 9 }
        retention = { audit_days = "unlimited", audit_immutable = true }
        "#,
    );
    let catalog = Arc::new(catalog.unwrap());
    // The license stays whatever the account buys: nothing is lost.
    let licensed = Client::over(testing::on_plan(Arc::clone(&catalog), "business"));
    let preview = owner(&licensed, &format!("{PREVIEW}?plan=community")).await;
    assert_eq!(preview.assert_json()["loses_nothing"], true);

    let client = Client::over(testing::without_license(catalog));
    let body = json!({ "id": "acme", "plan": "business" }).to_string();
    client.admin(Method::POST, "/accounts", &body).await;
    let users = client.engine.limit(&AccountId::new("acme"), "users");
    users.sync(8).await.unwrap();
    let preview = client
        .get("/accounts/acme/downgrade-preview?plan=community")
        .await;
    preview.assert_json();
    let expected = concat!(
        r#"{"account":"acme","plan":"community","plan_in_force_now":"business","plan_in_force_then":"community","#,
        r#""loses_nothing":false,"features_lost":["sso"],"limits":{"#,
        r#""projects":{"now":9,"then":2,"used":null,"over":null},"#,
        r#""users":{"now":null,"then":3,"used":8,"over":5}},"#,
        r#""rates":{"api":{"now":null,"then":{"requests":60,"per_seconds":60,"burst":60}}},"retention":{"#,
        r#""audit_days":{"now":"unlimited","then":30},"audit_immutable":{"now":true,"then":null}},"#,
        r#""refreshed_at":"2026-01-01T12:00:00Z"}"#
    );
    assert_eq!(preview.text, expected);
    // Asking changes nothing.
    assert_eq!(
        client.get("/accounts/acme").await.json()["plan"],
        "business"
    );
}

#[tokio::test]
async fn a_plan_must_be_named_and_known() {
    let client = Client::unlicensed();
    let long = format!("?plan={}", "x".repeat(5000));
    for (query, fields) in [
        ("", &["plan"][..]),
        ("?", &["plan"]),
        ("?plan=", &["plan"]),
        ("?plan=gold", &["plan"]),
        ("?plan=business&plan=business", &["plan"]),
        ("?plan=%ff", &["plan"]),
        ("?plan=business&x=1", &["x"]),
        ("?Plan=business", &["plan", "Plan"]),
        (long.as_str(), &["plan"]),
    ] {
        let answer = owner(&client, &format!("{PREVIEW}{query}")).await;
        let problem = answer.assert_problem(422, "INVALID");
        let errors = problem["errors"].as_array().unwrap().iter();
        let named: Vec<_> = errors
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields, "{query}");
        assert!(answer.text.len() < 1000);
    }
    let answer = owner(&client, &format!("{PREVIEW}?plan=busines")).await;
    assert!(answer.text.contains("business"), "{}", answer.text);
    owner(&client, &format!("{PREVIEW}?plan=b%75siness&"))
        .await
        .assert_json();
}

#[tokio::test]
async fn only_an_owner_of_an_account_that_can_be_told_may_ask() {
    let client = Client::unlicensed();
    for path in [EXPLAIN, PREVIEW] {
        for headers in [&[][..], &[("authorization", ADMIN)]] {
            let answer = client.send(Method::GET, path, headers, "").await;
            answer.assert_problem(401, "UNAUTHORIZED");
        }
        let answer = client.send(Method::POST, path, &[], "").await;
        answer.assert_problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    }
    let status = async |access: Access, account: Option<AccountId>, path: &str| {
        let engine = testing::without_license(testing::catalog());
        let guard = move |_: &Parts| access.clone();
        let nobody = |_: &Parts| Access::Unauthenticated;
        let told = move |_: &Parts| account.clone();
        let api = AdminApi::new(engine.entitlements().clone(), nobody, guard, told);
        let request = Request::get(path).body(Bytes::new()).unwrap();
        let answer = api.handle(request).await;
        let problem: Value = serde_json::from_slice(answer.body()).unwrap();
        (
            answer.status().as_u16(),
            problem["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let acme = || Some(AccountId::new("acme"));
    for path in [EXPLAIN, PREVIEW] {
        let ask = async |access, account| status(access, account, path).await;
        assert_eq!(
            ask(Access::Forbidden, acme()).await,
            (403, "FORBIDDEN".into())
        );
        assert_eq!(
            ask(Access::Forbidden, None).await,
            (403, "FORBIDDEN".into())
        );
        assert_eq!(
            ask(Access::granted("o"), None).await,
            (401, "ACCOUNT_UNKNOWN".into())
        );
    }
    assert_eq!(status(Access::granted("o"), acme(), EXPLAIN).await.0, 200);
}
