//! The rules of counts, written slowly and from the specification alone.

use crate::usage::{Ask, Leased, Renewed, ReservationId, Reserved};
use crate::{Limit, Timestamp};

/// What one account has in use.
#[derive(Debug, Default)]
pub(super) struct Model {
    used: Vec<(String, u64)>,
    held: Vec<Held>,
    leases: Vec<Lease>,
}

#[derive(Debug)]
struct Held {
    id: ReservationId,
    until: Timestamp,
    amounts: Vec<(String, u64)>,
}

#[derive(Debug)]
struct Lease {
    limit: String,
    holder: String,
    until: Timestamp,
}

impl Model {
    pub(super) fn usage(&self, limit: &str, now: Timestamp) -> (u64, u64) {
        let used = self.used.iter().filter(|(name, _)| name == limit);
        let leases = self.leases.iter();
        let leased = leases.filter(|lease| lease.limit == limit && lease.until > now);
        let held = self.held.iter().filter(|held| held.until > now);
        let reserved = held
            .flat_map(|held| &held.amounts)
            .filter(|(name, _)| name == limit);
        (
            used.map(|(_, amount)| amount).sum::<u64>() + leased.count() as u64,
            reserved.map(|(_, amount)| amount).sum(),
        )
    }

    fn taken(&self, limit: &str, now: Timestamp) -> u64 {
        let (used, reserved) = self.usage(limit, now);
        used + reserved
    }

    /// What must be refused, if anything must.
    pub(super) fn refusal(&self, asks: &[Ask<'_>], now: Timestamp) -> Option<Reserved> {
        let mut before: Vec<Ask<'_>> = Vec::new();
        for (index, ask) in asks.iter().enumerate() {
            before.push(*ask);
            let same = before.iter().filter(|other| other.limit == ask.limit);
            let asked: u64 = same.map(|other| other.amount).sum();
            let used = self.taken(ask.limit, now);
            if ask.amount > 0 && !ask.allowed.allows(used + asked) {
                return Some(Reserved::Full { ask: index, used });
            }
        }
        None
    }

    pub(super) fn hold(&mut self, id: ReservationId, asks: &[Ask<'_>], until: Timestamp) {
        self.held.push(Held {
            id,
            until,
            amounts: amounts(asks),
        });
    }

    /// U3: also where it has lapsed.
    pub(super) fn confirm(&mut self, id: ReservationId, asks: &[Ask<'_>]) {
        self.release(id);
        self.used.extend(amounts(asks));
    }

    pub(super) fn release(&mut self, id: ReservationId) {
        self.held.retain(|held| held.id != id);
    }

    pub(super) fn give_back(&mut self, limit: &str, amount: u64) {
        let used = self.used.iter().filter(|(name, _)| name == limit);
        let used: u64 = used.map(|(_, amount)| amount).sum();
        self.sync(limit, used.saturating_sub(amount));
    }

    pub(super) fn sync(&mut self, limit: &str, used: u64) {
        self.used.retain(|(name, _)| name != limit);
        self.used.push((limit.to_owned(), used));
    }

    pub(super) fn lease(
        &mut self,
        limit: &str,
        holder: &str,
        allowed: Limit,
        until: Timestamp,
        now: Timestamp,
    ) -> Leased {
        if self.renew(limit, holder, until, now) == Renewed::Held {
            return Leased::Held;
        }
        let used = self.taken(limit, now);
        if !allowed.allows(used + 1) {
            return Leased::Full { used };
        }
        self.leases.push(Lease {
            limit: limit.to_owned(),
            holder: holder.to_owned(),
            until,
        });
        Leased::Held
    }

    pub(super) fn renew(
        &mut self,
        limit: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Renewed {
        let found = self
            .leases
            .iter_mut()
            .find(|lease| lease.limit == limit && lease.holder == holder && lease.until > now);
        found.map_or(Renewed::Lapsed, |lease| {
            lease.until = until;
            Renewed::Held
        })
    }

    pub(super) fn end_lease(&mut self, limit: &str, holder: &str) {
        self.leases
            .retain(|lease| lease.limit != limit || lease.holder != holder);
    }
}

fn amounts(asks: &[Ask<'_>]) -> Vec<(String, u64)> {
    let amount = |ask: &Ask<'_>| (ask.limit.to_owned(), ask.amount);
    asks.iter().map(amount).collect()
}
