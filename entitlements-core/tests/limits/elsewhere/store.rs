//! Memory, as if it were another machine's.

use std::future::pending;
use std::sync::{Arc, Mutex};

use entitlements_core::usage::{
    Ask, Leased, MemoryUsage, Renewed, ReservationId, Reserved, Usage, UsageError, UsageStore,
};
use entitlements_core::{AccountId, Limit, Reply, Timestamp};
use tokio::task::yield_now;

/// The store. Clones are the same.
#[derive(Debug, Default, Clone)]
pub(super) struct Elsewhere {
    pub(super) memory: Arc<MemoryUsage>,
    mood: Arc<Mutex<Mood>>,
}

/// How the store takes what it is asked from now on.
#[derive(Debug, Default, Clone, Copy)]
pub(super) enum Mood {
    #[default]
    Answers,
    Fails,
    NeverAnswers,
    Panics,
}

impl Elsewhere {
    pub(super) fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

macro_rules! later {
    ($self:ident, |$store:ident| $ask:expr) => {{
        let $store = Arc::clone(&$self.memory);
        let mood = *$self.mood.lock().unwrap();
        Reply::later(async move {
            let answered = match mood {
                Mood::Answers => $ask.await,
                Mood::Fails => Err(UsageError::new("connection refused")),
                Mood::NeverAnswers => pending().await,
                Mood::Panics => panic!("a mistake in the store"),
            };
            // It is done, and nobody has heard of it yet.
            yield_now().await;
            answered
        })
    }};
}

type Answer<T> = Reply<Result<T, UsageError>>;

/// Asks with names that live as long as the future.
fn owned(asks: &[Ask<'_>]) -> Vec<(String, u64, Limit)> {
    let owned = asks
        .iter()
        .map(|ask| (ask.limit.to_owned(), ask.amount, ask.allowed));
    owned.collect()
}

fn asks(owned: &[(String, u64, Limit)]) -> Vec<Ask<'_>> {
    let asks = owned.iter().map(|(limit, amount, allowed)| Ask {
        limit,
        amount: *amount,
        allowed: *allowed,
    });
    asks.collect()
}

impl UsageStore for Elsewhere {
    fn reserve(
        &self,
        account: &AccountId,
        wanted: &[Ask<'_>],
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<Reserved> {
        let (account, wanted) = (account.clone(), owned(wanted));
        later!(self, |store| store.reserve(
            &account,
            &asks(&wanted),
            until,
            now
        ))
    }

    fn confirm(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        wanted: &[Ask<'_>],
        now: Timestamp,
    ) -> Answer<()> {
        let (account, wanted) = (account.clone(), owned(wanted));
        later!(self, |store| store.confirm(
            &account,
            reservation,
            &asks(&wanted),
            now
        ))
    }

    fn release(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        now: Timestamp,
    ) -> Answer<()> {
        let account = account.clone();
        later!(self, |store| store.release(&account, reservation, now))
    }

    fn usage(&self, account: &AccountId, limit: &str, now: Timestamp) -> Answer<Usage> {
        let (account, limit) = (account.clone(), limit.to_owned());
        later!(self, |store| store.usage(&account, &limit, now))
    }

    fn give_back(
        &self,
        account: &AccountId,
        limit: &str,
        amount: u64,
        now: Timestamp,
    ) -> Answer<()> {
        let (account, limit) = (account.clone(), limit.to_owned());
        later!(self, |store| store.give_back(&account, &limit, amount, now))
    }

    fn sync(&self, account: &AccountId, limit: &str, used: u64, now: Timestamp) -> Answer<()> {
        let (account, limit) = (account.clone(), limit.to_owned());
        later!(self, |store| store.sync(&account, &limit, used, now))
    }

    fn lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        allowed: Limit,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<Leased> {
        let (account, limit, holder) = (account.clone(), limit.to_owned(), holder.to_owned());
        later!(self, |store| store
            .lease(&account, &limit, &holder, allowed, until, now))
    }

    fn renew_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Answer<Renewed> {
        let (account, limit, holder) = (account.clone(), limit.to_owned(), holder.to_owned());
        later!(self, |store| store
            .renew_lease(&account, &limit, &holder, until, now))
    }

    fn end_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        now: Timestamp,
    ) -> Answer<()> {
        let (account, limit, holder) = (account.clone(), limit.to_owned(), holder.to_owned());
        later!(self, |store| store
            .end_lease(&account, &limit, &holder, now))
    }

    fn sweep(&self, now: Timestamp) -> Answer<()> {
        later!(self, |store| UsageStore::sweep(&*store, now))
    }
}
