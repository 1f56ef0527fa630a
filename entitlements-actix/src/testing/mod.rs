//! For tests of products that use this library: core's kit, and a look at the order of middleware.
//!
//! Everything of [`entitlements_core::testing`] is here too.

mod check_app;

pub use check_app::check_app;
pub use entitlements_core::testing::*;
