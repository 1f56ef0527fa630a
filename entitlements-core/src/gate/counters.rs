//! `entitlements_decisions_total{requirement, outcome, code}`: how often a gate allowed, and denied for which reason.
//!
//! A counter is looked up by name and labels once, when the gate first needs it, and kept: counting costs a request one
//! addition. So whoever records metrics installs the recorder before the first request, as is usual.

use std::sync::OnceLock;

use metrics::{Counter, counter};

use crate::decide::{Decision, Requirement};
use crate::denial::DenialRow;

const NAME: &str = "entitlements_decisions_total";

/// The counters of one gate.
#[derive(Default)]
pub(super) struct Counters {
    allowed: OnceLock<Counter>,
    /// One a row of [`DenialRow::ALL`].
    denied: [OnceLock<Counter>; DenialRow::ALL.len()],
}

impl Counters {
    #[inline]
    pub(super) fn count_allowed(&self, requirement: &Requirement) {
        match self.allowed.get() {
            Some(counter) => counter.increment(1),
            None => self.first_allowed(requirement).increment(1),
        }
    }

    #[cold]
    fn first_allowed(&self, requirement: &Requirement) -> &Counter {
        self.allowed
            .get_or_init(|| counter!(NAME, "requirement" => requirement.label(), "outcome" => "allow", "code" => ""))
    }

    pub(super) fn count(&self, decision: &Decision, requirement: &Requirement) {
        let Some(denial) = decision.denial() else {
            return self.count_allowed(requirement);
        };
        let row = denial.kind().row();
        if let Some(counter) = self.denied.get(row.index()) {
            let register = || counter!(NAME, "requirement" => requirement.label(), "outcome" => "deny", "code" => row.code);
            counter.get_or_init(register).increment(1);
        }
    }
}
