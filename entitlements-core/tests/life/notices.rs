use std::time::Duration;

use entitlements_core::notify::Priority;
use entitlements_core::testing::{NOW, TestVendor};
use tempfile::tempdir;

use crate::product::{Product, key};

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn n1_each_threshold_is_told_once_with_starts_between() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let mut product = Product::start(&vendor, folder.path(), NOW).await;
    let key = key(&vendor, "lic", |draft| {
        draft.expires_at(NOW.saturating_add_days(60)).grace_days(7)
    });
    product.engine.activate(&key).await.unwrap();
    let mut told = Vec::new();
    // A step of seven hours hits no threshold exactly, and each day has a start.
    for _ in 0..(75 * 24 / 7) {
        product.advance(7 * HOUR).await;
        told.extend(product.told());
        let now = product.stop().await;
        product = Product::start(&vendor, folder.path(), now).await;
        told.extend(product.told());
    }
    let told: Vec<_> = told
        .iter()
        .map(|notice| {
            (
                notice.kind().as_str(),
                notice.days(),
                notice.priority(),
                notice.ends_grace(),
            )
        })
        .collect();
    let (high, critical) = (Priority::High, Priority::Critical);
    assert_eq!(
        told,
        [
            ("license_expiry", 30, high, false),
            ("license_expiry", 15, high, false),
            ("license_expiry", 7, high, false),
            ("license_expiry", 3, high, false),
            ("license_expiry", 1, high, false),
            ("license_expired", 0, critical, false),
            ("license_expired", 0, critical, true),
        ]
    );
}

#[tokio::test]
async fn n1_thresholds_are_reached_to_the_microsecond_and_without_a_start() {
    let vendor = TestVendor::new();
    let key = key(&vendor, "lic", |draft| {
        draft.expires_at(NOW.saturating_add_days(60)).grace_days(7)
    });
    let mut product = Product::start_with(&vendor, NOW, |builder| builder.license_key(key)).await;
    let micro = Duration::from_micros(1);
    for (days_before, expected) in [(30, 30), (15, 15), (7, 7), (3, 3), (1, 1), (0, 0), (-7, 0)] {
        let at = NOW.saturating_add_days(u32::try_from(60 - days_before).unwrap());
        let left = at.saturating_since(product.engine.now());
        product.advance(left - micro).await;
        assert!(product.told().is_empty(), "before {days_before}");
        product.advance(micro).await;
        let told = product.told();
        assert_eq!(told.len(), 1, "at {days_before}: {told:?}");
        assert_eq!(told[0].days(), expected);
        assert_eq!(told[0].at(), at);
        product.advance(micro).await;
        assert!(product.told().is_empty(), "after {days_before}");
    }
}

#[tokio::test]
async fn n2_after_a_long_sleep_the_tightest_alone_is_told() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let product = Product::start(&vendor, folder.path(), NOW).await;
    let key = key(&vendor, "lic", |draft| {
        draft.expires_at(NOW.saturating_add_days(60)).grace_days(7)
    });
    product.engine.activate(&key).await.unwrap();
    product.stop().await;
    let mut product = Product::start(&vendor, folder.path(), NOW.saturating_add_days(58)).await;
    let told = product.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].days(), 3);
}

#[tokio::test]
async fn n1_a_trial_is_told_of_in_its_last_week() {
    let vendor = TestVendor::new();
    let key = key(&vendor, "lic", |draft| {
        draft
            .expires_at(NOW.saturating_add_days(60))
            .grace_days(0)
            .trial()
    });
    let mut product = Product::start_with(&vendor, NOW, |builder| builder.license_key(key)).await;
    let mut told = Vec::new();
    for _ in 0..70 {
        product.advance(DAY).await;
        told.extend(product.told().iter().map(|notice| notice.days()));
    }
    assert_eq!(told, [7, 3, 1, 0]);
}

