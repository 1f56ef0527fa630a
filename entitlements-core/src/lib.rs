#![doc = include_str!("../README.md")]

pub mod account;
pub mod adapter;
pub mod allowlist;
pub mod audit;
pub mod catalog;
pub mod client_address;
mod clock;
pub mod decide;
pub mod denial;
mod engine;
mod files;
mod gate;
mod handle;
pub mod instance;
pub mod license;
pub mod metrics;
mod name;
pub mod notify;
mod peer_address;
pub mod rate;
mod reply;
mod reserve;
pub mod resolve;
pub mod strict;
mod suggest;
pub mod testing;
mod time;
pub mod usage;

// Where adapters found them before; `adapter` is their path.
#[doc(hidden)]
pub use adapter::{Admission, Answered, BodyHold, BodyProgress, Callers, Gate, Hold};

pub use account::{AccountId, FixedAccount, ResolveAccount};
pub use catalog::{Catalog, CatalogError, Limit, Rate, RateTerm};
pub use clock::{Clock, ShiftedClock, SystemClock};
pub use decide::{Decision, Requirement, UnknownName};
pub use denial::{Denial, DenialKind, GrpcStatus, Problem, Wanted, is_grpc};
pub use engine::{
    AccountError, AccountLimit, ActivateError, Activation, AppliedRevocations, ConfigError,
    Current, DeactivateError, DefaultAccount, Entitlements, EntitlementsBuilder, Environment,
    Event, EventKind, EventReceiver, LicenseChange, NoCurrent, PreviewError, Switch, UnknownNames,
    Upkeep,
};
pub use entitlements_macros::catalog;
pub use gate::{OnUnavailable, OrderMistake, OrderWatch, RequestHead, RouteMatch, Settle};
pub use license::{License, LicenseError, LicenseStatus, TrustedKey};
pub use name::{AddonName, FeatureName, LimitName, PlanName, RateName};
pub use peer_address::PeerAddress;
pub use reply::Reply;
pub use reserve::{HeldLease, Reservation};
pub use resolve::{DeploymentMode, EntitlementSet};
pub use time::{ParseTimestampError, Timestamp};
