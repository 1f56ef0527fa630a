//! M20, W5 and W8: what a list says stays after a downgrade; it grows only where the feature is there.

use std::sync::Arc;

use entitlements_core::Catalog;
use entitlements_core::testing::{self, TestEngine, TestVendor};
use http::Method;
use serde_json::{Value, json};

use super::{AWAY, DESK, OFFICE, PATH, client, refused};
use crate::client::{Answer, Client};

/// All that adds or widens, of a list with these entries.
async fn growing(client: &Client, [wide, off]: [&str; 2]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (method, path, body) in [
        (
            Method::POST,
            PATH.to_owned(),
            json!({ "ip_range": "10.0.0.0/8" }),
        ),
        // Others cover it already.
        (
            Method::POST,
            PATH.to_owned(),
            json!({ "ip_range": "192.0.2.0/25" }),
        ),
        (
            Method::POST,
            format!("{PATH}?force=true"),
            json!({ "ip_range": "10.0.0.0/8" }),
        ),
        (
            Method::PATCH,
            format!("{PATH}/{wide}"),
            json!({ "ip_range": "192.0.0.0/16" }),
        ),
        (
            Method::PATCH,
            format!("{PATH}/{wide}"),
            json!({ "ip_range": "10.0.0.0/8", "is_active": false }),
        ),
        (
            Method::PATCH,
            format!("{PATH}/{off}"),
            json!({ "ip_range": "203.0.0.0/16" }),
        ),
        (
            Method::PATCH,
            format!("{PATH}/{off}"),
            json!({ "is_active": true, "description": "on" }),
        ),
    ] {
        answers.push(client.owner_at(DESK, method, &path, &body).await);
    }
    answers
}

/// A list of an active entry and one that is switched off.
async fn two(client: &Client) -> [String; 2] {
    let (office, branch) = (
        client.added(OFFICE).await,
        client.added("203.0.113.0/24").await,
    );
    let off = json!({ "is_active": false });
    client.patch(DESK, &branch, &off).await.assert_json();
    [office, branch]
}

/// All that neither adds nor widens.
async fn shrink(client: &Client, [wide, off]: [&str; 2]) {
    assert_eq!(client.listed().await.len(), 2);
    for (id, body) in [
        (wide, json!({ "description": "office" })),
        (wide, json!({ "ip_range": "192.0.2.0/25" })),
        (
            wide,
            json!({ "is_active": true, "ip_range": "192.0.2.0/25" }),
        ),
        (off, json!({ "ip_range": "203.0.113.7" })),
        (off, json!({ "is_active": false })),
        (wide, json!({ "is_active": false })),
    ] {
        client.patch(DESK, id, &body).await.assert_json();
    }
    for id in [wide, off] {
        client.remove(DESK, id).await.assert_no_content();
    }
}

#[tokio::test]
async fn m20_after_the_end_of_a_license_a_list_stays_in_force_and_only_shrinks() {
    let client = client();
    let [office, branch] = two(&client).await;
    client.engine.clock().advance_days(400);
    for answer in growing(&client, [&office, &branch]).await {
        let problem = answer.assert_problem(402, "LICENSE_EXPIRED");
        assert_eq!(problem["feature"], "ip_allowlist");
        assert_eq!(problem["plan"], "community");
        assert_eq!(problem["available_in"], json!(["business", "enterprise"]));
        assert_eq!(problem["upgrade_url"], "https://test.example/pricing");
        assert!(problem["expired_at"].is_string());
    }
    assert_eq!(client.in_force().await, [OFFICE]);
    // Nobody is let in by the end of a license, and nobody is locked out by accident either.
    let answer = client
        .patch(DESK, &office, &json!({ "ip_range": "192.0.2.128/25" }))
        .await;
    assert_eq!(refused(&answer), ["force"]);
    shrink(&client, [&office, &branch]).await;
}

