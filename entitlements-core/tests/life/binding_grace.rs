use std::time::Duration;

use entitlements_core::testing::{NOW, TestVendor};
use tempfile::tempdir;

use crate::product::{Product, key};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn s7a_a_license_elsewhere_stays_in_force_for_two_weeks_in_all() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let key = key(&vendor, "lic", |draft| draft.deployment("eu-1"));
    let start = |here: &'static str, days: u32| {
        let at = NOW.saturating_add_days(days);
        let (key, folder) = (key.clone(), folder.path().to_owned());
        let vendor = &vendor;
        async move {
            Product::start_with(vendor, at, |builder| {
                let builder = builder.license_key(key).data_dir(folder);
                builder.deployment_id(here)
            })
            .await
        }
    };
    let here = start("eu-1", 0).await;
    assert_eq!((here.status(), here.warnings()), ("active", vec![]));
    here.stop().await;

    // The container was built anew, with another id.
    for days in [1, 14] {
        let product = start("eu-2", days).await;
        let current = product.engine.current();
        assert_eq!(product.status(), "wrong_deployment");
        assert!(current.has("sso"), "after {days} days");
        assert_eq!(current.plan_in_force().name(), "business");
        assert_eq!(current.grace_ends_at(), Some(NOW.saturating_add_days(15)));
        assert_eq!(product.warnings(), ["license_wrong_deployment"]);
        assert!(current.warnings()[0].message().contains("2026-01-16"));
        assert!(product.errors().is_empty());
        product.stop().await;
    }
    let product = start("eu-2", 14).await;
    product.advance(DAY - Duration::from_micros(1)).await;
    assert!(product.engine.current().has("sso"));
    product.advance(Duration::from_micros(1)).await;
    assert!(!product.engine.current().has("sso"), "to the microsecond");
    assert_eq!(product.errors(), ["license_wrong_deployment"]);
    assert!(product.warnings().is_empty());
    product.stop().await;
    // Neither does a start begin it anew.
    let product = start("eu-2", 20).await;
    assert!(!product.engine.current().has("sso"));
    product.stop().await;
    // Once it is back it counts anew.
    start("eu-1", 21).await.stop().await;
    let product = start("eu-2", 22).await;
    assert!(product.engine.current().has("sso"));
}

#[tokio::test]
async fn s7a_without_a_place_to_keep_the_first_time_there_is_no_grace() {
    let vendor = TestVendor::new();
    let key = key(&vendor, "lic", |draft| draft.deployment("eu-1"));
    let product = Product::start_with(&vendor, NOW, |builder| builder.license_key(key)).await;
    assert_eq!(product.status(), "wrong_deployment");
    assert!(!product.engine.current().has("sso"));
    assert_eq!(product.errors(), ["license_wrong_deployment"]);
}

#[tokio::test]
async fn s7a_it_lasts_no_longer_than_the_license() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let key = key(&vendor, "lic", |draft| {
        let draft = draft.deployment("eu-1");
        draft.expires_at(NOW.saturating_add_days(3)).grace_days(2)
    });
    let product = Product::start_with(&vendor, NOW, |builder| {
        builder.license_key(key).data_dir(folder.path())
    })
    .await;
    product.advance(5 * DAY - Duration::from_micros(1)).await;
    assert!(product.engine.current().has("sso"));
    product.advance(Duration::from_micros(1)).await;
    assert!(!product.engine.current().has("sso"));
    assert_eq!(product.status(), "wrong_deployment");
}

/// Somebody starts it once with a clock that is far ahead, and puts the clock right within the hour.
#[tokio::test]
async fn s7a_a_first_time_that_is_yet_to_come_is_now() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let key = key(&vendor, "lic", |draft| draft.deployment("eu-1"));
    for at in ["2099-01-01T00:00:00Z".parse().unwrap(), NOW] {
        let (key, folder) = (key.clone(), folder.path());
        let product = Product::start_with(&vendor, at, |builder| {
            builder.license_key(key).data_dir(folder)
        })
        .await;
        if at == NOW {
            let ends = product.engine.current().grace_ends_at();
            assert_eq!(ends, Some(NOW.saturating_add_days(14)));
        }
        product.stop().await;
    }
}
