//! `/accounts`: made, shown, changed, listed.

use http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client};

pub(crate) async fn post(client: &Client, body: &Value) -> Answer {
    client
        .admin(Method::POST, "/accounts", &body.to_string())
        .await
}

async fn patch(client: &Client, id: &str, body: &Value) -> Answer {
    let path = format!("/accounts/{id}");
    client.admin(Method::PATCH, &path, &body.to_string()).await
}

/// The fields that a body or a query is refused for.
#[track_caller]
pub(crate) fn refused(answer: &Answer) -> Vec<String> {
    let problem = answer.assert_problem(422, "INVALID");
    let errors = problem["errors"].as_array().unwrap().iter();
    errors
        .map(|error| error["field"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_account_is_made_shown_and_has_its_plan_from_the_next_request_on() {
    let client = Client::unlicensed();
    let body = json!({
        "id": "acme", "name": "Acme GmbH", "plan": "business", "status": "trialing",
        "ends_at": "2026-02-01T00:00:00+01:00", "quantity": 7, "license_id": "lic-1",
    });
    let made = post(&client, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.header("location"), Some("accounts/acme"));
    assert_eq!(made.header("content-type"), Some("application/json"));
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let expected = concat!(
        r#"{"id":"acme","name":"Acme GmbH","plan":"business","status":"trialing","past_due_since":null,"#,
        r#""cancelled_at":null,"ends_at":"2026-01-31T23:00:00Z","quantity":7,"addons":[],"#,
        r#""license_id":"lic-1","created_at":"2026-01-01T12:00:00Z"}"#
    );
    assert_eq!(made.text, expected);
    let shown = client.get("/accounts/acme").await;
    shown.assert_json();
    assert_eq!(shown.text, expected);
    let has = client
        .get("/accounts/acme/entitlements")
        .await
        .assert_json();
    assert_eq!(has["plan_in_force"], "business");
    assert_eq!(has["features"]["sso"]["enabled"], true);

    let changed = patch(&client, "acme", &json!({ "plan": "enterprise" })).await;
    assert_eq!(changed.assert_json()["plan"], "enterprise");
    let has = client
        .get("/accounts/acme/entitlements")
        .await
        .assert_json();
    assert_eq!(has["plan_in_force"], "enterprise");
    patch(&client, "acme", &json!({ "plan": null }))
        .await
        .assert_json();
    let has = client
        .get("/accounts/acme/entitlements")
        .await
        .assert_json();
    assert_eq!(has["plan_in_force"], "community");
}

#[tokio::test]
async fn an_account_without_an_id_gets_one() {
    let client = Client::unlicensed();
    for body in ["{}", r#"{"id":null}"#] {
        let made = client.admin(Method::POST, "/accounts", body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "7", "{id}");
        let location = format!("accounts/{id}");
        assert_eq!(made.header("location"), Some(location.as_str()));
        client.get(&format!("/{location}")).await.assert_json();
    }
}

#[tokio::test]
async fn ids_are_what_a_request_can_name() {
    let client = Client::unlicensed();
    let longest = "x".repeat(128);
    for id in ["a", "a/b?c#d%", "\"", longest.as_str()] {
        let made = post(&client, &json!({ "id": id })).await;
        assert_eq!(made.status, 201, "{id}: {}", made.text);
        let location = made.header("location").unwrap().to_owned();
        let shown = client.get(&format!("/{location}")).await.assert_json();
        assert_eq!(shown["id"], id);
        let twice = post(&client, &json!({ "id": id, "plan": "business" })).await;
        twice.assert_problem(409, "ACCOUNT_EXISTS");
        assert_eq!(
            client.get(&format!("/{location}")).await.json()["plan"],
            Value::Null
        );
    }
    let long = "x".repeat(129);
    for id in ["", " ", "a b", "\n", "é", long.as_str()] {
        let body = json!({ "id": id });
        assert_eq!(refused(&post(&client, &body).await), ["id"], "{id}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_terms_is_told_at_once_and_changes_nothing() {
    let client = Client::unlicensed();
    post(&client, &json!({ "id": "acme", "name": "Acme" })).await;
    let before = client.get("/accounts/acme").await.text;
    let long = "x".repeat(201);
    for (body, fields) in [
        (
            json!({ "plan": "busines", "addons": ["x", "y"], "past_due_since": "2026-01-01T00:00:00Z" }),
            &["past_due_since", "plan", "addons", "addons"][..],
        ),
        (
            json!({ "cancelled_at": "2026-01-01T00:00:00Z" }),
            &["cancelled_at"],
        ),
        (
            json!({ "status": "over", "ends_at": "never", "quantity": -1, "addons": "x", "x": 1 }),
            &["status", "ends_at", "quantity", "addons", "x"],
        ),
        (json!({ "name": long }), &["name"]),
        (
            json!({ "name": 1, "plan": ["business"], "license_id": "" }),
            &["name", "plan", "license_id"],
        ),
        (json!({ "plan": "x".repeat(60_000) }), &["plan"]),
        (json!({ "addons": ["x".repeat(60_000)] }), &["addons"]),
        (json!({ "name": "new", "plan": "gold" }), &["plan"]),
    ] {
        for answer in [
            post(&client, &body).await,
            patch(&client, "acme", &body).await,
        ] {
            assert_eq!(refused(&answer), fields, "{body}");
            assert!(answer.text.len() < 1000, "it does not come back whole");
        }
    }
    assert_eq!(
        refused(&patch(&client, "acme", &json!({ "id": "x" })).await),
        ["id"]
    );
    let answer = post(&client, &json!({ "plan": "busines" })).await;
    assert!(
        answer.text.contains("did you mean `business`?"),
        "{}",
        answer.text
    );
    assert_eq!(client.get("/accounts/acme").await.text, before);
    let list = client.get("/accounts").await.assert_json();
    assert_eq!(list["accounts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_absent_stays_and_what_is_null_goes() {
    let client = Client::unlicensed();
    let all = json!({
        "id": "acme", "name": "Acme", "plan": "business", "status": "past_due",
        "past_due_since": "2025-12-30T00:00:00Z", "ends_at": "2027-01-01T00:00:00Z",
        "quantity": 5, "license_id": "lic-1",
    });
    let made = post(&client, &all).await.json();
    assert_eq!(patch(&client, "acme", &json!({})).await.assert_json(), made);
    assert_eq!(made["past_due_since"], "2025-12-30T00:00:00Z");

    let less = patch(
        &client,
        "acme",
        &json!({ "quantity": null, "name": "Acme Inc." }),
    )
    .await;
    let mut expected = made.clone();
    expected["quantity"] = Value::Null;
    expected["name"] = "Acme Inc.".into();
    assert_eq!(less.assert_json(), expected);

    // Since now, where it is not said.
    let due = patch(&client, "acme", &json!({ "past_due_since": null })).await;
    assert_eq!(due.assert_json()["past_due_since"], "2026-01-01T12:00:00Z");
    let over = patch(&client, "acme", &json!({ "status": "cancelled" }))
        .await
        .assert_json();
    assert_eq!(over["cancelled_at"], "2026-01-01T12:00:00Z");
    assert_eq!(over["past_due_since"], Value::Null);

    let nothing = json!({
        "name": null, "plan": null, "status": null, "past_due_since": null, "cancelled_at": null,
        "ends_at": null, "quantity": null, "addons": null, "license_id": null,
    });
    let expected = json!({
        "id": "acme", "name": "", "plan": null, "status": "active", "past_due_since": null,
        "cancelled_at": null, "ends_at": null, "quantity": null, "addons": [], "license_id": null,
        "created_at": "2026-01-01T12:00:00Z",
    });
    assert_eq!(
        patch(&client, "acme", &nothing).await.assert_json(),
        expected
    );
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_there() {
    let client = Client::unlicensed();
    post(&client, &json!({ "id": "acme" })).await;
    let (plan, seats) = (json!({ "plan": "business" }), json!({ "quantity": 3 }));
    tokio::join!(
        patch(&client, "acme", &plan),
        patch(&client, "acme", &seats)
    );
    let both = client.get("/accounts/acme").await.json();
    assert_eq!(
        (&both["plan"], &both["quantity"]),
        (&json!("business"), &json!(3))
    );
}

#[tokio::test]
async fn accounts_are_listed_page_by_page_and_found() {
    let client = Client::unlicensed();
    for number in 0..7 {
        let name = if number == 3 { "Zoë & Söhne" } else { "" };
        post(
            &client,
            &json!({ "id": format!("acc-{number}"), "name": name }),
        )
        .await;
    }
    let page = async |query: &str| {
        let list = client.get(&format!("/accounts{query}")).await.assert_json();
        let accounts = list["accounts"].as_array().unwrap().clone();
        let ids: Vec<_> = accounts
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        (ids.join(" ").replace("acc-", ""), list["next"].clone())
    };
    assert_eq!(page("").await, ("0 1 2 3 4 5 6".into(), Value::Null));
    assert_eq!(page("?query=&after=&limit=").await.1, Value::Null);
    assert_eq!(page("?limit=3").await, ("0 1 2".into(), "acc-2".into()));
    assert_eq!(
        page("?limit=3&after=acc-2").await,
        ("3 4 5".into(), "acc-5".into())
    );
    assert_eq!(
        page("?limit=3&after=acc-5").await,
        ("6".into(), Value::Null)
    );
    assert_eq!(page("?limit=7").await.1, Value::Null);
    assert_eq!(page("?limit=6").await.1, "acc-5");
    assert_eq!(page("?after=zzz").await, (String::new(), Value::Null));
    assert_eq!(page("?query=C-4").await.0, "4");
    assert_eq!(page("?query=zo%C3%AB+%26").await.0, "3");
    assert_eq!(page("?query=nobody").await.0, "");
    for (query, fields) in [
        ("?limit=0", &["limit"][..]),
        ("?limit=1001", &["limit"]),
        ("?limit=x&page=2", &["limit", "page"]),
        ("?query=a&query=b", &["query"]),
        ("?query=%ff", &["query"]),
    ] {
        let answer = client.get(&format!("/accounts{query}")).await;
        assert_eq!(refused(&answer), fields, "{query}");
    }
}
