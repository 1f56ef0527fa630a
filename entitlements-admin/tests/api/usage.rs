//! What is used of the limits, and what there is to say where nobody knows.

use std::time::Duration;

use entitlements_core::account::{
    Account, AccountChange, AccountQuery, AccountStore, AccountStoreError, Lookup, NewAccount,
    SharedTerms,
};
use entitlements_core::testing::{self, TestEngine, TestVendor};
use entitlements_core::{AccountId, Reply};
use http::Method;
use serde_json::{Value, json};

use crate::client::{Client, OWNER};

#[tokio::test]
async fn used_and_remaining_are_there_where_something_counts() {
    let client = Client::unlicensed();
    let limits = async |path: &str| client.get(path).await.json()["limits"].clone();
    let nothing = json!({ "limit": 3, "used": null, "remaining": null });
    for path in ["/entitlements", "/license/status"] {
        assert_eq!(limits(path).await["users"], nothing);
    }
    let users = client.engine.limit(&AccountId::LOCAL, "users");
    let first = client.entitlements(&[]).await;
    for (used, remaining) in [(0, 3), (2, 1), (3, 0), (7, 0)] {
        users.sync(used).await.unwrap();
        let expected = json!({ "limit": 3, "used": used, "remaining": remaining });
        for path in ["/entitlements", "/license/status"] {
            let limits = limits(path).await;
            assert_eq!(limits["users"], expected, "{path}");
            assert_eq!(limits["projects"]["used"], Value::Null);
        }
    }
    // The tag is over the counts too.
    let known = first.header("etag").unwrap();
    let changed = client.entitlements(&[("if-none-match", known)]).await;
    assert_eq!(changed.status, 200);
    let tag = changed.header("etag").unwrap().to_owned();
    client.engine.clock().advance(Duration::from_secs(60));
    let same = client.entitlements(&[("if-none-match", &tag)]).await;
    assert_eq!(same.status, 304);
}

#[tokio::test]
async fn of_what_is_unlimited_nothing_remains_to_be_said() {
    let client = Client::over(testing::on_plan(testing::catalog(), "enterprise"));
    let users = client.engine.limit(&AccountId::LOCAL, "users");
    users.sync(1000).await.unwrap();
    let limits = client.entitlements(&[]).await.json()["limits"].clone();
    assert_eq!(
        limits["users"],
        json!({ "limit": null, "used": 1000, "remaining": null })
    );
}

#[tokio::test]
async fn each_account_has_its_own_counts() {
    let client = Client::unlicensed();
    for id in ["a", "b"] {
        let body = json!({ "id": id, "plan": "business" }).to_string();
        client.admin(Method::POST, "/accounts", &body).await;
    }
    client
        .engine
        .limit(&AccountId::new("a"), "users")
        .sync(4)
        .await
        .unwrap();
    for (id, used) in [("a", 4), ("b", 0)] {
        let has = client
            .get(&format!("/accounts/{id}/entitlements"))
            .await
            .assert_json();
        assert_eq!(has["account"], id);
        assert_eq!(has["limits"]["users"]["used"], used, "{id}");
        assert_eq!((&has["warnings"], &has["errors"]), (&json!([]), &json!([])));
    }
    assert_eq!(
        client.entitlements(&[]).await.json()["limits"]["users"]["used"],
        0
    );
}

#[tokio::test]
async fn counts_that_cannot_be_asked_are_503_but_not_for_whoever_looks_what_is_wrong() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.count("users", |_| async {
            Err::<u64, _>("the database at db-7 is down")
        })
    });
    let client = Client::over(engine);
    let answer = client.entitlements(&[]).await;
    answer.assert_problem(503, "ENTITLEMENTS_UNAVAILABLE");
    assert!(answer.header("retry-after").is_some());
    assert!(!answer.text.contains("db-7"), "{}", answer.text);
    let owner = [("authorization", OWNER)];
    let path = "/entitlements/downgrade-preview?plan=community";
    let answer = client.send(Method::GET, path, &owner, "").await;
    answer.assert_problem(503, "ENTITLEMENTS_UNAVAILABLE");
    let status = client.get("/license/status").await.assert_json();
    assert_eq!(
        status["limits"]["users"],
        json!({ "limit": 3, "used": null, "remaining": null })
    );
}

/// A database that is down.
#[derive(Debug)]
struct Down;

fn down<T>() -> Reply<Result<T, AccountStoreError>> {
    Reply::Now(Err(AccountStoreError::new("the database at db-7 is down")))
}

impl AccountStore for Down {
    fn look(&self, _: &AccountId, _: &mut dyn FnMut(Option<&SharedTerms>)) -> Lookup {
        Lookup::Elsewhere
    }

    fn fetch(&self, _: &AccountId) -> Reply<Result<Option<SharedTerms>, AccountStoreError>> {
        down()
    }

    fn account(&self, _: &AccountId) -> Reply<Result<Option<Account>, AccountStoreError>> {
        down()
    }

    fn insert(&self, _: NewAccount) -> Reply<Result<bool, AccountStoreError>> {
        down()
    }

    fn change(
        &self,
        _: &AccountId,
        _: Box<dyn Fn(&Account) -> Option<AccountChange> + Send + Sync>,
    ) -> Reply<Result<Option<Account>, AccountStoreError>> {
        down()
    }

    fn remove(&self, _: &AccountId) -> Reply<Result<bool, AccountStoreError>> {
        down()
    }

    fn page(&self, _: &AccountQuery) -> Reply<Result<Vec<Account>, AccountStoreError>> {
        down()
    }
}

#[tokio::test]
async fn accounts_that_cannot_be_asked_are_503() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.accounts(Down)
    });
    let client = Client::over(engine);
    let owner = ("authorization", OWNER);
    let mut answers = vec![client.entitlements(&[]).await];
    for path in [
        "/entitlements/explain",
        "/entitlements/downgrade-preview?plan=business",
    ] {
        answers.push(client.send(Method::GET, path, &[owner], "").await);
    }
    for (method, path, body) in [
        (Method::GET, "/accounts", ""),
        (Method::POST, "/accounts", "{}"),
        (Method::GET, "/accounts/acme", ""),
        (Method::PATCH, "/accounts/acme", "{}"),
        (Method::GET, "/accounts/acme/overrides", ""),
        (
            Method::POST,
            "/accounts/acme/overrides",
            r#"{"feature":"sso","enabled":true}"#,
        ),
        (Method::DELETE, "/accounts/acme/overrides/x", ""),
        (Method::DELETE, "/accounts/acme/addons/x", ""),
        (Method::GET, "/accounts/acme/explain", ""),
    ] {
        answers.push(client.admin(method, path, body).await);
    }
    for answer in answers {
        answer.assert_problem(503, "ENTITLEMENTS_UNAVAILABLE");
        assert!(!answer.text.contains("db-7"), "{}", answer.text);
    }
    client.get("/license").await.assert_json();
}
