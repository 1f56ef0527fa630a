use std::collections::VecDeque;

use super::Shared;
use super::counter::{Counter, saturated};
use crate::usage::slot::Vacate;
use crate::usage::{Ask, Leased, Renewed, ReservationId, Reserved, Usage};
use crate::{Limit, Timestamp};

/// Beyond this, the memory that a rush needed is given back when it is over.
const KEPT_CAPACITY: usize = 64;

/// All that one account has in use. Whoever holds one has its lock.
#[derive(Debug)]
pub(super) struct Record {
    /// As few as the catalog has limits, so that looking through them is the fastest.
    counters: Vec<Counter>,
    /// INVARIANT: in the order of their ids, as these rise under the record's lock.
    held: VecDeque<Part>,
    /// INVARIANT: nothing lapses before this time. Something did at it, or was settled meanwhile.
    next_lapse: Timestamp,
}

/// What one reservation holds of one limit.
#[derive(Debug)]
struct Part {
    reservation: u64,
    until: Timestamp,
    amount: u64,
    /// The index of its counter: counters are never removed from a record.
    counter: usize,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            counters: Vec::new(),
            held: VecDeque::new(),
            next_lapse: Timestamp::MAX,
        }
    }
}

impl Vacate for Record {
    #[inline]
    fn is_vacant(&self) -> bool {
        self.held.is_empty() && self.counters.iter().all(Counter::is_vacant)
    }
}

