use std::sync::Arc;

use super::{Watched, seen};
use crate::metrics::Backend::UsageStore as BACKEND;
use crate::usage::{Ask, Leased, Renewed, ReservationId, Reserved, Usage, UsageError, UsageStore};
use crate::{AccountId, Limit, Reply, Timestamp};

impl<S: UsageStore + ?Sized> UsageStore for Watched<Arc<S>> {
    fn reserve(
        &self,
        account: &AccountId,
        asks: &[Ask<'_>],
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Reserved, UsageError>> {
        seen(BACKEND, self.0.reserve(account, asks, until, now))
    }

    fn confirm(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        asks: &[Ask<'_>],
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        seen(BACKEND, self.0.confirm(account, reservation, asks, now))
    }

    fn release(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        seen(BACKEND, self.0.release(account, reservation, now))
    }

    fn usage(
        &self,
        account: &AccountId,
        limit: &str,
        now: Timestamp,
    ) -> Reply<Result<Usage, UsageError>> {
        seen(BACKEND, self.0.usage(account, limit, now))
    }

    fn give_back(
        &self,
        account: &AccountId,
        limit: &str,
        amount: u64,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        seen(BACKEND, self.0.give_back(account, limit, amount, now))
    }

    fn sync(
        &self,
        account: &AccountId,
        limit: &str,
        used: u64,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        seen(BACKEND, self.0.sync(account, limit, used, now))
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
        let leased = self.0.lease(account, limit, holder, allowed, until, now);
        seen(BACKEND, leased)
    }

    fn renew_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Renewed, UsageError>> {
        let renewed = self.0.renew_lease(account, limit, holder, until, now);
        seen(BACKEND, renewed)
    }

    fn end_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>> {
        seen(BACKEND, self.0.end_lease(account, limit, holder, now))
    }

    fn sweep(&self, now: Timestamp) -> Reply<Result<(), UsageError>> {
        seen(BACKEND, self.0.sweep(now))
    }
}
