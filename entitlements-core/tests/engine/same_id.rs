//! One id from two places: one license counts, and which one does not hang on the order of looking.

use entitlements_core::license::LicenseDraft;
use entitlements_core::resolve::LicenseSource;
use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use entitlements_core::{DeactivateError, Limit};

use crate::block_on;

const ID: &str = "lic";

fn key(vendor: &TestVendor, say: impl FnOnce(LicenseDraft) -> LicenseDraft) -> String {
    vendor.key(&testing::catalog(), |draft| {
        say(draft.plan("business").id(ID))
    })
}

/// An engine that is given these keys as flags, in this order.
fn given(vendor: &TestVendor, keys: &[&String]) -> TestEngine {
    // The vendor's own engine is only read here, so a second one may trust its key.
    let builder = |mut builder: entitlements_core::EntitlementsBuilder| {
        builder = builder.trusted_key(vendor.trusted_key());
        keys.iter()
            .fold(builder, |builder, key| builder.license_key(key.as_str()))
    };
    TestEngine::build(testing::catalog(), TestVendor::new(), builder).0
}

#[test]
fn of_two_keys_with_one_id_the_later_issued_counts_in_any_order() {
    let vendor = TestVendor::new();
    let early = key(&vendor, |draft| {
        let issued = NOW.saturating_sub(std::time::Duration::from_secs(86_400));
        draft.issued_at(issued).limit("users", Limit::AtMost(50))
    });
    let late = key(&vendor, |draft| draft.limit("users", Limit::AtMost(20)));
    for keys in [[&early, &late], [&late, &early]] {
        let engine = given(&vendor, &keys);
        let current = engine.current();
        assert_eq!(current.limit("users"), Limit::AtMost(20));
        assert_eq!(current.licenses().len(), 1);
    }
}

#[test]
fn of_two_keys_with_one_id_and_the_same_times_the_same_counts_in_any_order() {
    let vendor = TestVendor::new();
    let few = key(&vendor, |draft| draft.limit("users", Limit::AtMost(20)));
    let many = key(&vendor, |draft| draft.limit("users", Limit::AtMost(50)));
    let one = given(&vendor, &[&few, &many]).current().limit("users");
    let other = given(&vendor, &[&many, &few]).current().limit("users");
    assert_eq!(one, other);
}

#[test]
fn a_stored_key_that_is_later_counts_over_the_managed_one_until_it_is_removed() {
    let vendor = TestVendor::new();
    let managed = key(&vendor, |draft| {
        let issued = NOW.saturating_sub(std::time::Duration::from_secs(86_400));
        draft.issued_at(issued)
    });
    let stored = key(&vendor, |draft| draft.limit("users", Limit::AtMost(40)));
    let engine = given(&vendor, &[&managed]);
    block_on(engine.activate(&stored)).unwrap();
    assert_eq!(engine.current().limit("users"), Limit::AtMost(40));
    assert_eq!(engine.current().licenses()[0].source, LicenseSource::Store);

    // The one handed in goes; the one from outside is what is left, and that cannot be removed here.
    block_on(engine.deactivate(ID)).unwrap();
    assert_eq!(engine.current().limit("users"), Limit::AtMost(15));
    assert_eq!(engine.current().licenses()[0].source, LicenseSource::Flag);
    assert_eq!(
        block_on(engine.deactivate(ID)),
        Err(DeactivateError::Managed(LicenseSource::Flag))
    );
    block_on(engine.deactivate_all()).unwrap();
    assert!(engine.current().has("sso"));
}

#[test]
fn a_stored_key_that_is_older_counts_over_the_managed_one_too() {
    let vendor = TestVendor::new();
    let managed = key(&vendor, |draft| draft.limit("users", Limit::AtMost(40)));
    let older = key(&vendor, |draft| {
        let issued = NOW.saturating_sub(std::time::Duration::from_secs(86_400));
        draft.issued_at(issued)
    });
    let engine = given(&vendor, &[&managed]);
    block_on(engine.activate(&older)).unwrap();
    assert_eq!(engine.current().limit("users"), Limit::AtMost(15));
    block_on(engine.deactivate(ID)).unwrap();
    assert_eq!(engine.current().limit("users"), Limit::AtMost(40));
}
