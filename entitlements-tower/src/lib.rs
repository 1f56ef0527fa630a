#![doc = include_str!("../README.md")]

mod body;
mod engine_layer;
mod gate;
mod head;
mod require;
mod respond;

pub use body::DenialBody;
pub use engine_layer::{EntitlementsFuture, EntitlementsLayer, EntitlementsService};
pub use gate::{RequireFuture, RequireService};
pub use require::{
    Require, RequireEnterprise, RequireFeature, RequirePaid, RequirePlan, RequireValidLicense,
};
pub use respond::denial_response;

pub use entitlements_core as core;
