#![doc = include_str!("../README.md")]

mod current;

pub use current::{Current, CurrentRejection};
pub use entitlements_core::*;
pub use entitlements_tower::{
    DenialBody, EntitlementsLayer, EntitlementsService, Require, RequireEnterprise, RequireFeature,
    RequireFuture, RequirePaid, RequirePlan, RequireService, RequireValidLicense, denial_response,
};

/// Makes typed constants of the names in a catalog; see [`entitlements_core::catalog!`].
///
/// A name that the catalog lacks then does not compile.
#[macro_export]
macro_rules! catalog {
    ($path:literal) => {
        $crate::__names_of_catalog!($path, crate = $crate);
    };
}

#[doc(hidden)]
pub use entitlements_core::catalog as __names_of_catalog;
