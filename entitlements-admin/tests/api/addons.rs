//! `/accounts/{id}/addons`: what was bought on top.

use entitlements_core::Catalog;
use entitlements_core::testing::{self};
use http::Method;
use serde_json::json;

use crate::client::Client;

const CATALOG: &str = r#"
schema = 1
[product]
name = "Test Panel"
default_plan = "community"
plan_order = ["community", "business"]
[features.cmek]
[limits.users]
[plans.community]
limits = { users = 3 }
[plans.business]
limits = { users = { quantity = true, default = 15 } }
[addons.regulated]
requires = ["business"]
features = ["cmek"]
[addons.seats]
limits = { users = { add = 10 } }
"#;

async fn client() -> Client {
    let catalog = Catalog::from_toml(CATALOG).unwrap();
    let client = Client::over(testing::without_license(catalog));
    let body = json!({ "id": "acme", "plan": "business", "quantity": 20 }).to_string();
    let made = client.admin(Method::POST, "/accounts", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    client
}

async fn put(client: &Client, path: &str) -> crate::client::Answer {
    client.admin(Method::PUT, path, "").await
}

#[tokio::test]
async fn addons_come_and_go_and_count_from_the_next_request_on() {
    let client = client().await;
    let has = async || {
        let has = client.get("/accounts/acme/entitlements").await.json();
        (
            has["limits"]["users"]["limit"].clone(),
            has["features"]["cmek"]["enabled"].clone(),
        )
    };
    assert_eq!(has().await, (json!(20), json!(false)));
    for _ in 0..2 {
        put(&client, "/accounts/acme/addons/seats")
            .await
            .assert_no_content();
        assert_eq!(has().await, (json!(30), json!(false)));
    }
    put(&client, "/accounts/acme/addons/regulated")
        .await
        .assert_no_content();
    assert_eq!(has().await, (json!(30), json!(true)));
    let shown = client.get("/accounts/acme").await.json();
    assert_eq!(shown["addons"], json!(["regulated", "seats"]));
    for _ in 0..2 {
        client
            .delete("/accounts/acme/addons/seats")
            .await
            .assert_no_content();
        assert_eq!(has().await, (json!(20), json!(true)));
    }
    // Nobody ever had it, and then they do not.
    client
        .delete("/accounts/acme/addons/nothing")
        .await
        .assert_no_content();
}

#[tokio::test]
async fn what_the_plan_cannot_have_is_422() {
    let client = client().await;
    let long = format!("/accounts/acme/addons/{}", "x".repeat(60_000));
    for (path, message) in [
        (
            "/accounts/acme/addons/seat",
            "unknown add-on `seat`, did you mean `seats`?",
        ),
        (long.as_str(), "each must have at most 128 characters"),
    ] {
        let problem = put(&client, path).await.assert_problem(422, "INVALID");
        assert_eq!(
            problem["errors"],
            json!([{ "field": "addons", "message": message }])
        );
    }
    let plan = json!({ "plan": "community" }).to_string();
    client
        .admin(Method::PATCH, "/accounts/acme", &plan)
        .await
        .assert_json();
    let problem = put(&client, "/accounts/acme/addons/regulated").await;
    let problem = problem.assert_problem(422, "INVALID");
    let message = "add-on `regulated` cannot be added to plan `community`";
    assert_eq!(
        problem["errors"],
        json!([{ "field": "addons", "message": message }])
    );
    put(&client, "/accounts/nobody/addons/seats")
        .await
        .assert_problem(404, "NOT_FOUND");

    // Nor a plan that the add-ons do not go with.
    let both = json!({ "plan": "business", "addons": ["regulated", "seats"] }).to_string();
    client
        .admin(Method::PATCH, "/accounts/acme", &both)
        .await
        .assert_json();
    let answer = client.admin(Method::PATCH, "/accounts/acme", &plan).await;
    let problem = answer.assert_problem(422, "INVALID");
    assert_eq!(
        problem["errors"],
        json!([{ "field": "addons", "message": message }])
    );
}
