use entitlements_core::Entitlements;
use entitlements_core::testing::{self, TestVendor};

use crate::receiver::Receiver;
use crate::setup::{builder, clock, secret, working};

#[tokio::test]
async fn an_engine_tells_of_a_license_that_ends() {
    let mut receiver = Receiver::answering(Vec::new()).await;
    let clock = clock();
    let webhook = working(builder(receiver.url(), &clock)).await;
    let (vendor, catalog) = (TestVendor::new(), testing::catalog());
    let now = entitlements_core::Clock::now(&*clock);
    let ends = now.saturating_add_days(31);
    let key = vendor.key(&catalog, |draft| {
        draft
            .plan("enterprise")
            .issued_at(now)
            .expires_at(ends)
            .id("lic_1")
    });
    let clock_of_engine: std::sync::Arc<testing::ManualClock> = clock.clone();
    let (entitlements, upkeep) = Entitlements::builder()
        .catalog(catalog)
        .trusted_key(vendor.trusted_key())
        .license_key(key)
        .notifier(webhook.clone())
        .clock(clock_of_engine)
        .build()
        .await
        .unwrap();
    let upkeep = tokio::spawn(upkeep);
    clock.advance_days(1);
    let came = receiver.next().await;
    let body: serde_json::Value = serde_json::from_slice(&came.body).unwrap();
    assert_eq!(body["type"], "license_expiry", "{body}");
    assert_eq!(body["data"]["license"], "lic_1", "{body}");
    assert_eq!(body["data"]["days"], 30, "{body}");
    let header = |name: &str| came.header(name);
    let now = entitlements_core::Clock::now(&*clock);
    let tolerance = std::time::Duration::from_secs(1);
    let verified =
        entitlements_outbound::webhook::verify(header, &came.body, &[secret()], now, tolerance);
    assert_eq!(
        verified.map(|received| received.id),
        Ok(body["id"].as_str().unwrap())
    );
    drop(entitlements);
    upkeep.await.unwrap();
}
