//! The engine on the store: what was handed in is there at the next start, and a damaged database stops nothing.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use entitlements_core::testing::{self, ManualClock, NOW, TestVendor};
use entitlements_core::{ActivateError, Entitlements, LicenseStatus};
use entitlements_store::SqliteStore;
use tempfile::tempdir;

use crate::block_on;

async fn start(vendor: &TestVendor, database: &Path) -> Entitlements {
    let store = SqliteStore::lazy(format!("sqlite://{}", database.display())).unwrap();
    start_on(vendor, store).await
}

async fn start_on(vendor: &TestVendor, store: SqliteStore) -> Entitlements {
    let builder = Entitlements::builder()
        .catalog(testing::catalog())
        .trusted_key(vendor.trusted_key())
        .clock(Arc::new(ManualClock::at(NOW)))
        .license_store(store);
    builder.build().await.unwrap().0
}

fn key(vendor: &TestVendor, id: &str) -> String {
    vendor.key(&testing::catalog(), |draft| draft.plan("business").id(id))
}

#[test]
fn p1_a_license_that_was_activated_is_active_after_the_next_start() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let database = folder.path().join("acme.db");
    block_on(async {
        let first = start(&vendor, &database).await;
        assert_eq!(first.current().status(), LicenseStatus::Unlicensed);
        first.activate(&key(&vendor, "lic")).await.unwrap();
        drop(first);
        let second = start(&vendor, &database).await;
        assert_eq!(second.current().status(), LicenseStatus::Active);
        assert!(second.current().has("sso"));
        second.deactivate("lic").await.unwrap();
        drop(second);
        let third = start(&vendor, &database).await;
        assert_eq!(third.current().status(), LicenseStatus::Unlicensed);
        for id in ["a", "b"] {
            third.activate(&key(&vendor, id)).await.unwrap();
        }
        third.deactivate_all().await.unwrap();
        assert!(
            start(&vendor, &database)
                .await
                .current()
                .licenses()
                .is_empty()
        );
    });
}

#[test]
fn p5_a_damaged_database_means_the_base_plan_and_an_error_that_says_what_to_do() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let database = folder.path().join("acme.db");
    block_on(async {
        let store = SqliteStore::open(&database).await.unwrap();
        let engine = start_on(&vendor, store.clone()).await;
        engine.activate(&key(&vendor, "lic")).await.unwrap();
        store.close().await;
        fs::write(&database, "garbage").unwrap();
        let engine = start(&vendor, &database).await;
        let current = engine.current();
        assert_eq!(current.plan_in_force().name(), "community");
        let errors = current.errors();
        let told = errors.iter().any(|error| {
            error.code() == "licenses_unreadable"
                && error.message().contains(database.to_str().unwrap())
        });
        assert!(told, "{errors:?}");
        let key = key(&vendor, "other");
        let error = engine.activate(&key).await.unwrap_err();
        assert!(matches!(error, ActivateError::NotKept(_)), "{error}");
        assert!(!error.to_string().contains(&key));
        assert_eq!(engine.current().plan_in_force().name(), "community");
        assert_eq!(fs::read_to_string(&database).unwrap(), "garbage");
        // Out of the way, it is used without a start.
        fs::remove_file(&database).unwrap();
        engine.activate(&key).await.unwrap();
        assert_eq!(
            start(&vendor, &database).await.current().status(),
            LicenseStatus::Active
        );
    });
}
