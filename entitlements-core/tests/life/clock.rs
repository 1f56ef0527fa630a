use std::fs;
use std::time::Duration;

use entitlements_core::Timestamp;
use entitlements_core::license::{LicenseFiles, reset_kept_clock};
use entitlements_core::testing::{NOW, TestVendor};
use tempfile::tempdir;

use crate::product::{Product, key};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn t1_a_clock_set_back_brings_nothing_back_not_even_after_a_start() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let mut product = Product::start(&vendor, folder.path(), NOW).await;
    let key = key(&vendor, "lic", |draft| {
        draft.expires_at(NOW.saturating_add_days(30)).grace_days(7)
    });
    product.engine.activate(&key).await.unwrap();
    product.advance(38 * DAY).await;
    product.advance(HOUR).await;
    assert_eq!(product.status(), "expired");
    product.happened();

    product.clock.set(NOW);
    product.settle().await;
    assert_eq!(product.status(), "expired");
    assert_eq!(product.warnings(), ["clock_rolled_back"]);
    assert_eq!(product.happened(), ["clock.rolled_back"]);
    product.stop().await;

    for back in [NOW, "1960-01-01T00:00:00Z".parse().unwrap()] {
        let mut product = Product::start(&vendor, folder.path(), back).await;
        assert_eq!(product.status(), "expired", "at {back}");
        assert!(product.warnings().contains(&"clock_rolled_back"));
        assert!(!product.engine.current().has("sso"));
        product.clock.set(NOW.saturating_add_days(50));
        product.settle().await;
        assert!(product.warnings().is_empty());
        assert!(!product.happened().contains(&"license.activated"));
        product.stop().await;
    }
}

#[tokio::test]
async fn t2_one_start_in_2099_locks_nobody_out() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let product = Product::start(&vendor, folder.path(), NOW).await;
    product
        .engine
        .activate(&key(&vendor, "lic", |draft| draft))
        .await
        .unwrap();
    product.stop().await;
    let far: Timestamp = "2099-01-01T00:00:00Z".parse().unwrap();
    let product = Product::start(&vendor, folder.path(), far).await;
    product.advance(HOUR / 2).await;
    assert_eq!(product.status(), "expired");
    // The time server answers.
    product.clock.set(NOW.saturating_add(HOUR));
    product.settle().await;
    assert_eq!(product.status(), "active");
    product.advance(3 * HOUR).await;
    product.stop().await;
    let product = Product::start(&vendor, folder.path(), NOW.saturating_add(5 * HOUR)).await;
    assert_eq!((product.status(), product.warnings()), ("active", vec![]));
}

/// A clock that was years ahead for longer than an hour: a new key, or a command, says what time it is.
#[tokio::test]
async fn t5_a_new_key_resets_a_clock_that_was_wrong_for_hours_and_an_old_one_does_not() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let product = Product::start(&vendor, folder.path(), NOW).await;
    let old = key(&vendor, "old", |draft| draft.issued_at(NOW));
    product.engine.activate(&old).await.unwrap();
    product.clock.set("2099-01-01T00:00:00Z".parse().unwrap());
    product.settle().await;
    product.advance(2 * HOUR).await;
    product.stop().await;

    let at = NOW.saturating_add_days(2);
    let mut product = Product::start(&vendor, folder.path(), at).await;
    assert_eq!(
        product.status(),
        "expired",
        "the newest trusted time is in 2099"
    );
    product.engine.deactivate("old").await.unwrap();
    // The clock is set to when the old key was issued: nothing new is known from it.
    product.clock.set(NOW);
    product.engine.activate(&old).await.unwrap_err();
    product.clock.set(at);
    let new = key(&vendor, "new", |draft| {
        draft
            .issued_at(at.saturating_sub(23 * HOUR))
            .expires_at(at.saturating_add_days(9))
    });
    product.engine.activate(&new).await.unwrap();
    assert_eq!((product.status(), product.warnings()), ("active", vec![]));
    assert!(product.happened().contains(&"clock.reset"));
    product.stop().await;
    let product = Product::start(&vendor, folder.path(), at).await;
    assert_eq!(product.status(), "active");
}

