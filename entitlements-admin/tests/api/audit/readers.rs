//! M15: who reads records, and which.

use bytes::Bytes;
use entitlements_admin::{AdminApi, BearerToken};
use entitlements_core::AccountId;
use entitlements_core::account::MemoryAccounts;
use entitlements_core::testing::{self, TestEngine, TestVendor};
use http::{Method, Request};
use serde_json::{Value, json};

use super::POST;
use crate::client::{ADMIN, Client, OWNER};

#[tokio::test]
async fn m15_pages_and_filters() {
    let client = Client::unlicensed();
    for id in ["a", "b", "c"] {
        client.engine.clock().advance_days(1);
        let body = json!({ "id": id }).to_string();
        assert_eq!(client.admin(POST, "/accounts", &body).await.status, 201);
    }
    client.activate(&client.key("lic-1")).await.assert_json();
    let all = client.audit().await;
    let accounts = |page: &Value| -> Vec<String> {
        let records = page["records"].as_array().unwrap().iter();
        records
            .map(|record| record["account"].as_str().unwrap_or("-").to_owned())
            .collect()
    };
    for (query, expected) in [
        ("", &["-", "c", "b", "a"][..]),
        ("?", &["-", "c", "b", "a"]),
        ("?limit=2", &["-", "c"]),
        ("?action=account.created", &["c", "b", "a"]),
        ("?action=account.created&account=b", &["b"]),
        ("?actor=admin&license=lic-1", &["-"]),
        ("?actor=Admin", &[]),
        (
            "?since=2026-01-03T12:00:00Z&until=2026-01-04T12:00:00Z",
            &["b"],
        ),
        ("?since=2026-01-03T14:00:00%2B02:00", &["-", "c", "b"]),
        ("?account=", &["-", "c", "b", "a"]),
    ] {
        let page = client.get(&format!("/audit{query}")).await.assert_json();
        assert_eq!(accounts(&page), expected, "{query}");
    }
    let page = client.get("/audit?limit=3").await.assert_json();
    assert_eq!(page["next"], all[1]["id"]);
    let rest = format!("/audit?limit=3&before={}", page["next"].as_str().unwrap());
    let rest = client.get(&rest).await.assert_json();
    assert_eq!(
        (accounts(&rest), &rest["next"]),
        (vec!["a".to_owned()], &Value::Null)
    );
    for (query, fields) in [
        ("?limit=0", &["limit"][..]),
        ("?limit=1001&x=1", &["limit", "x"]),
        ("?since=yesterday&until=2026-01-01", &["since", "until"]),
        ("?since=2026-01-03T14:00:00+02:00", &["since"]),
        ("?query=a", &["query"]),
    ] {
        let problem = client.get(&format!("/audit{query}")).await;
        let problem = problem.assert_problem(422, "INVALID");
        let wrong: Vec<_> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| &error["field"])
            .collect();
        assert_eq!(wrong, fields, "{query}");
    }
}

#[tokio::test]
async fn m15_an_owner_sees_what_is_about_their_account() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.accounts(MemoryAccounts::default())
    });
    let guard = |header: &str| BearerToken::new(header.replace("Bearer ", "")).unwrap();
    let api = AdminApi::new(
        engine.entitlements().clone(),
        guard(ADMIN).named("admin"),
        guard(OWNER).named("owner"),
        |head: &entitlements_admin::RequestParts| {
            let account = head.headers.get("x-account")?.to_str().ok()?;
            Some(AccountId::new(account))
        },
    );
    let client = Client { engine, api };
    for id in ["acme", "beta"] {
        let body = json!({ "id": id }).to_string();
        assert_eq!(client.admin(POST, "/accounts", &body).await.status, 201);
    }
    client.activate(&client.key("lic-1")).await.assert_json();
    let ask = async |authorization: &str, account: &str, query: &str| {
        let headers = [("authorization", authorization), ("x-account", account)];
        let headers = headers.into_iter().filter(|(_, value)| !value.is_empty());
        let headers: Vec<_> = headers.collect();
        client
            .send(Method::GET, &format!("/audit{query}"), &headers, "")
            .await
    };
    for query in ["", "?account=acme"] {
        let page = ask(OWNER, "acme", query).await.assert_json();
        assert_eq!(page["records"].as_array().unwrap().len(), 1);
        assert_eq!(page["records"][0]["account"], "acme");
    }
    let none = ask(OWNER, "acme", "?license=lic-1").await.assert_json();
    assert_eq!(none, json!({ "records": [], "next": null }));
    let others = ask(OWNER, "acme", "?account=beta").await;
    others.assert_problem(403, "FORBIDDEN");
    let nobodys = ask(OWNER, "", "").await;
    nobodys.assert_problem(401, "ACCOUNT_UNKNOWN");
    // An admin needs no account.
    let all = ask(ADMIN, "", "").await.assert_json();
    assert_eq!(all["records"].as_array().unwrap().len(), 3);
    let stranger = ask("", "acme", "").await;
    stranger.assert_problem(401, "UNAUTHORIZED");
    let wrong = ask("Bearer x", "acme", "?x=1").await;
    wrong.assert_problem(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn m15_of_two_refusals_the_better_one_is_told() {
    use entitlements_admin::{Access, FixedAccount, RequestParts};

    let engine = testing::without_license(testing::catalog());
    let guard = |says: &'static str| {
        move |_: &RequestParts| match says {
            "yes" => Access::granted("ada"),
            "no" => Access::Forbidden,
            _ => Access::Unauthenticated,
        }
    };
    for (admin, owner, status) in [
        ("yes", "who", 200),
        ("no", "yes", 200),
        ("who", "yes", 200),
        ("no", "who", 403),
        ("who", "no", 403),
        ("no", "no", 403),
        ("who", "who", 401),
    ] {
        let account = FixedAccount(AccountId::LOCAL);
        let api = AdminApi::new(
            engine.entitlements().clone(),
            guard(admin),
            guard(owner),
            account,
        );
        let request = Request::get("/audit").body(Bytes::new()).unwrap();
        let answer = api.handle(request).await;
        assert_eq!(answer.status(), status, "{admin} {owner}");
    }
}
