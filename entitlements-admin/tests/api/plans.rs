//! M17: what is for sale.

use http::Method;
use serde_json::json;

use crate::client::Client;

#[tokio::test]
async fn m17_the_pricing_table_is_for_anyone() {
    let client = Client::unlicensed();
    let answer = client.send(Method::GET, "/plans", &[], "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.text, client.engine.catalog().pricing_json());
    let plans = answer.json()["plans"].clone();
    let codes: Vec<_> = plans
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| &plan["code"])
        .collect();
    assert_eq!(codes, ["community", "business", "enterprise"]);
    assert_eq!(plans[0]["limits"]["users"], json!(3));

    let tag = answer.header("etag").unwrap();
    assert!(tag.starts_with('"') && tag.len() == 66, "{tag}");
    let again = client
        .send(Method::GET, "/plans", &[("if-none-match", tag)], "")
        .await;
    assert_eq!((again.status.as_u16(), &*again.text), (304, ""));
    assert_eq!(again.header("etag"), Some(tag));
    assert_eq!(again.header("cache-control"), Some("public, max-age=300"));

    let head = client.send(Method::HEAD, "/plans", &[], "").await;
    assert_eq!((head.status.as_u16(), &*head.text), (200, ""));
    assert_eq!(
        head.header("content-length"),
        Some(&*answer.text.len().to_string())
    );
    let posted = client.send(Method::POST, "/plans", &[], "").await;
    posted.assert_problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(posted.header("allow"), Some("GET, HEAD"));
}

#[tokio::test]
async fn m17_what_is_held_changes_nothing_of_it() {
    let client = Client::unlicensed();
    let before = client.send(Method::GET, "/plans", &[], "").await;
    client.activate(&client.key("lic-1")).await.assert_json();
    let after = client.send(Method::GET, "/plans", &[], "").await;
    assert_eq!(before.header("etag"), after.header("etag"));
}
