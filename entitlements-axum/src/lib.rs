#![doc = include_str!("../README.md")]

#[cfg(feature = "admin")]
mod admin;
mod client_ip;
mod current;
mod denied;
pub mod testing;

#[cfg(feature = "admin")]
pub use admin::admin;
#[cfg(feature = "admin")]
pub use entitlements_admin::{
    Access, AdminApi, BearerToken, BearerTokenError, BoxError, BoxFuture, FieldError, Fields,
    Guard, MAX_BODY_BYTES, Principal, Refusal, RequestParts, ResponseFuture, Sent, TellAccount,
    read_body,
};

pub use client_ip::ClientIp;
pub use current::{Current, CurrentRejection};
pub use denied::Denied;
/// What [`Current`] wraps: the type in the extensions of a request.
pub use entitlements_core::Current as EngineCurrent;
pub use entitlements_core::*;
pub use entitlements_tower::{
    DenialBody, DenyWith, EntitlementsFuture, EntitlementsLayer, EntitlementsService,
    GraceWarningFuture, GraceWarningLayer, GraceWarningService, IpAllowlist, Lease, Problems,
    RateLimit, ReleaseLimit, Require, RequireEnterprise, RequireFeature, RequireFuture,
    RequireLimit, RequirePaid, RequirePlan, RequireService, RequireValidLicense, denial_response,
    grpc_response, peer,
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
