//! For tests of products that use this library: engines on any plan, a clock one can move, keys made on the fly.
//!
//! ```
//! use entitlements_core::testing;
//!
//! // Any plan, in one line; nothing is read from disk or network.
//! let business = testing::on_plan(testing::catalog(), "business");
//! assert!(business.current().has("sso"));
//!
//! // The clock stands still until it is moved.
//! business.clock().advance_days(400);
//! assert!(!business.current().has("sso"));
//! assert_eq!(business.current().status().as_str(), "expired");
//! ```

#[doc(hidden)]
pub mod allowlist_store;
#[doc(hidden)]
pub mod audit_sink;
mod block_on;
mod clock;
mod conformance;
mod engine;
#[doc(hidden)]
pub mod license_store;
mod order;
#[doc(hidden)]
pub mod rate_store;
mod rates;
mod request;
#[doc(hidden)]
pub mod usage_store;
mod vendor;

pub use clock::ManualClock;
pub use engine::{TestEngine, on_plan, with_license, without_license};
pub use order::OrderMistakes;
#[doc(hidden)]
pub use order::paths_beside;
pub use rates::{Answers, TestRates};
pub use request::TestRequest;
pub use vendor::TestVendor;

use std::sync::Arc;

use crate::{Catalog, Timestamp};
use block_on::block_on;

/// The time that a [`ManualClock`] starts at: 2026-01-01 at noon in UTC.
pub const NOW: Timestamp = Timestamp::from_unix_seconds(1_767_268_800);

/// A small product to test with: features `sso`, `audit`, `ip_allowlist` and `scim`, limits `users` and `projects`, rate
/// `api`, plans community, business and enterprise.
///
/// # Panics
/// Never; the catalog is part of this crate and checked by its tests.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "a constant that this crate's tests check"
)]
pub fn catalog() -> Arc<Catalog> {
    let catalog = Catalog::from_toml(include_str!("catalog.toml"));
    Arc::new(catalog.expect("the test catalog has no mistakes"))
}
