//! For tests of products that use this library: core's kit, and a look at the order of layers.
//!
//! Everything of [`entitlements_core::testing`] is here too.

mod check_router;

pub use check_router::check_router;
pub use entitlements_core::testing::*;