#[tokio::test]
async fn n4_a_clock_that_goes_to_and_fro_repeats_nothing_and_one_that_was_years_ahead_silences_nothing()
 {
    let vendor = TestVendor::new();
    let key = key(&vendor, "lic", |draft| {
        draft.expires_at(NOW.saturating_add_days(60)).grace_days(7)
    });
    let mut product = Product::start_with(&vendor, NOW, |builder| builder.license_key(key)).await;
    let seven = NOW.saturating_add_days(53);
    for hours in [0, 1, 0, 2, 0, 3] {
        product
            .clock
            .set(seven.saturating_add(hours * HOUR).saturating_sub(HOUR));
        product.settle().await;
    }
    let told: Vec<_> = product.told().iter().map(|notice| notice.days()).collect();
    assert_eq!(told, [15, 7]);
    product.clock.set("2099-01-01T00:00:00Z".parse().unwrap());
    product.settle().await;
    assert_eq!(product.told().len(), 1, "the end of grace, by that clock");
    product.clock.set(NOW.saturating_add_days(57));
    product.settle().await;
    let told: Vec<_> = product.told().iter().map(|notice| notice.days()).collect();
    assert_eq!(told, [3]);
    product.clock.set(NOW.saturating_add_days(70));
    product.settle().await;
    assert!(product.told()[0].ends_grace());
}

#[tokio::test]
async fn n6_a_later_license_silences_the_earlier_ones_end() {
    let vendor = TestVendor::new();
    let first = key(&vendor, "first", |draft| {
        draft.expires_at(NOW.saturating_add_days(60))
    });
    let second = key(&vendor, "second", |draft| {
        draft.expires_at(NOW.saturating_add_days(90))
    });
    let mut product = Product::start_with(&vendor, NOW, |builder| builder.license_key(first)).await;
    product.advance(31 * DAY).await;
    assert_eq!(product.told().len(), 1);
    product.engine.activate(&second).await.unwrap();
    product.advance(40 * DAY).await;
    let told: Vec<_> = product
        .told()
        .iter()
        .map(|notice| notice.license().to_owned())
        .collect();
    assert_eq!(told, ["second"]);
}

#[tokio::test]
async fn n3_a_license_that_was_renewed_under_its_id_ends_anew() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let mut product = Product::start(&vendor, folder.path(), NOW).await;
    for end in [60, 111] {
        let key = key(&vendor, "lic", |draft| {
            draft.expires_at(NOW.saturating_add_days(end))
        });
        product.engine.activate(&key).await.unwrap();
        product.advance(31 * DAY).await;
        product.advance(20 * DAY).await;
    }
    let told: Vec<_> = product.told().iter().map(|notice| notice.days()).collect();
    assert_eq!(told, [30, 15, 30, 15]);
}

#[tokio::test]
async fn a_notice_is_json_and_names_what_to_do() {
    let vendor = TestVendor::new();
    let key = key(&vendor, "lic", |draft| {
        draft.expires_at(NOW.saturating_add_days(7)).grace_days(7)
    });
    let mut product = Product::start_with(&vendor, NOW, |builder| builder.license_key(key)).await;
    let told = product.told();
    assert_eq!(
        told[0].to_json(),
        r#"{"type":"license_expiry","priority":"high","license":"lic","plan":"business","trial":false,"days":7,"ends_grace":false,"expires_at":"2026-01-08T12:00:00Z","grace_ends_at":"2026-01-15T12:00:00Z","at":"2026-01-01T12:00:00Z","message":"license `lic` expires at 2026-01-08T12:00:00Z, within 7 days","action":"renew the license before that day"}"#
    );
}

#[tokio::test]
async fn p8_notices_that_cannot_be_read_are_told_of_until_they_can() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let file = folder.path().join("notices.json");
    std::fs::write(&file, "garbage").unwrap();
    let mut product = Product::start(&vendor, folder.path(), NOW).await;
    assert_eq!(product.errors(), ["notices_unreadable"]);
    let key = key(&vendor, "lic", |draft| {
        draft.expires_at(NOW.saturating_add_days(60))
    });
    product.engine.activate(&key).await.unwrap();
    product.advance(31 * DAY).await;
    assert_eq!(product.told().len(), 1);
    // The file was set aside when the notice was written down, and reads well again.
    product.advance(HOUR).await;
    assert!(product.errors().is_empty());
    let now = product.stop().await;
    let mut product = Product::start(&vendor, folder.path(), now).await;
    assert!(product.told().is_empty() && product.errors().is_empty());
}
