use std::ops::Deref;
use std::sync::Arc;

use super::{Entitlements, State};
use crate::decide::{Decision, Facts, Requirement, decide};
use crate::resolve::EntitlementSet;
use crate::{AccountId, Denial, Timestamp};

/// What holds for one request: the set of the moment it came, and that moment.
///
/// However long the request takes, it sees one set and one time. Everything that an
/// [`EntitlementSet`] can be asked, this can be asked too.
#[derive(Debug, Clone)]
pub struct Current {
    entitlements: Entitlements,
    state: Arc<State>,
    now: Timestamp,
}

impl Current {
    pub(super) const fn new(entitlements: Entitlements, state: Arc<State>, now: Timestamp) -> Self {
        Self { entitlements, state, now }
    }

    /// The set.
    #[must_use]
    #[inline]
    pub fn set(&self) -> &EntitlementSet {
        &self.state.set
    }

    /// The moment by which everything about the request is judged.
    #[must_use]
    #[inline]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Whose entitlements these are.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &AccountId::LOCAL
    }

    /// The engine.
    #[must_use]
    #[inline]
    pub const fn entitlements(&self) -> &Entitlements {
        &self.entitlements
    }

    /// Checks a requirement outside a layer, in a service or a job.
    ///
    /// # Errors
    /// The denial, also where the catalog lacks a name.
    pub fn require(&self, requirement: &Requirement) -> Result<(), Denial> {
        let bound = requirement.bind(self.set().catalog()).map_err(|unknown| unknown.denial())?;
        match decide(&bound, &Facts::new("", self.now), self.set()) {
            Decision::Allow => Ok(()),
            Decision::Deny(denial) => Err(denial),
        }
    }
}

impl Deref for Current {
    type Target = EntitlementSet;

    fn deref(&self) -> &EntitlementSet {
        self.set()
    }
}
