use std::ops::Deref;
use std::sync::Arc;

use super::state::{Seen, State};
use super::{Addresses, Entitlements, Rates};
use crate::catalog::{Id, RateId};
use crate::decide::{BoundRequirement, Decision, Facts, Requirement, decide, not_allowed};
use crate::gate::GateId;
use crate::rate::Quota;
use crate::resolve::EntitlementSet;
use crate::{AccountId, Denial, DenialKind, Timestamp};

/// What holds for one request: the set of the moment it came, and that moment.
///
/// However long the request takes, it sees one set and one time. Everything that an
/// [`EntitlementSet`] can be asked, this can be asked too.
#[derive(Debug, Clone)]
pub struct Current {
    /// This value is made for every request, so the count in it is the thread's own.
    seen: Arc<Seen>,
    account: AccountId,
    now: Timestamp,
}

impl Current {
    #[inline]
    pub(super) const fn new(seen: Arc<Seen>, account: AccountId, now: Timestamp) -> Self {
        Self { seen, account, now }
    }

    /// The set.
    #[must_use]
    #[inline]
    pub fn set(&self) -> &EntitlementSet {
        &self.seen.state.set
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
        &self.account
    }

    /// The engine; `None` once its last handle is gone.
    #[must_use]
    pub fn entitlements(&self) -> Option<Entitlements> {
        self.seen
            .state
            .engine
            .upgrade()
            .map(|shared| Entitlements { shared })
    }

    /// Whether this is of that engine.
    #[must_use]
    #[inline]
    pub fn is_of(&self, entitlements: &Entitlements) -> bool {
        std::ptr::eq(
            self.seen.state.engine.as_ptr(),
            Arc::as_ptr(&entitlements.shared),
        )
    }

    /// Decides for a gate, and remembers a denial for as long as the set lasts.
    pub(crate) fn decide_for(
        &self,
        gate: GateId,
        requirement: &BoundRequirement,
        facts: &Facts<'_>,
    ) -> Decision {
        // D19: of these a denial says nothing of others.
        if let Some(denial) = requirement.addresses().denial(facts) {
            return Decision::Deny(denial);
        }
        // Facts can only turn such a denial into an Allow, by D2.
        if !facts.is_cors_preflight()
            && let Some(denial) = self.seen.state.denials.of(gate)
        {
            return Decision::Deny(denial.clone());
        }
        match decide(requirement, facts, self.set()) {
            Decision::Allow => Decision::Allow,
            Decision::Deny(denial) => {
                let denial = self.finish(denial);
                self.seen.state.denials.remember(gate, &denial);
                Decision::Deny(denial)
            }
        }
    }

    /// What the engine knows of addresses.
    #[inline]
    pub(crate) fn addresses(&self) -> &Addresses {
        &self.seen.state.addresses
    }

    #[inline]
    pub(super) fn state(&self) -> &Arc<State> {
        &self.seen.state
    }

    /// What the engine counts rates with.
    #[inline]
    pub(crate) fn rates(&self) -> &Arc<Rates> {
        &self.seen.state.rates
    }

    /// How fast a rate may come; none where it is unlimited.
    #[inline]
    pub(crate) fn quota(&self, rate: RateId) -> Option<Quota> {
        let quota = self.seen.state.quotas.get(rate.index());
        quota.copied().flatten()
    }

    /// A denial as this engine says it (D18).
    pub(crate) fn finish(&self, denial: Denial) -> Denial {
        if self.seen.state.switches.forbidden_for_payment {
            denial.forbidding()
        } else {
            denial
        }
    }

    /// Checks a requirement outside a layer, in a service or a job.
    ///
    /// Limits are not among what can be checked without being held: [`Entitlements::limit`] reserves. Nor are rates, which gates spend, and
    /// addresses, which only a request has.
    ///
    /// # Errors
    /// The denial, also where the catalog lacks a name. A requirement of limits is denied as a mistake in the program, with
    /// code `UNKNOWN_LIMIT`, one of rates with `UNKNOWN_RATE`, one of addresses with `IP_NOT_ALLOWED`.
    pub fn require(&self, requirement: &Requirement) -> Result<(), Denial> {
        let bound = requirement.bind(self.set().catalog()).map_err(|unknown| {
            tracing::error!(%requirement, "a requirement cannot be checked: {unknown}");
            unknown.denial()
        })?;
        // To pass it unasked would be to grant it.
        if let Some(limit) = bound.limits().next() {
            tracing::error!(%requirement, "a limit cannot be checked here: reserve with `entitlements.limit(…)`, or demand it at a gate");
            let name = self.set().catalog().limit_at(limit).name().to_owned();
            return Err(Denial::new(DenialKind::UnknownLimit { name }));
        }
        if let Some(rate) = bound.rates().first() {
            tracing::error!(%requirement, "a rate cannot be checked here, for nothing would be spent: demand it at a gate");
            let name = rate.name.to_string();
            return Err(Denial::new(DenialKind::UnknownRate { name }));
        }
        if !bound.addresses().is_empty() {
            tracing::error!(%requirement, "an address cannot be checked here, for there is no request: demand it at a gate");
            return Err(not_allowed());
        }
        match decide(&bound, &Facts::new("", self.now), self.set()) {
            Decision::Allow => Ok(()),
            Decision::Deny(denial) => Err(self.finish(denial)),
        }
    }
}

impl Deref for Current {
    type Target = EntitlementSet;

    fn deref(&self) -> &EntitlementSet {
        self.set()
    }
}
