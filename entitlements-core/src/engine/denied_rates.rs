//! Denials of requests that came too fast, as they were answered before.
//!
//! Whoever comes too fast is answered the same for a second, and so are others on the same plan: that costs a look and not a page
//! of JSON.

use std::fmt;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwapOption;

use super::state::State;
use crate::Denial;
use crate::decide::BoundRate;
use crate::rate::RateReport;

/// How many are remembered; each takes some two kilobytes with its answer.
const SLOTS: usize = 128;

/// What a denial is the same for.
#[derive(Clone, Copy)]
pub(super) struct Occasion<'a> {
    pub(super) rate: &'a BoundRate,
    pub(super) seconds: u64,
    pub(super) report: Option<&'a RateReport>,
    /// None where no account was asked for.
    pub(super) state: Option<&'a Arc<State>>,
}

/// The denials that were worked out, those last that have one place.
pub(super) struct DeniedRates {
    slots: Box<[ArcSwapOption<Denied>]>,
}

struct Denied {
    rate: Arc<str>,
    seconds: u64,
    /// It is not kept alive: it holds what holds this.
    state: Option<Weak<State>>,
    denial: Denial,
}

impl Denied {
    fn answers(&self, occasion: Occasion<'_>) -> bool {
        self.seconds == occasion.seconds
            && Arc::ptr_eq(&self.rate, &occasion.rate.name)
            && self.state.as_ref().map(Weak::as_ptr) == occasion.state.map(Arc::as_ptr)
            && self.denial.rates() == occasion.report
    }
}

impl Default for DeniedRates {
    fn default() -> Self {
        let slots = (0..SLOTS).map(|_| ArcSwapOption::empty());
        Self {
            slots: slots.collect(),
        }
    }
}

impl DeniedRates {
    /// The denial for this occasion; worked out where it is not remembered.
    pub(super) fn denial(
        &self,
        occasion: Occasion<'_>,
        work_out: impl FnOnce() -> Denial,
    ) -> Denial {
        let slot = self.slot(occasion);
        if let Some(slot) = slot
            && let Some(denied) = &*slot.load()
            && denied.answers(occasion)
        {
            return denied.denial.clone();
        }
        let denial = work_out();
        if let Some(slot) = slot {
            slot.store(Some(Arc::new(Denied {
                rate: Arc::clone(&occasion.rate.name),
                seconds: occasion.seconds,
                state: occasion.state.map(Arc::downgrade),
                denial: denial.clone(),
            })));
        }
        denial
    }

    fn slot(&self, occasion: Occasion<'_>) -> Option<&ArcSwapOption<Denied>> {
        let state = occasion.state.map_or(0, |state| Arc::as_ptr(state).addr());
        let rate = occasion.rate.name.as_ptr().addr();
        // Waits are small numbers one beside the other, and addresses have all their difference in the middle.
        let mixed = (state ^ rate.rotate_left(17)) as u64;
        let mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let place = mixed.wrapping_add(occasion.seconds) % SLOTS as u64;
        self.slots.get(usize::try_from(place).unwrap_or_default())
    }
}

impl fmt::Debug for DeniedRates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeniedRates").finish_non_exhaustive()
    }
}
