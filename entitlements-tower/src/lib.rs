#![doc = include_str!("../README.md")]

mod body;
mod deny;
mod engine_layer;
mod gate;
mod head;
mod held_body;
mod require;
mod respond;

pub use body::DenialBody;
pub use deny::{DenyWith, Problems};
pub use engine_layer::{EntitlementsFuture, EntitlementsLayer, EntitlementsService};
pub use gate::{RequireFuture, RequireService};
pub use require::{
    Lease, ReleaseLimit, Require, RequireEnterprise, RequireFeature, RequireLimit, RequirePaid,
    RequirePlan, RequireValidLicense,
};
pub use respond::{denial_response, grpc_response};

pub use entitlements_core as core;
