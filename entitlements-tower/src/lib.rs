#![doc = include_str!("../README.md")]

mod body;
mod client_address;
mod current;
mod deny;
mod engine_layer;
mod gate;
mod grace_warning;
mod head;
mod held_body;
mod peer;
mod require;
mod respond;
#[cfg(feature = "tonic")]
mod status;

pub use body::DenialBody;
pub use client_address::{client_address, client_ip};
pub use current::current;
pub use deny::{DenyWith, Problems};
pub use engine_layer::{EntitlementsFuture, EntitlementsLayer, EntitlementsService};
pub use gate::{RequireFuture, RequireService};
pub use grace_warning::{GraceWarningFuture, GraceWarningLayer, GraceWarningService};
pub use peer::peer;
pub use require::{
    IpAllowlist, Lease, RateLimit, ReleaseLimit, Require, RequireEnterprise, RequireFeature,
    RequireLimit, RequirePaid, RequirePlan, RequireValidLicense,
};
pub use respond::{denial_response, grpc_response};
#[cfg(feature = "tonic")]
pub use status::denial_status;

pub use entitlements_core as core;

/// Makes typed constants of the names in a catalog; see [`entitlements_core::catalog!`].
///
/// A name that the catalog lacks then does not compile.
#[macro_export]
macro_rules! catalog {
    ($path:literal) => {
        $crate::core::catalog!($path, crate = $crate::core);
    };
}
