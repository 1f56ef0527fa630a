//! The engine: what is held, what follows from it now, and the one place that decisions come from.
//!
//! [`Entitlements`] is a handle that clones cheaply; reading from it takes no lock. [`EntitlementsBuilder`] makes it
//! from a catalog, trusted keys and places where license keys may be. Time-driven work is done by [`Upkeep`], which the
//! application spawns; without it grants still end on time, because every reading judges by the clock.

mod about_accounts;
mod account_source;
mod accounts;
mod activate;
mod addresses;
mod builder;
mod callers;
mod check;
mod config_error;
mod current;
mod deactivate;
mod denials;
mod denied_rates;
mod environment;
mod events;
mod gauges;
mod kept_clock;
mod kept_lists;
mod keys;
mod life;
mod limits;
mod lists;
mod rates;
mod recent;
mod report;
mod revalidate;
mod revoke;
mod shared;
mod sources;
mod spans;
mod state;
mod this_deployment;
mod timekeeping;
mod trusted_time;
mod upkeep;
mod when;

pub use about_accounts::PreviewError;
pub use accounts::AccountError;
pub use activate::{ActivateError, Activation, LicenseChange};
pub(crate) use addresses::Addresses;
pub use addresses::client_or_denial;
pub use builder::EntitlementsBuilder;
pub use callers::{Callers, DefaultAccount, NoCurrent};
pub use check::UnknownNames;
pub use config_error::ConfigError;
pub use current::Current;
pub use deactivate::DeactivateError;
pub use environment::Environment;
pub use events::{Event, EventKind, EventReceiver};
pub use kept_clock::reset_kept_clock;
pub use limits::AccountLimit;
pub(crate) use rates::Rates;
pub use revoke::AppliedRevocations;
pub(crate) use state::State;
pub use upkeep::Upkeep;
pub use when::Switch;

use std::fmt;
use std::sync::Arc;

use crate::audit::AuditSink;
use crate::decide::{BoundRequirement, Decision, Facts, Requirement, UnknownName, decide};
use crate::reserve::Meter;
use crate::{AccountId, Catalog, Clock, Timestamp};
use shared::Shared;

/// The entitlements of a running product: the handle that gates, handlers and the management API share.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::{Entitlements, testing};
///
/// let (entitlements, upkeep) = Entitlements::builder().catalog(testing::catalog()).build().await?;
/// // In an application: `tokio::spawn(upkeep);`
/// # drop(upkeep);
/// let current = entitlements.current();
/// assert_eq!(current.plan_in_force().name(), "community");
/// assert!(!current.has("sso"));
/// # Ok::<(), entitlements_core::ConfigError>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Entitlements {
    shared: Arc<Shared>,
}

impl Entitlements {
    /// Starts a builder.
    pub fn builder() -> EntitlementsBuilder {
        EntitlementsBuilder::default()
    }

    /// What holds now for the one account of a self-hosted product, to keep for as long as one request takes.
    #[must_use]
    #[inline]
    pub fn current(&self) -> Current {
        self.current_at(self.now())
    }

    #[inline]
    pub(crate) fn current_at(&self, now: Timestamp) -> Current {
        let seen = self.shared.seen_of(&AccountId::LOCAL, now);
        // A store elsewhere is not waited for here: whoever asks for an account by name does that.
        let seen =
            seen.unwrap_or_else(|| self.shared.seen_at(self.shared.nothing_sold.terms(), now));
        Current::new(seen, AccountId::LOCAL, now)
    }

    /// Decides, limits aside, by what holds at the time in `facts` for the one account of a self-hosted product; `facts` has this engine's
    /// [`now`](Self::now).
    ///
    /// For tests: in a product with many accounts it judges none of theirs. [`Current::require`] does.
    #[doc(hidden)]
    pub fn decide(&self, requirement: &BoundRequirement, facts: &Facts<'_>) -> Decision {
        decide(requirement, facts, self.current_at(facts.now()).set())
    }

    /// Looks a requirement's names up in the catalog.
    ///
    /// # Errors
    /// When the catalog lacks one of them.
    pub fn bind(&self, requirement: &Requirement) -> Result<BoundRequirement, UnknownName> {
        requirement.bind(&self.shared.catalog)
    }

    /// The catalog.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.shared.catalog
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// Where records of who changed what are kept, and read.
    ///
    /// The management API records the changes that are made through it. What looks like a license key or a token gets into no record.
    #[must_use]
    pub fn audit(&self) -> &Arc<dyn AuditSink> {
        &self.shared.audit
    }

    pub(crate) fn meter(&self) -> &Arc<Meter> {
        &self.shared.meter
    }
}

impl fmt::Debug for Entitlements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entitlements")
            .field("product", &self.shared.catalog.product_name())
            .finish_non_exhaustive()
    }
}