impl Record {
    /// Why there is no room, if there is none.
    pub(super) fn refusal(&self, asks: &[Ask<'_>]) -> Option<Reserved> {
        asks.iter().enumerate().find_map(|(index, ask)| {
            let taken = self.taken(ask.limit);
            let earlier = asks.iter().take(index);
            let earlier: u128 = earlier
                .filter(|other| other.limit == ask.limit)
                .map(|other| u128::from(other.amount))
                .sum();
            let wanted = taken + earlier + u128::from(ask.amount);
            (ask.amount > 0 && !allows(ask.allowed, wanted)).then(|| Reserved::Full {
                ask: index,
                used: saturated(taken),
            })
        })
    }

    pub(super) fn reserve(
        &mut self,
        asks: &[Ask<'_>],
        until: Timestamp,
        now: Timestamp,
        shared: &Shared,
    ) -> Reserved {
        self.forget_lapsed(now);
        if let Some(refusal) = self.refusal(asks) {
            return refusal;
        }
        let reservation = shared.next_reservation();
        for ask in asks {
            let counter = self.counter_index(ask.limit, shared);
            if let Some(counter) = self.counters.get_mut(counter) {
                counter.reserve(ask.amount);
            }
            self.held.push_back(Part {
                reservation,
                until,
                amount: ask.amount,
                counter,
            });
        }
        self.next_lapse = self.next_lapse.min(until);
        Reserved::Held(ReservationId::from_u128(reservation.into()))
    }

    /// Counts what the reservation holds, or what it held where it has lapsed.
    pub(super) fn confirm(
        &mut self,
        reservation: ReservationId,
        asks: &[Ask<'_>],
        now: Timestamp,
        shared: &Shared,
    ) {
        if !self.settle(reservation, Counter::count) {
            for ask in asks.iter().filter(|ask| ask.amount > 0) {
                self.counter(ask.limit, shared, |counter| counter.count(ask.amount));
            }
        }
        self.forget_lapsed(now);
    }

    pub(super) fn release(&mut self, reservation: ReservationId, now: Timestamp) {
        self.settle(reservation, |_, _| ());
        self.forget_lapsed(now);
    }

    pub(super) fn usage(&mut self, limit: &str, now: Timestamp) -> Usage {
        self.forget_lapsed(now);
        self.known(limit)
            .map_or_else(Usage::default, |counter| counter.usage())
    }

    pub(super) fn give_back(&mut self, limit: &str, amount: u64, now: Timestamp) {
        self.forget_lapsed(now);
        if let Some(counter) = self.known(limit) {
            counter.give_back(amount);
        }
    }

    pub(super) fn sync(&mut self, limit: &str, used: u64, now: Timestamp, shared: &Shared) {
        self.forget_lapsed(now);
        self.counter(limit, shared, |counter| counter.sync(used));
    }

    pub(super) fn lease(
        &mut self,
        limit: &str,
        holder: &str,
        allowed: Limit,
        until: Timestamp,
        now: Timestamp,
        shared: &Shared,
    ) -> Leased {
        if self.renew_lease(limit, holder, until, now) == Renewed::Held {
            return Leased::Held;
        }
        let taken = self.taken(limit);
        if !allows(allowed, taken + 1) {
            return Leased::Full {
                used: saturated(taken),
            };
        }
        self.counter(limit, shared, |counter| counter.hold_lease(holder, until));
        self.next_lapse = self.next_lapse.min(until);
        Leased::Held
    }

    pub(super) fn renew_lease(
        &mut self,
        limit: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Renewed {
        self.forget_lapsed(now);
        let renewed = self
            .known(limit)
            .is_some_and(|counter| counter.renew_lease(holder, until));
        if renewed {
            // The new end may be earlier than all others.
            self.next_lapse = self.next_lapse.min(until);
            Renewed::Held
        } else {
            Renewed::Lapsed
        }
    }

    pub(super) fn end_lease(&mut self, limit: &str, holder: &str, now: Timestamp) {
        if let Some(counter) = self.known(limit) {
            counter.end_lease(holder);
        }
        self.forget_lapsed(now);
    }

    /// Makes room of what ended at or before `now`.
    #[inline]
    pub(super) fn forget_lapsed(&mut self, now: Timestamp) {
        if now >= self.next_lapse {
            self.forget_all_lapsed(now);
        }
    }

    /// Keeps no more memory than it needs.
    pub(super) fn shrink(&mut self) {
        self.held.shrink_to_fit();
    }

    #[cold]
    fn forget_all_lapsed(&mut self, now: Timestamp) {
        let mut next = Timestamp::MAX;
        let counters = &mut self.counters;
        self.held.retain(|part| {
            let holds = part.until > now;
            if holds {
                next = next.min(part.until);
            } else if let Some(counter) = counters.get_mut(part.counter) {
                counter.unreserve(part.amount);
            }
            holds
        });
        let leases = counters
            .iter_mut()
            .filter_map(|counter| counter.forget_lapsed(now));
        self.next_lapse = leases.fold(next, Timestamp::min);
        self.give_memory_back();
    }

    /// Ends a reservation, doing `with` for each of its amounts; says whether there was one.
    fn settle(&mut self, reservation: ReservationId, with: impl Fn(&mut Counter, u64)) -> bool {
        let Ok(reservation) = u64::try_from(reservation.as_u128()) else {
            return false;
        };
        let first = self
            .held
            .partition_point(|part| part.reservation < reservation);
        let mut found = false;
        while let Some(part) = self
            .held
            .get(first)
            .filter(|part| part.reservation == reservation)
        {
            if let Some(counter) = self.counters.get_mut(part.counter) {
                counter.unreserve(part.amount);
                with(counter, part.amount);
            }
            self.held.remove(first);
            found = true;
        }
        self.give_memory_back();
        found
    }

    #[inline]
    fn give_memory_back(&mut self) {
        if self.held.is_empty() && self.held.capacity() > KEPT_CAPACITY {
            self.held = VecDeque::new();
        }
    }

    #[inline]
    fn taken(&self, limit: &str) -> u128 {
        let counter = self.counters.iter().find(|counter| counter.is_of(limit));
        counter.map_or(0, Counter::taken)
    }

    fn known(&mut self, limit: &str) -> Option<&mut Counter> {
        self.counters
            .iter_mut()
            .find(|counter| counter.is_of(limit))
    }

    /// Works on a counter, which is made on the limit's first use.
    fn counter(&mut self, limit: &str, shared: &Shared, work: impl FnOnce(&mut Counter)) {
        let index = self.counter_index(limit, shared);
        if let Some(counter) = self.counters.get_mut(index) {
            work(counter);
        }
    }

    #[inline]
    fn counter_index(&mut self, limit: &str, shared: &Shared) -> usize {
        let known = self
            .counters
            .iter()
            .position(|counter| counter.is_of(limit));
        known.unwrap_or_else(|| {
            // Most accounts use one limit or two, and there may be a million accounts.
            self.counters.reserve_exact(1);
            self.counters.push(Counter::new(shared.names.shared(limit)));
            self.counters.len() - 1
        })
    }
}

/// Whether there may be this many, which may be more than any limit can say.
#[inline]
fn allows(allowed: Limit, wanted: u128) -> bool {
    allowed.at_most().is_none_or(|most| wanted <= most.into())
}
