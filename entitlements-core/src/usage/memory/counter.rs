use std::sync::Arc;

use super::leases::Leases;
use crate::Timestamp;
use crate::usage::Usage;

/// How much of one limit one account has in use.
#[derive(Debug)]
pub(super) struct Counter {
    name: Arc<str>,
    /// Confirmed, held at [`u64::MAX`].
    used: u64,
    /// INVARIANT: the sum of what the record holds of this limit, which no number of reservations can overflow.
    reserved: u128,
    /// Boxed: most limits are not leased.
    leases: Option<Box<Leases>>,
}

impl Counter {
    pub(super) const fn new(name: Arc<str>) -> Self {
        Self {
            name,
            used: 0,
            reserved: 0,
            leases: None,
        }
    }

    #[inline]
    pub(super) fn is_of(&self, limit: &str) -> bool {
        *self.name == *limit
    }

    pub(super) fn is_vacant(&self) -> bool {
        self.used == 0 && self.reserved == 0 && self.leases.is_none()
    }

    /// What leaves no room for others.
    #[inline]
    pub(super) fn taken(&self) -> u128 {
        u128::from(self.used) + u128::from(self.leased()) + self.reserved
    }

    pub(super) fn usage(&self) -> Usage {
        Usage {
            used: self.used.saturating_add(self.leased()),
            reserved: saturated(self.reserved),
        }
    }

    #[inline]
    pub(super) fn reserve(&mut self, amount: u64) {
        self.reserved += u128::from(amount);
    }

    #[inline]
    pub(super) fn unreserve(&mut self, amount: u64) {
        self.reserved = self.reserved.saturating_sub(amount.into());
    }

    #[inline]
    pub(super) fn count(&mut self, amount: u64) {
        self.used = self.used.saturating_add(amount);
    }

    pub(super) fn give_back(&mut self, amount: u64) {
        self.used = self.used.saturating_sub(amount);
    }

    pub(super) fn sync(&mut self, used: u64) {
        self.used = used;
    }

    pub(super) fn hold_lease(&mut self, holder: &str, until: Timestamp) {
        self.leases.get_or_insert_default().hold(holder, until);
    }

    pub(super) fn renew_lease(&mut self, holder: &str, until: Timestamp) -> bool {
        let leases = self.leases.as_deref_mut();
        leases.is_some_and(|leases| leases.renew(holder, until))
    }

    pub(super) fn end_lease(&mut self, holder: &str) {
        if let Some(leases) = &mut self.leases {
            leases.end(holder);
            self.leases.take_if(|leases| leases.count() == 0);
        }
    }

    /// Forgets leases that ended at or before `now`, and says when the next one ends.
    pub(super) fn forget_lapsed(&mut self, now: Timestamp) -> Option<Timestamp> {
        let next = self.leases.as_mut()?.forget_lapsed(now);
        self.leases.take_if(|leases| leases.count() == 0);
        next
    }

    #[inline]
    fn leased(&self) -> u64 {
        let leases = self.leases.as_deref();
        leases.map_or(0, |leases| leases.count() as u64)
    }
}

/// The number, or the largest there is.
pub(super) fn saturated(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
