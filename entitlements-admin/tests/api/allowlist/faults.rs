//! M20: stores that fail, and lists that are full.

use std::sync::{Arc, Mutex};

use entitlements_core::allowlist::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistEntry, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy, MOST_ENTRIES,
};
use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use entitlements_core::{AccountId, Reply};
use http::Method;
use serde_json::{Value, json};

use super::{DESK, PATH, refused};
use crate::client::Client;

/// Keeps one list, as long as it is in order.
#[derive(Debug, Default, Clone)]
struct Frail {
    list: Arc<Mutex<Arc<Allowlist>>>,
    is_down: Arc<Mutex<bool>>,
}

impl Frail {
    fn check(&self) -> Result<(), AllowlistStoreError> {
        match *self.is_down.lock().unwrap() {
            true => Err(AllowlistStoreError::new("/srv/secret: the disk is full")),
            false => Ok(()),
        }
    }
}

impl AllowlistStore for Frail {
    fn load(&self, _: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        Reply::Now(
            self.check()
                .map(|()| Arc::clone(&self.list.lock().unwrap())),
        )
    }

    fn change(
        &self,
        _: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        let mut list = self.list.lock().unwrap();
        let changed = self.check().map_err(AllowlistError::from);
        let changed = changed.and_then(|()| Ok(change.applied_to(&list, &by)?));
        if let Ok(changed) = &changed {
            *list = Arc::clone(&changed.list);
        }
        Reply::Now(changed)
    }

    fn remove(&self, _: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        Reply::Now(self.check().map(|()| false))
    }
}

fn over(store: Frail) -> Client {
    let (catalog, vendor) = (testing::catalog(), TestVendor::new());
    let key = vendor.key(&catalog, |draft| draft.plan("business"));
    let (engine, _upkeep) = TestEngine::build(catalog, vendor, |builder| {
        builder.license_key(key).allowlists(store)
    });
    Client::over(engine)
}

#[tokio::test]
async fn m20_a_store_that_fails_is_503_and_nothing_has_changed() {
    let store = Frail::default();
    let client = over(store.clone());
    let id = client.added("192.0.2.0/24").await;
    let before = client.listed().await;
    let records = client.get("/audit").await.text;
    *store.is_down.lock().unwrap() = true;
    let entry = format!("{PATH}/{id}");
    for (method, path, body) in [
        (Method::POST, PATH, json!({ "ip_range": "10.0.0.0/8" })),
        (Method::PATCH, &*entry, json!({ "is_active": false })),
        (Method::PATCH, &*entry, json!({})),
        (Method::PATCH, "/account/ip-allowlist/x", json!({})),
        (Method::DELETE, &*entry, Value::Null),
    ] {
        let answer = client.owner_at(DESK, method.clone(), path, &body).await;
        let problem = answer.assert_problem(503, "NOT_STORED");
        // Whose disk it is and where is not the account's concern.
        let detail = "the list cannot be changed now, and is as it was";
        assert_eq!(problem["detail"], detail, "{method}");
    }
    let answer = client.owner_at(DESK, Method::GET, PATH, &Value::Null).await;
    answer.assert_problem(503, "ENTITLEMENTS_UNAVAILABLE");
    assert!(answer.header("retry-after").is_some());
    *store.is_down.lock().unwrap() = false;
    assert_eq!(client.listed().await, before);
    assert_eq!(client.get("/audit").await.text, records);
}

/// W11: whoever started from nothing would open what was closed.
#[tokio::test]
async fn m20_a_damaged_file_is_neither_read_nor_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, vendor) = (testing::catalog(), TestVendor::new());
    let key = vendor.key(&catalog, |draft| draft.plan("business"));
    let (engine, _upkeep) = TestEngine::build(catalog, vendor, |builder| {
        builder.license_key(key).data_dir(folder.path())
    });
    let client = Client::over(engine);
    client.added("192.0.2.0/24").await;
    let file = folder.path().join("allowlists.json");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let answer = client.owner_at(DESK, Method::GET, PATH, &Value::Null).await;
    answer.assert_problem(503, "ENTITLEMENTS_UNAVAILABLE");
    let body = json!({ "ip_range": "10.0.0.0/8" });
    let answer = client.owner_at(DESK, Method::POST, PATH, &body).await;
    answer.assert_problem(503, "NOT_STORED");
    assert!(!answer.text.contains("allowlists.json"), "{}", answer.text);
    assert_eq!(std::fs::read(&file).unwrap(), &whole[..whole.len() / 2]);
}

#[tokio::test]
async fn m20_a_list_that_is_full_takes_no_more() {
    let entry = |number: usize| {
        let range = format!(
            "192.{}.{}.{}",
            number >> 16,
            (number >> 8) & 255,
            number & 255
        );
        AllowlistEntry::new(range.parse().unwrap(), "ann", NOW)
    };
    let store = Frail::default();
    *store.list.lock().unwrap() = Arc::new(Allowlist::new((1..MOST_ENTRIES).map(entry)));
    let client = over(store);
    let here = "192.0.0.1";
    let last = client.added_by(here, "10.0.0.0/8", "").await;
    for query in ["", "?force=true"] {
        let path = format!("{PATH}{query}");
        let body = json!({ "ip_range": "203.0.113.0/24" });
        let answer = client.owner_at(here, Method::POST, &path, &body).await;
        assert_eq!(refused(&answer), [""]);
        assert!(answer.text.contains("a list has at most 10000 entries"));
    }
    let body = json!({ "ip_range": "203.0.113.0/24" });
    client.patch(here, &last, &body).await.assert_json();
    assert_eq!(client.listed().await.len(), MOST_ENTRIES);
    client.remove(here, &last).await.assert_no_content();
    client.added_by(here, "10.0.0.0/8", "").await;
}
