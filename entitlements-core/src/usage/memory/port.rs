use super::MemoryUsage;
use crate::usage::{Ask, Leased, Renewed, ReservationId, Reserved, Usage, UsageError, UsageStore};
use crate::{AccountId, Limit, Reply, Timestamp};

/// Memory answers at once, and always.
const fn at_once<T>(answer: T) -> Reply<Result<T, UsageError>> {
    Reply::Now(Ok(answer))
}

impl UsageStore for MemoryUsage {
    #[inline]
    fn reserve(
        &self,
        account: &AccountId,
        asks: &[Ask<'_>],
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Reserved, UsageError>> {
        at_once(self.accounts.change(account, |record| {
            record.reserve(asks, until, now, &self.shared)
        }))
    }

    #[inline]
    fn confirm(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        asks: &[Ask<'_>],
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.accounts.change(account, |record| {
            record.confirm(reservation, asks, now, &self.shared);
        });
        at_once(())
    }

    #[inline]
    fn release(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.accounts
            .look(account, |record| record.release(reservation, now));
        at_once(())
    }

    fn usage(
        &self,
        account: &AccountId,
        limit: &str,
        now: Timestamp,
    ) -> Reply<Result<Usage, UsageError>> {
        let usage = self
            .accounts
            .look(account, |record| record.usage(limit, now));
        at_once(usage.unwrap_or_default())
    }

    fn give_back(
        &self,
        account: &AccountId,
        limit: &str,
        amount: u64,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.accounts
            .look(account, |record| record.give_back(limit, amount, now));
        at_once(())
    }

    fn sync(
        &self,
        account: &AccountId,
        limit: &str,
        used: u64,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.accounts.change(account, |record| {
            record.sync(limit, used, now, &self.shared);
        });
        at_once(())
    }

    fn lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        allowed: Limit,
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Leased, UsageError>> {
        at_once(self.accounts.change(account, |record| {
            record.lease(limit, holder, allowed, until, now, &self.shared)
        }))
    }

    fn renew_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Renewed, UsageError>> {
        let renewed = self.accounts.look(account, |record| {
            record.renew_lease(limit, holder, until, now)
        });
        at_once(renewed.unwrap_or(Renewed::Lapsed))
    }

    fn end_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        self.accounts
            .look(account, |record| record.end_lease(limit, holder, now));
        at_once(())
    }

    fn sweep(&self, now: Timestamp) -> Reply<Result<(), UsageError>> {
        Self::sweep(self, now);
        at_once(())
    }
}
