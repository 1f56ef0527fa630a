//! Notifiers that never answer, or panic: they are in nobody's way.

use std::fs;
use std::future::pending;
use std::time::Duration;

use entitlements_core::Reply;
use entitlements_core::notify::{LicenseNotice, Notifier, NotifyError};
use entitlements_core::testing::{NOW, TestVendor};
use tempfile::tempdir;

use crate::product::{Product, key};

#[derive(Debug)]
struct Hangs;

impl Notifier for Hangs {
    fn notify(&self, _: &LicenseNotice) -> Reply<Result<(), NotifyError>> {
        Reply::later(pending())
    }
}

#[derive(Debug)]
struct Panics {
    at_once: bool,
}

impl Notifier for Panics {
    fn notify(&self, _: &LicenseNotice) -> Reply<Result<(), NotifyError>> {
        assert!(!self.at_once, "the notifier panics");
        Reply::later(async { panic!("the notifier panics later") })
    }
}

/// The upkeep goes on, others are told, and the engine ends.
#[tokio::test]
async fn n3_a_notifier_that_hangs_or_panics_keeps_nothing_else_from_happening() {
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let path = folder.path().join("license.key");
    let ending = |id| {
        key(&vendor, id, |draft| {
            draft.expires_at(NOW.saturating_add_days(16))
        })
    };
    fs::write(&path, ending("first")).unwrap();
    let file = path.clone();
    let mut product = Product::start_with(&vendor, NOW, |builder| {
        builder
            .notifier(Hangs)
            .notifier(Panics { at_once: true })
            .notifier(Panics { at_once: false })
            .license_file(file)
    })
    .await;
    let days =
        |told: Vec<LicenseNotice>| -> Vec<_> { told.iter().map(LicenseNotice::days).collect() };
    assert_eq!(days(product.told()), [30]);
    product.advance(Duration::from_secs(2 * 86_400)).await;
    assert_eq!(days(product.told()), [15]);
    fs::write(&path, ending("second")).unwrap();
    product.clock.advance(Duration::from_secs(2));
    product
        .until("the file is read", |product| {
            product.engine.current().licenses()[0].id.as_deref() == Some("second")
        })
        .await;
    product.stop().await;
}
