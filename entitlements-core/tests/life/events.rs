use std::time::Duration;

use entitlements_core::EventKind;
use entitlements_core::testing::{NOW, TestVendor};
use tempfile::tempdir;

use crate::product::{Product, key};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn s15_each_thing_that_happens_is_told_once() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let mut product = Product::start(&vendor, folder.path(), NOW).await;
    let until = |id: &str, days: u32| {
        key(&vendor, id, |draft| {
            draft
                .expires_at(NOW.saturating_add_days(days))
                .grace_days(7)
        })
    };
    product.engine.activate("garbage").await.unwrap_err();
    let event = product.events.recv().await.unwrap();
    assert_eq!(
        (event.kind, event.reason),
        (EventKind::Rejected, Some("malformed"))
    );

    product.engine.activate(&until("lic", 60)).await.unwrap();
    product.engine.activate(&until("lic", 60)).await.unwrap();
    let event = product.events.recv().await.unwrap();
    assert_eq!(event.kind, EventKind::Activated);
    assert_eq!(event.license.as_deref(), Some("lic"));
    assert_eq!(event.plan.as_deref(), Some("business"));
    assert_eq!(event.at, NOW);

    product.advance(30 * DAY).await;
    assert_eq!(product.happened(), ["license.expiring"]);
    product.advance(30 * DAY).await;
    assert_eq!(product.happened(), ["license.grace"]);
    product.advance(7 * DAY).await;
    assert_eq!(product.happened(), ["license.expired"]);
    product.engine.activate(&until("lic", 120)).await.unwrap();
    assert_eq!(product.happened(), ["license.renewed"]);
    assert_eq!(product.status(), "active");

    let list = vendor.revocations(|draft| draft.license("lic"));
    product.engine.apply_revocations(&list).await.unwrap();
    product.engine.apply_revocations(&list).await.unwrap();
    assert_eq!(product.happened(), ["license.revoked"]);
    product.engine.deactivate_all().await.unwrap();
    product.engine.deactivate_all().await.unwrap();
    assert_eq!(product.happened(), ["license.deactivated"]);
}

#[tokio::test]
async fn events_end_with_the_engine() {
    let vendor = TestVendor::new();
    let product = Product::start_with(&vendor, NOW, |builder| builder).await;
    let mut events = product.engine.events();
    product.stop().await;
    assert_eq!(events.recv().await, None);
}
