//! The engine on the store: what was handed in is there at the next start, and a damaged database stops nothing.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use entitlements_core::license::{LicenseDraft, LicenseIssuer, RevocationDraft, SigningKey};
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

/// What is held, sorted.
fn ids(engine: &Entitlements) -> Vec<String> {
    let current = engine.current();
    let licenses = current.licenses().iter();
    let mut ids: Vec<_> = licenses
        .map(|license| license.id.clone().unwrap())
        .collect();
    ids.sort();
    ids
}

#[test]
fn l16a_what_was_revoked_stays_revoked_after_the_next_start() {
    let (signer, folder) = (SigningKey::generate().unwrap(), tempdir().unwrap());
    let start = async || {
        let store = SqliteStore::lazy(folder.path().join("acme.db")).unwrap();
        let builder = Entitlements::builder()
            .catalog(testing::catalog())
            .trusted_key(signer.trusted_key().clone())
            .clock(Arc::new(ManualClock::at(NOW)))
            .license_store(store);
        builder.build().await.unwrap().0
    };
    block_on(async {
        let issuer = LicenseIssuer::new(&signer).with_catalog(testing::catalog());
        let draft = LicenseDraft::new("acme").plan("business").id("lic");
        let draft = draft.expires_at(NOW.saturating_add_days(365));
        let key = issuer.issue(&draft, NOW).unwrap();
        let engine = start().await;
        engine.activate(&key).await.unwrap();
        let list = RevocationDraft::new().license("lic").sign(&signer, NOW);
        engine.apply_revocations(&list.unwrap()).await.unwrap();
        drop(engine);
        assert_eq!(start().await.current().status(), LicenseStatus::Revoked);
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
        let backup = fs::read(&database).unwrap();
        fs::write(&database, "garbage").unwrap();
        let engine = start(&vendor, &database).await;
        assert_eq!(engine.current().plan_in_force().name(), "community");
        let told = || {
            let current = engine.current();
            let mut errors = current.errors().iter();
            let error = errors.find(|error| error.code() == "licenses_unreadable");
            error.map(|error| error.message().to_owned())
        };
        assert!(told().unwrap().contains(database.to_str().unwrap()));
        let key = key(&vendor, "other");
        let error = engine.activate(&key).await.unwrap_err();
        assert!(matches!(error, ActivateError::NotKept(_)), "{error}");
        assert!(!error.to_string().contains(&key));
        assert_eq!(engine.current().plan_in_force().name(), "community");
        assert_eq!(fs::read_to_string(&database).unwrap(), "garbage");
        // Mended, it is used without a start.
        fs::write(&database, backup).unwrap();
        engine.revalidate().await;
        assert_eq!(ids(&engine), ["lic"]);
        assert_eq!(told(), None);
        engine.activate(&key).await.unwrap();
        assert_eq!(ids(&start(&vendor, &database).await), ["lic", "other"]);
    });
}
