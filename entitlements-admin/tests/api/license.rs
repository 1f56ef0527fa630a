use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use serde_json::json;

use crate::client::Client;

#[tokio::test]
async fn without_a_license_the_list_is_empty() {
    let client = Client::unlicensed();
    let answer = client.get("/license").await;
    assert_eq!(
        answer.assert_json(),
        json!({ "status": "unlicensed", "licenses": [] })
    );
}

#[tokio::test]
async fn a_key_is_taken_listed_and_removed() {
    let client = Client::unlicensed();
    let entry = json!({
        "id": "lic-1", "source": "store", "plan": "business", "status": "active",
        "expires_at": NOW.saturating_add_days(365).to_string(),
    });

    let taken = client.activate(&client.key("lic-1")).await;
    assert_eq!(taken.assert_json(), entry);
    assert!(
        taken
            .text
            .starts_with(r#"{"id":"lic-1","source":"store","plan":"business","status":"#)
    );
    assert!(client.engine.current().has("sso"));

    let list = client.get("/license").await.assert_json();
    assert_eq!(list, json!({ "status": "active", "licenses": [entry] }));

    client.delete("/license/lic-1").await.assert_no_content();
    assert!(!client.engine.current().has("sso"));
    client
        .delete("/license/lic-1")
        .await
        .assert_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn white_space_in_a_pasted_key_is_ignored() {
    let client = Client::unlicensed();
    let key = client.key("lic-1");
    let (first, second) = key.split_at(40);
    client
        .activate(&format!("\r\n {first}\n\t{second} "))
        .await
        .assert_json();
}

#[tokio::test]
async fn the_same_key_twice_is_one_license() {
    let client = Client::unlicensed();
    let key = client.key("lic-1");
    client.activate(&key).await.assert_json();
    client.activate(&key).await.assert_json();
    let list = client.get("/license").await.json();
    assert_eq!(list["licenses"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn removing_all_succeeds_with_and_without_licenses() {
    let client = Client::unlicensed();
    client.activate(&client.key("lic-1")).await.assert_json();
    client.activate(&client.key("lic-2")).await.assert_json();
    client.delete("/license").await.assert_no_content();
    assert_eq!(client.get("/license").await.json()["licenses"], json!([]));
    client.delete("/license").await.assert_no_content();
}

#[tokio::test]
async fn managed_licenses_stay() {
    let (client, _) = Client::managed("lic-1");
    let listed = client.get("/license").await.assert_json();
    assert_eq!(listed["licenses"][0]["source"], "flag");

    client
        .delete("/license/lic-1")
        .await
        .assert_problem(409, "LICENSE_MANAGED");
    client.delete("/license").await.assert_no_content();
    assert_eq!(client.get("/license").await.json(), listed);
}

#[tokio::test]
async fn a_configured_key_that_does_not_verify_is_listed_with_nulls() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.license_key("garbage")
    });
    let list = Client::over(engine).get("/license").await.assert_json();
    let nulls = json!({ "id": null, "source": "flag", "plan": null, "status": "invalid", "expires_at": null });
    assert_eq!(list, json!({ "status": "invalid", "licenses": [nulls] }));
}

#[tokio::test]
async fn a_refused_key_changes_nothing_and_says_why() {
    let client = Client::unlicensed();
    let key = client.key("lic-1");
    let foreign = TestVendor::new().key(&testing::catalog(), |draft| draft.plan("business"));
    let signature = key.rfind('.').unwrap() + 10;
    let flipped = if key.as_bytes()[signature] == b'A' {
        "B"
    } else {
        "A"
    };
    let forged = format!("{}{flipped}{}", &key[..signature], &key[signature + 1..]);
    for (bad, reason) in [
        ("", "malformed"),
        (" \n", "malformed"),
        ("\0", "malformed"),
        ("garbage", "malformed"),
        ("a.b.c.d", "malformed"),
        ("é.é.é", "encoding"),
        (&"x".repeat(16 * 1024 + 1), "too_long"),
        (&foreign, "unknown_key"),
        (&forged, "signature"),
        (&format!("{key}\0"), "encoding"),
    ] {
        let answer = client.activate(bad).await;
        let problem = answer.assert_problem(422, "INVALID_LICENSE");
        assert_eq!(problem["reason"], reason, "{bad:?}: {}", answer.text);
    }
    assert_eq!(client.get("/license").await.json()["status"], "unlicensed");
}

#[tokio::test]
async fn a_key_is_refused_once_its_grace_is_over() {
    let client = Client::unlicensed();
    let key = client.key("lic-1");
    client.engine.clock().advance_days(365 + 13);
    assert_eq!(client.activate(&key).await.assert_json()["status"], "grace");
    client.delete("/license").await.assert_no_content();

    client.engine.clock().advance_days(1);
    let problem = client
        .activate(&key)
        .await
        .assert_problem(422, "INVALID_LICENSE");
    assert_eq!(problem["reason"], "expired");
}

#[tokio::test]
async fn a_key_that_begins_later_is_taken() {
    let client = Client::unlicensed();
    let begins = NOW.saturating_add_days(10);
    let key = client
        .engine
        .key(|draft| draft.plan("business").not_before(begins));
    assert_eq!(
        client.activate(&key).await.assert_json()["status"],
        "not_yet_valid"
    );
}

#[tokio::test]
async fn ids_in_paths_are_decoded() {
    let client = Client::unlicensed();
    for (id, path) in [
        ("a:b.c", "/license/a%3Ab.c"),
        ("status", "/license/%73tatus"),
    ] {
        client.activate(&client.key(id)).await.assert_json();
        client.delete(path).await.assert_no_content();
    }
    for path in [
        "/license/a%2Fb",
        "/license/%00",
        "/license/..",
        "/license/%C3%A9",
        "/license/x?id=y",
    ] {
        client.delete(path).await.assert_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn p3_a_key_that_cannot_be_kept_is_503_and_changes_nothing() {
    // A folder cannot be made where a file is.
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.data_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml/data"))
    });
    let client = Client::over(engine);
    let answer = client.activate(&client.key("lic-1")).await;
    let problem = answer.assert_problem(503, "NOT_STORED");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("the license key is good, and cannot be kept: "),
        "{detail}"
    );
    assert!(detail.contains("licenses.json"), "{detail}");
    assert_eq!(client.get("/license").await.json()["status"], "unlicensed");
    client.delete("/license").await.assert_no_content();
}
