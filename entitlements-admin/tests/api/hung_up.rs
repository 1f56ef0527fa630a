//! M13: clients that hang up in mid-change.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use entitlements_core::Reply;
use entitlements_core::audit::AuditQuery;
use entitlements_core::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use entitlements_core::testing::{self, TestEngine, TestVendor};
use http::Method;
use tokio::sync::Semaphore;

use crate::client::{ADMIN, Client};

/// Keeps nothing, and says so when it is let.
#[derive(Debug)]
struct Slow(Arc<Semaphore>);

impl Slow {
    fn answer(&self) -> Reply<Result<(), LicenseStoreError>> {
        let answers = Arc::clone(&self.0);
        Reply::later(async move {
            answers.acquire().await.unwrap().forget();
            Ok(())
        })
    }
}

impl LicenseStore for Slow {
    fn load(&self, _: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        Reply::Now(Ok(Vec::new()))
    }

    fn put(&self, _: Collection, _: StoredEntry) -> Reply<Result<(), LicenseStoreError>> {
        self.answer()
    }

    fn remove(&self, _: Collection, _: &str) -> Reply<Result<(), LicenseStoreError>> {
        self.answer()
    }

    fn clear(&self, _: Collection) -> Reply<Result<(), LicenseStoreError>> {
        self.answer()
    }
}

#[tokio::test]
async fn m13_a_change_whose_client_hangs_up_leaves_its_record_too() {
    let answers = Arc::new(Semaphore::new(0));
    let store = Slow(Arc::clone(&answers));
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.license_store(store)
    });
    let client = Client::over(engine);
    let body = serde_json::json!({ "key": client.key("lic-1") }).to_string();
    let delete = Method::DELETE;
    for (method, path, body, action) in [
        (Method::POST, "/license", &*body, "license.activated"),
        (delete.clone(), "/license/lic-1", "", "license.deactivated"),
        (Method::POST, "/license", &body, "license.activated"),
        (delete, "/license", "", "license.deactivated"),
    ] {
        {
            let headers = [("authorization", ADMIN)];
            let mut call = pin!(client.send(method, path, &headers, body));
            for _ in 0..20 {
                let mut cx = Context::from_waker(Waker::noop());
                assert!(call.as_mut().poll(&mut cx).is_pending());
                tokio::task::yield_now().await;
            }
        }
        answers.add_permits(20);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        answers.forget_permits(20);
        let newest = AuditQuery::default().limited_to(1);
        let page = client.engine.entitlements().audit().read(newest).await;
        let records = page.unwrap().records;
        assert_eq!(records.first().map(|record| &*record.action), Some(action));
    }
}
