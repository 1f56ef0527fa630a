//! `entitlements_tower::catalog!` as a product uses it, which depends on this crate and on no other of the family.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on stops"
)]

use entitlements_tower::core::{Catalog, Limit, testing};
use entitlements_tower::{RequireFeature, RequireLimit};

mod names {
    entitlements_tower::catalog!("tests/catalog_names.toml");
}

use names::{features, limits, plans};

#[test]
fn the_constants_are_the_catalogs_names() {
    let catalog = Catalog::from_toml(include_str!("catalog_names.toml")).unwrap();
    let engine = testing::on_plan(catalog, plans::FREE);
    let gate = RequireFeature::new(features::AUDIT_LOG).and_limit(limits::USERS);
    engine
        .check([gate, RequireLimit::new(limits::USERS)])
        .unwrap();
    assert!(!engine.current().has(features::SSO));
    assert_eq!(engine.current().limit(limits::USERS), Limit::AtMost(3));
}
