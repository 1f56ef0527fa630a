#![doc = include_str!("../README.md")]

pub mod account;
pub mod catalog;
mod clock;
pub mod decide;
pub mod denial;
mod engine;
mod files;
mod gate;
pub mod instance;
pub mod license;
mod name;
mod reply;
pub mod resolve;
pub mod strict;
mod suggest;
pub mod testing;
mod time;
pub mod usage;

pub use account::{AccountId, FixedAccount, ResolveAccount};
pub use catalog::{Catalog, CatalogError, Limit, Rate, RateTerm};
pub use clock::{Clock, SystemClock};
pub use decide::{Decision, Requirement, UnknownName};
pub use denial::{Denial, DenialKind, Problem, Wanted};
pub use engine::{
    ActivateError, AppliedRevocations, Callers, ConfigError, Current, DeactivateError,
    DefaultAccount, Entitlements, EntitlementsBuilder, Environment, NoCurrent, Upkeep,
};
pub use entitlements_macros::catalog;
pub use gate::{Gate, RequestHead};
pub use license::{License, LicenseError, LicenseStatus, TrustedKey};
pub use name::{AddonName, FeatureName, LimitName, PlanName, RateName};
pub use reply::Reply;
pub use resolve::{DeploymentMode, EntitlementSet};
pub use time::{ParseTimestampError, Timestamp};