#[tokio::test]
async fn m20_who_never_had_the_feature_adds_nothing() {
    let client = Client::unlicensed();
    let body = json!({ "ip_range": OFFICE });
    let answer = client.owner_at(DESK, Method::POST, PATH, &body).await;
    let problem = answer.assert_problem(402, "LICENSE_REQUIRED");
    assert_eq!(problem["detail"], "feature `ip_allowlist` is not in force");
    assert_eq!(problem["available_in"], json!(["business", "enterprise"]));
    // W7: what the range can be comes before, whether another has it and whether it locks out after.
    let body = json!({ "ip_range": "192.0.2.7/24" });
    let answer = client.owner_at(AWAY, Method::POST, PATH, &body).await;
    assert_eq!(refused(&answer), ["ip_range"]);
    assert_eq!(client.listed().await, [] as [Value; 0]);
}

#[tokio::test]
async fn m20_the_first_no_of_w7_is_the_answer() {
    let client = client();
    let [office, branch] = two(&client).await;
    client.engine.clock().advance_days(400);
    let taken = json!({ "ip_range": OFFICE });
    let wrong = json!({ "ip_range": "192.0.2.7/24", "description": "a\u{7}b" });
    let answer = client.patch(AWAY, "x", &wrong).await;
    answer.assert_problem(404, "NOT_FOUND");
    assert_eq!(
        refused(&client.patch(AWAY, &branch, &wrong).await),
        ["ip_range"]
    );
    let words = json!({ "ip_range": "10.0.0.0/8", "description": "a\u{7}b" });
    assert_eq!(
        refused(&client.patch(AWAY, &branch, &words).await),
        ["description"]
    );
    let answer = client.patch(AWAY, &branch, &taken).await;
    answer.assert_problem(402, "LICENSE_EXPIRED");
    let answer = client.owner_at(AWAY, Method::POST, PATH, &taken).await;
    answer.assert_problem(402, "LICENSE_EXPIRED");
    // Another has it, and it would lock out.
    let moved = json!({ "ip_range": "192.0.2.0/30" });
    client
        .patch("192.0.2.1", &office, &moved)
        .await
        .assert_json();
    let ends = client.engine.now().saturating_add_days(30);
    let renewed = client
        .engine
        .key(|draft| draft.plan("business").id("lic-2").expires_at(ends));
    client.activate(&renewed).await.assert_json();
    let answer = client
        .patch(
            "192.0.2.1",
            &office,
            &json!({ "ip_range": "203.0.113.0/24" }),
        )
        .await;
    assert_eq!(refused(&answer), ["ip_range"]);
    // A change that changes nothing is asked none of it.
    client.patch(AWAY, &office, &moved).await.assert_json();
}

#[tokio::test]
async fn m20_an_engine_that_forbids_in_place_of_asking_for_payment_does_so_here_too() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.forbidden_instead_of_payment_required()
    });
    let client = Client::over(engine);
    let body = json!({ "ip_range": OFFICE });
    let answer = client.owner_at(DESK, Method::POST, PATH, &body).await;
    let problem = answer.assert_problem(403, "LICENSE_REQUIRED");
    assert_eq!(problem["available_in"], json!(["business", "enterprise"]));
}

/// A catalog without the feature is a mistake in the program; what is there can go all the same.
#[tokio::test]
async fn m20_a_catalog_that_lacks_the_feature_is_500_for_what_grows() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, vendor) = (testing::catalog(), TestVendor::new());
    let key = vendor.key(&catalog, |draft| draft.plan("business"));
    let (engine, _upkeep) = TestEngine::build(catalog, vendor, |builder| {
        builder.license_key(key).data_dir(folder.path())
    });
    let before = Client::over(engine);
    let [office, branch] = two(&before).await;
    drop(before);
    let catalog =
        "schema = 1\n[product]\nname = \"Panel\"\ndefault_plan = \"free\"\n[plans.free]\n";
    let catalog = Arc::new(Catalog::from_toml(catalog).unwrap());
    let (engine, _upkeep) = TestEngine::build(catalog, TestVendor::new(), |builder| {
        builder.data_dir(folder.path())
    });
    let client = Client::over(engine);
    for answer in growing(&client, [&office, &branch]).await {
        answer.assert_problem(500, "UNKNOWN_FEATURE");
    }
    shrink(&client, [&office, &branch]).await;
}
