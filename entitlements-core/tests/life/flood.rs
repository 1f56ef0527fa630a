//! Many who ask at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use entitlements_core::Reply;
use entitlements_core::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use entitlements_core::testing::{NOW, TestVendor};

use crate::product::Product;

/// Takes a moment for each answer, and counts how often licenses are read.
#[derive(Debug, Clone, Default)]
struct Counting(Arc<AtomicUsize>);

fn done() -> Reply<Result<(), LicenseStoreError>> {
    Reply::Now(Ok(()))
}

impl LicenseStore for Counting {
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        if of == Collection::Licenses {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        Reply::later(async {
            tokio::task::yield_now().await;
            Ok(Vec::new())
        })
    }

    fn put(&self, _: Collection, _: StoredEntry) -> Reply<Result<(), LicenseStoreError>> {
        done()
    }

    fn remove(&self, _: Collection, _: &str) -> Reply<Result<(), LicenseStoreError>> {
        done()
    }

    fn clear(&self, _: Collection) -> Reply<Result<(), LicenseStoreError>> {
        done()
    }
}

#[tokio::test]
async fn s14_a_thousand_who_ask_at_once_share_two_readings() {
    let store = Counting::default();
    let given = store.clone();
    let vendor = TestVendor::new();
    let product = Product::start_with(&vendor, NOW, |builder| builder.license_store(given)).await;
    let before = store.0.load(Ordering::SeqCst);
    let asking = (0..1000).map(|_| {
        let engine = product.engine.clone();
        tokio::spawn(async move { engine.revalidate().await })
    });
    for asked in asking.collect::<Vec<_>>() {
        asked.await.unwrap();
    }
    let readings = store.0.load(Ordering::SeqCst) - before;
    assert!((1..=2).contains(&readings), "{readings} readings");
}
