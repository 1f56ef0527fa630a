//! The store of counts in memory, by the tests that every store is put to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

use std::sync::Arc;

mod memory {
    use entitlements_core::usage::MemoryUsage;

    entitlements_core::usage_store_conformance!(MemoryUsage::new());
}

#[test]
fn a_store_is_usable_behind_a_pointer() {
    let store: Arc<dyn entitlements_core::usage::UsageStore> =
        Arc::new(entitlements_core::usage::MemoryUsage::new());
    assert_eq!(format!("{store:?}"), "MemoryUsage { accounts: 0, .. }");
}
