//! P9: changes that nobody waits for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use entitlements_core::Reply;
use entitlements_core::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use entitlements_core::testing::{NOW, TestVendor};
use tokio::sync::Semaphore;

use crate::product::{Product, key};

/// A store that does what it is asked, and answers when it is let.
#[derive(Debug, Clone)]
struct Slow {
    kept: Arc<Mutex<BTreeMap<(Collection, String), String>>>,
    answers: Arc<Semaphore>,
}

impl Slow {
    fn answer(&self) -> Reply<Result<(), LicenseStoreError>> {
        let answers = Arc::clone(&self.answers);
        Reply::later(async move {
            answers.acquire().await.unwrap().forget();
            Ok(())
        })
    }
}

impl LicenseStore for Slow {
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        let kept = self.kept.lock().unwrap();
        let kept = kept.iter().filter(|((collection, _), _)| *collection == of);
        Reply::Now(Ok(kept
            .map(|((_, id), value)| StoredEntry::new(id.as_str(), value.as_str()))
            .collect()))
    }

    fn put(&self, to: Collection, entry: StoredEntry) -> Reply<Result<(), LicenseStoreError>> {
        self.kept
            .lock()
            .unwrap()
            .insert((to, entry.id), entry.value);
        self.answer()
    }

    fn remove(&self, from: Collection, id: &str) -> Reply<Result<(), LicenseStoreError>> {
        self.kept.lock().unwrap().remove(&(from, id.to_owned()));
        self.answer()
    }

    fn clear(&self, collection: Collection) -> Reply<Result<(), LicenseStoreError>> {
        self.kept
            .lock()
            .unwrap()
            .retain(|(of, _), _| *of != collection);
        self.answer()
    }
}

#[tokio::test]
async fn p9_an_activation_that_is_given_up_after_it_was_kept_counts_all_the_same() {
    for with_upkeep in [true, false] {
        let store = Slow {
            kept: Arc::default(),
            answers: Arc::new(Semaphore::new(0)),
        };
        let vendor = TestVendor::new();
        let kept_in = store.clone();
        let product =
            Product::start_with(&vendor, NOW, |builder| builder.license_store(kept_in)).await;
        let engine = product.engine.clone();
        let key = key(&vendor, "lic", |draft| draft);
        let activation = tokio::spawn(async move { engine.activate(&key).await });
        product.settle().await;
        assert!(!activation.is_finished());
        assert_eq!(product.status(), "unlicensed");
        activation.abort();
        assert!(activation.await.unwrap_err().is_cancelled());
        store.answers.add_permits(100);
        if with_upkeep {
            product
                .until("the upkeep found it", |product| {
                    product.status() == "active"
                })
                .await;
        } else {
            // Whoever changes something next finds it too.
            product.engine.deactivate("lic").await.unwrap();
            assert_eq!(product.status(), "unlicensed");
            assert!(
                store
                    .kept
                    .lock()
                    .unwrap()
                    .keys()
                    .all(|(of, _)| *of != Collection::Licenses)
            );
        }
    }
}