/// Whoever holds a key knows when it was issued, and can set the clock to then.
#[tokio::test]
async fn t5_a_key_that_was_in_force_from_elsewhere_resets_no_clock() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let old = key(&vendor, "old", |draft| {
        let draft = draft.issued_at(NOW).grace_days(0);
        draft.expires_at(NOW.saturating_add_days(30))
    });
    let configured = old.clone();
    let mut product = Product::start_with(&vendor, NOW, |builder| {
        builder.license_key(configured).data_dir(folder.path())
    })
    .await;
    product.advance(31 * DAY).await;
    product.advance(HOUR).await;
    assert_eq!(product.status(), "expired");
    product.clock.set(NOW.saturating_add(HOUR));
    product.settle().await;
    product.engine.activate(&old).await.unwrap_err();
    assert_eq!(product.status(), "expired");
    assert!(!product.happened().contains(&"clock.reset"));
}

#[tokio::test]
async fn t5_the_command_resets_it_for_processes_that_run_too() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let mut product = Product::start(&vendor, folder.path(), NOW).await;
    product
        .engine
        .activate(&key(&vendor, "lic", |draft| draft))
        .await
        .unwrap();
    product.clock.set("2099-01-01T00:00:00Z".parse().unwrap());
    product.settle().await;
    product.advance(2 * HOUR).await;
    product.clock.set(NOW.saturating_add_days(1));
    product.settle().await;
    assert_eq!(product.status(), "expired");
    let store = LicenseFiles::in_folder(folder.path());
    reset_kept_clock(&store, NOW.saturating_add_days(1))
        .await
        .unwrap();
    product.engine.revalidate().await;
    assert_eq!(product.status(), "active");
    assert!(product.happened().contains(&"clock.reset"));
}

/// What the command wrote is not written over by a process that has not seen it yet.
#[tokio::test]
async fn t5_the_command_counts_for_a_process_that_goes_on_for_hours() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let product = Product::start(&vendor, folder.path(), NOW).await;
    product
        .engine
        .activate(&key(&vendor, "lic", |draft| draft))
        .await
        .unwrap();
    product.clock.set("2099-01-01T00:00:00Z".parse().unwrap());
    product.settle().await;
    product.advance(2 * HOUR).await;
    product.clock.set(NOW.saturating_add_days(1));
    product.settle().await;
    assert_eq!(product.status(), "expired");
    let store = LicenseFiles::in_folder(folder.path());
    reset_kept_clock(&store, NOW.saturating_add_days(1))
        .await
        .unwrap();
    for _ in 0..7 {
        product.advance(HOUR).await;
    }
    product
        .until("it is found", |product| product.status() == "active")
        .await;
    assert!(product.warnings().is_empty());
    product.stop().await;
    let at = NOW.saturating_add_days(2);
    let product = Product::start(&vendor, folder.path(), at).await;
    assert_eq!((product.status(), product.warnings()), ("active", vec![]));
}

#[tokio::test]
async fn t4_it_is_kept_hourly_and_damage_is_told_of() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let product = Product::start(&vendor, folder.path(), NOW).await;
    product.advance(HOUR).await;
    let file = folder.path().join("clock.json");
    product.until("it is kept", |_| file.exists()).await;
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text, r#"{"clock":{"newest":"2026-01-01T13:00:00Z"}}"#);
    product.stop().await;
    for damage in [
        "",
        "{",
        r#"{"clock":{"newest":"tomorrow"}}"#,
        r#"{"licenses":{}}"#,
    ] {
        fs::write(&file, damage).unwrap();
        let product = Product::start(&vendor, folder.path(), NOW).await;
        assert_eq!(product.errors(), ["clock_unreadable"], "{damage}");
        assert_eq!(product.status(), "unlicensed");
        product.stop().await;
    }
}
