//! `/accounts/{id}/overrides`: what is changed for one account.

use http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client};

async fn client() -> Client {
    let client = Client::unlicensed();
    let body = json!({ "id": "acme", "plan": "business" }).to_string();
    client.admin(Method::POST, "/accounts", &body).await;
    client
}

async fn add(client: &Client, body: &Value) -> Answer {
    let path = "/accounts/acme/overrides";
    client.admin(Method::POST, path, &body.to_string()).await
}

#[tokio::test]
async fn overrides_come_and_go_and_count_from_the_next_request_on() {
    let client = client().await;
    let has = async || client.get("/accounts/acme/entitlements").await.json();
    let first = add(
        &client,
        &json!({ "feature": "sso", "enabled": false, "reason": "abuse" }),
    )
    .await;
    assert_eq!(first.status, 201, "{}", first.text);
    let id = first.json()["id"].as_str().unwrap().to_owned();
    let expected = format!(
        r#"{{"id":"{id}","feature":"sso","enabled":false,"ends_at":null,"reason":"abuse","created_at":"2026-01-01T12:00:00Z"}}"#
    );
    assert_eq!(first.text, expected);
    let location = format!("overrides/{id}");
    assert_eq!(first.header("location"), Some(location.as_str()));
    assert_eq!(has().await["features"]["sso"]["enabled"], false);

    let more = json!({ "limit": "users", "value": null, "ends_at": "2026-01-02T00:00:00Z" });
    let users = add(&client, &more).await;
    assert!(
        users.text.contains(
            r#""limit":"users","value":null,"ends_at":"2026-01-02T00:00:00Z","reason":"""#
        )
    );
    assert_eq!(has().await["limits"]["users"]["limit"], Value::Null);
    client.engine.clock().advance_days(1);
    assert_eq!(has().await["limits"]["users"]["limit"], 15);
    add(&client, &json!({ "limit": "users", "value": 0 })).await;
    assert_eq!(has().await["limits"]["users"]["limit"], 0);

    let rate = add(
        &client,
        &json!({ "rate": "api", "requests": 5, "per": "120s", "burst": 7 }),
    )
    .await;
    assert!(
        rate.text
            .contains(r#""rate":"api","requests":5,"per":"2m","burst":7,"#),
        "{}",
        rate.text
    );
    let expected = json!({ "requests": 5, "per_seconds": 120, "burst": 7 });
    assert_eq!(has().await["rates"]["api"], expected);
    client.engine.clock().advance_days(1);
    add(
        &client,
        &json!({ "rate": "api", "requests": 5, "per": "1s" }),
    )
    .await;
    assert_eq!(has().await["rates"]["api"]["burst"], 5);
    client.engine.clock().advance_days(1);
    let unlimited = add(&client, &json!({ "rate": "api", "requests": null })).await;
    assert!(
        unlimited
            .text
            .contains(r#""requests":null,"per":null,"burst":null"#)
    );
    assert_eq!(has().await["rates"]["api"], Value::Null);

    let listed = client.get("/accounts/acme/overrides").await.assert_json();
    let listed = listed["overrides"].as_array().unwrap();
    assert_eq!(listed.len(), 6);
    assert_eq!(listed[0], first.json());
    for one in listed {
        let path = format!("/accounts/acme/overrides/{}", one["id"].as_str().unwrap());
        client.delete(&path).await.assert_no_content();
        let again = client.delete(&path).await.assert_problem(404, "NOT_FOUND");
        assert_eq!(again["detail"], "the account has no override with this id");
    }
    assert_eq!(has().await["features"]["sso"]["enabled"], true);
    let listed = client.get("/accounts/acme/overrides").await.assert_json();
    assert_eq!(listed, json!({ "overrides": [] }));
}

#[tokio::test]
async fn an_override_that_says_nothing_or_too_much_is_422() {
    let client = client().await;
    let long = "x".repeat(1001);
    for (body, fields) in [
        (json!({}), &[""][..]),
        (json!({ "enabled": true }), &["", "enabled"]),
        (
            json!({ "feature": "sso", "limit": "users", "enabled": true }),
            &["", "enabled", "feature", "limit"],
        ),
        (json!({ "feature": "sso" }), &["enabled"]),
        (json!({ "feature": "sso", "enabled": null }), &["enabled"]),
        (json!({ "feature": null, "enabled": true }), &["feature"]),
        (json!({ "feature": "ssso", "enabled": true }), &["feature"]),
        (
            json!({ "feature": "sso", "enabled": true, "value": 1 }),
            &["value"],
        ),
        (json!({ "limit": "users" }), &["value"]),
        (json!({ "limit": "users", "value": -1 }), &["value"]),
        (json!({ "limit": "user", "value": 1 }), &["limit"]),
        (json!({ "limit": 5, "value": "1" }), &["limit", "value"]),
        (json!({ "rate": "api" }), &["requests", "per"]),
        (json!({ "rate": "api", "requests": 1 }), &["per"]),
        (
            json!({ "rate": "api", "requests": 0, "per": "1m", "burst": 0 }),
            &["requests", "burst"],
        ),
        (
            json!({ "rate": "api", "requests": 1, "per": "1w" }),
            &["per"],
        ),
        (json!({ "rate": "api", "requests": 1, "per": 60 }), &["per"]),
        (
            json!({ "rate": "api", "requests": null, "per": "1m" }),
            &["per"],
        ),
        (
            json!({ "rate": "apis", "requests": 1, "per": "1m" }),
            &["rate"],
        ),
        (
            json!({ "rate": "x".repeat(60_000), "requests": 1, "per": "1m" }),
            &["rate"],
        ),
        (
            json!({ "feature": "sso", "enabled": true, "reason": long, "ends_at": "x" }),
            &["reason", "ends_at"],
        ),
    ] {
        let answer = add(&client, &body).await;
        let problem = answer.assert_problem(422, "INVALID");
        let errors = problem["errors"].as_array().unwrap().iter();
        let named: Vec<_> = errors
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields, "{body}");
        assert!(answer.text.len() < 1000);
    }
    let listed = client.get("/accounts/acme/overrides").await.assert_json();
    assert_eq!(listed, json!({ "overrides": [] }));
}
