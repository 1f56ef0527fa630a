//! Denials that were already worked out for a set.
//!
//! What a gate answers to whoever lacks something is the same for as long as the set is: a crawler on a gated route then
//! costs a look and not a page of JSON.

use std::sync::OnceLock;

use crate::Denial;
use crate::gate::GateId;

/// How many gates are remembered; those beyond are worked out each time.
const SLOTS: usize = 16;

/// The denials of one set, by gate.
#[derive(Debug, Default)]
pub(super) struct Denials {
    slots: [OnceLock<(GateId, Denial)>; SLOTS],
}

impl Denials {
    /// What is remembered of this gate.
    pub(super) fn of(&self, gate: GateId) -> Option<&Denial> {
        let (owner, denial) = self.slot(gate)?.get()?;
        (*owner == gate).then_some(denial)
    }

    /// Remembers, unless another gate has the place.
    pub(super) fn remember(&self, gate: GateId, denial: &Denial) {
        if let Some(slot) = self.slot(gate) {
            slot.get_or_init(|| (gate, denial.clone()));
        }
    }

    fn slot(&self, gate: GateId) -> Option<&OnceLock<(GateId, Denial)>> {
        let index = usize::try_from(gate.number() % SLOTS as u64).unwrap_or(0);
        self.slots.get(index)
    }
}
