//! `entitlements_decisions_total{requirement, outcome, code}`: how often a gate allowed, and denied for which reason.
//!
//! A counter is looked up by name and labels once, when the gate first needs it, and kept: counting costs a request one
//! addition. So whoever records metrics installs the recorder before the first request, as is usual.

use std::sync::OnceLock;

use metrics::{Counter, counter};

use crate::Denial;
use crate::decide::Requirement;
use crate::denial::DenialRow;
use crate::metrics::DECISIONS;

/// The counters of one gate.
#[derive(Default)]
pub(super) struct Counters {
    allowed: OnceLock<Counter>,
    /// One a row of [`DenialRow::ALL`]; a gate denies or is in shadow, and never both.
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
            .get_or_init(|| counter!(DECISIONS.name, "requirement" => requirement.label(), "outcome" => "allow", "code" => ""))
    }

    pub(super) fn count_denied(&self, denial: &Denial, requirement: &Requirement) {
        self.count("deny", denial, requirement);
    }

    /// Of a gate in shadow: what it would have denied.
    pub(super) fn count_shadow(&self, denial: &Denial, requirement: &Requirement) {
        self.count("shadow", denial, requirement);
    }

    fn count(&self, outcome: &'static str, denial: &Denial, requirement: &Requirement) {
        let row = denial.kind().row();
        if let Some(counter) = self.denied.get(row.index()) {
            let register = || counter!(DECISIONS.name, "requirement" => requirement.label(), "outcome" => outcome, "code" => row.code);
            counter.get_or_init(register).increment(1);
        }
    }
}
