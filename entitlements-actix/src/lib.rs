#![doc = include_str!("../README.md")]

#[cfg(feature = "admin")]
mod admin;
mod client_ip;
mod current;
mod denied;
mod deny;
mod engine_layer;
mod gate;
mod grace_warning;
mod head;
mod held_body;
mod require;
mod respond;
pub mod testing;

#[cfg(feature = "admin")]
pub use admin::{AdminService, Refused, admin, read_body};
#[cfg(feature = "admin")]
pub use entitlements_admin::{
    Access, AdminApi, BearerToken, BearerTokenError, BoxError, BoxFuture, FieldError, Fields,
    Guard, MAX_BODY_BYTES, Principal, Refusal, RequestParts, ResponseFuture, Sent, TellAccount,
};

pub use client_ip::ClientIp;
pub use current::{Current, CurrentRejection};
pub use denied::Denied;
pub use engine_layer::{EntitlementsFuture, EntitlementsLayer, EntitlementsService};
/// What [`Current`] wraps: the type in the extensions of a request.
pub use entitlements_core::Current as EngineCurrent;
pub use entitlements_core::*;
pub use gate::{RequireFuture, RequireService};
pub use grace_warning::{GraceWarningFuture, GraceWarningLayer, GraceWarningService};
pub use require::{
    IpAllowlist, Lease, RateLimit, ReleaseLimit, Require, RequireEnterprise, RequireFeature,
    RequireLimit, RequirePaid, RequirePlan, RequireValidLicense,
};
pub use respond::{denial_response, grpc_response};

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
