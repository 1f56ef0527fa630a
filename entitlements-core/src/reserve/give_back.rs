use std::sync::Arc;

use super::work::{self, SeenThrough};
use super::{Meter, Wanted};
use crate::usage::UsageError;
use crate::{AccountId, Reply};

/// What is given back where a request succeeds.
#[derive(Debug)]
pub(crate) struct GiveBack {
    meter: Arc<Meter>,
    account: AccountId,
    amounts: Box<[Wanted]>,
}

impl GiveBack {
    /// What the application counts itself is not given back here: its next count says it.
    pub(crate) fn new(meter: Arc<Meter>, account: AccountId, amounts: &[Wanted]) -> Self {
        let limits = amounts.iter().map(|wanted| wanted.limit);
        limits.for_each(|limit| meter.note_asked_for(limit));
        let stored = amounts
            .iter()
            .copied()
            .filter(|wanted| meter.counters.of(wanted.limit).is_none());
        Self {
            amounts: stored.collect(),
            meter,
            account,
        }
    }

    /// Where the reply is dropped before it resolves, the upkeep goes on with it.
    pub(crate) fn give(self) -> Reply<Result<(), UsageError>> {
        let given = self.amounts.iter().map(|wanted| {
            let (meter, now) = (&self.meter, self.meter.now());
            let name = meter.name(wanted.limit);
            let given = meter
                .store
                .give_back(&self.account, name, wanted.amount, now);
            SeenThrough::by(meter, given, work::log)
        });
        let mut given: Vec<_> = given.collect();
        match given.pop() {
            None => Reply::Now(Ok(())),
            Some(only) if given.is_empty() => only,
            Some(last) => Reply::Later(Box::pin(async move {
                let mut all = last.await;
                for one in given {
                    all = all.and(one.await);
                }
                all
            })),
        }
    }

    pub(crate) fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }
}
