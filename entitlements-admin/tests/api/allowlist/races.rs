//! M20 and M21: owners at the same time, and clients that hang up.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use entitlements_core::allowlist::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy, MemoryAllowlists,
};
use entitlements_core::testing::{self, TestEngine, TestVendor};
use entitlements_core::{AccountId, Reply};
use http::Method;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{DESK, PATH, client};
use crate::client::Client;

fn in_folder(folder: &std::path::Path) -> Client {
    let (catalog, vendor) = (testing::catalog(), TestVendor::new());
    let key = vendor.key(&catalog, |draft| draft.plan("business"));
    let (engine, _upkeep) = TestEngine::build(catalog, vendor, |builder| {
        builder.license_key(key).data_dir(folder)
    });
    Client::over(engine)
}

async fn race(client: &Arc<Client>, calls: Vec<(Method, String, Value)>) -> Vec<u16> {
    let calls = calls.into_iter().map(|(method, path, body)| {
        let client = Arc::clone(client);
        tokio::spawn(async move {
            let answer = client.owner_at(DESK, method, &path, &body).await;
            answer.status.as_u16()
        })
    });
    let mut statuses = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        statuses.push(call.await.unwrap());
    }
    statuses.sort_unstable();
    statuses
}

/// Each alone would be right: of two that take the last range from under one's feet, one is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m20_of_two_owners_who_let_go_at_once_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for client in [client(), in_folder(folder.path())] {
        let client = Arc::new(client);
        for _ in 0..8 {
            let mut ids = Vec::new();
            // The last keeps the list in force.
            for range in ["192.0.2.0/24", "192.0.2.0/25", "10.0.0.0/8"] {
                ids.push(client.added(range).await);
            }
            let calls = ids.iter().take(2).zip([
                (Method::DELETE, Value::Null),
                (Method::PATCH, json!({ "is_active": false })),
            ]);
            let calls = calls.map(|(id, (method, body))| (method, format!("{PATH}/{id}"), body));
            let statuses = race(&client, calls.collect()).await;
            assert!(matches!(statuses[..], [200 | 204, 422]), "{statuses:?}");
            assert_eq!(client.in_force().await.len(), 2);
            for entry in client.listed().await {
                let path = format!("{}?force=true", entry["id"].as_str().unwrap());
                client.remove(DESK, &path).await.assert_no_content();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m20_of_64_who_add_at_once_each_is_kept_and_equal_ones_once() {
    let folder = tempfile::tempdir().unwrap();
    for client in [client(), in_folder(folder.path())] {
        let client = Arc::new(client);
        client.added("192.0.2.0/24").await;
        let post = |range: String| (Method::POST, PATH.to_owned(), json!({ "ip_range": range }));
        let different = (0..64).map(|number| post(format!("10.0.{number}.0/24")));
        assert_eq!(race(&client, different.collect()).await, [201; 64]);
        let same = (0..64).map(|_| post("203.0.113.0/24".into()));
        let statuses = race(&client, same.collect()).await;
        assert_eq!((statuses[0], &statuses[1..]), (201, &[422; 63][..]));
        assert_eq!(client.listed().await.len(), 66);
        assert_eq!(client.allowlist_records().await.len(), 66);
        let ids: Vec<_> = client.listed().await.into_iter().skip(1).collect();
        let gone = ids.iter().cycle().take(65 * 2).map(|entry| {
            let path = format!("{PATH}/{}", entry["id"].as_str().unwrap());
            (Method::DELETE, path, Value::Null)
        });
        let statuses = race(&client, gone.collect()).await;
        assert_eq!(statuses, [[204; 65], [404; 65]].concat());
        assert_eq!(client.allowlist_records().await.len(), 66 + 65);
    }
}

/// Makes a change when it is let.
#[derive(Debug)]
struct Slow {
    kept: MemoryAllowlists,
    goes: Arc<Semaphore>,
}

impl AllowlistStore for Slow {
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        self.kept.load(account)
    }

    fn change(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        let (kept, goes) = (self.kept.clone(), Arc::clone(&self.goes));
        let account = account.clone();
        Reply::later(async move {
            goes.acquire().await.unwrap().forget();
            kept.change(&account, change, by).await
        })
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        self.kept.remove(account)
    }
}

#[tokio::test]
async fn m21_a_change_whose_client_hangs_up_is_made_and_leaves_its_record() {
    let goes = Arc::new(Semaphore::new(0));
    let store = Slow {
        kept: MemoryAllowlists::default(),
        goes: Arc::clone(&goes),
    };
    let (catalog, vendor) = (testing::catalog(), TestVendor::new());
    let key = vendor.key(&catalog, |draft| draft.plan("business"));
    let (engine, _upkeep) = TestEngine::build(catalog, vendor, |builder| {
        builder.license_key(key).allowlists(store)
    });
    let client = Client::over(engine);
    let mut entry = PATH.to_owned();
    for (method, body, action, left) in [
        (
            Method::POST,
            json!({ "ip_range": "192.0.2.0/24" }),
            "allowlist.added",
            1,
        ),
        (
            Method::PATCH,
            json!({ "is_active": false }),
            "allowlist.changed",
            1,
        ),
        (Method::DELETE, Value::Null, "allowlist.removed", 0),
    ] {
        {
            let mut call = pin!(client.owner_at(DESK, method, &entry, &body));
            for _ in 0..20 {
                let mut cx = Context::from_waker(Waker::noop());
                assert!(call.as_mut().poll(&mut cx).is_pending());
                tokio::task::yield_now().await;
            }
        }
        goes.add_permits(1);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        let records = client.allowlist_records().await;
        assert_eq!(records.last().unwrap()["action"], action);
        assert_eq!(records.last().unwrap()["client_address"], DESK);
        let listed = client.listed().await;
        assert_eq!(listed.len(), left);
        if let Some(made) = listed.first() {
            entry = format!("{PATH}/{}", made["id"].as_str().unwrap());
        }
    }
    assert_eq!(client.allowlist_records().await.len(), 3);
}
