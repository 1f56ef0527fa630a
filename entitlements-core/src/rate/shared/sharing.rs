//! Q24, Q26: asking the store, within its budget.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::time::timeout;

use super::leases::{Asking, LeaseKey, Leased, Leases};
use super::presence::{Presence, STAYS};
use super::reach::Reach;
use super::{RateFallback, RateStoreError, SharedRates, StoreAnswer, StoreAsk};
use crate::metrics::{Backend, count_unshared};
use crate::rate::{Mode, Quota};
use crate::resolve::Notice;
use crate::{Clock, Reply};

/// An engine's side of rates that processes share.
#[derive(Debug)]
pub(crate) struct Sharing {
    settings: SharedRates,
    reach: Reach,
    presence: Presence,
    leases: Option<Arc<Leases>>,
    clock: Arc<dyn Clock>,
}

/// What is known of what was asked.
#[derive(Debug)]
pub(crate) enum Told {
    /// What the store says, or a lease that it gave.
    Answer(StoreAnswer),
    /// Nothing; this becomes of the request.
    Away(RateFallback),
}

type Answered = Result<StoreAnswer, RateStoreError>;

impl Sharing {
    pub(crate) fn new(settings: SharedRates, clock: Arc<dyn Clock>) -> Self {
        Self {
            reach: Reach::new(),
            presence: Presence::new(settings.processes),
            leases: Leases::new(settings.lease),
            settings,
            clock,
        }
    }

    /// Q26: what to tell the operator while the store does not answer.
    pub(crate) fn not_shared(&self) -> Option<Notice> {
        self.reach.is_away().then(|| {
            let instead = self.settings.fallback.said();
            Notice::new(
                "rates_not_shared",
                format!("the store of rates does not answer, {instead} until it does"),
                "look at the store and at the way there, of which the log says why; it is asked again by itself",
            )
        })
    }

    /// This process's share of a rate; at least what is needed (Q27).
    pub(crate) fn share_of(&self, quota: &Quota, cost: u64) -> Quota {
        quota.share(self.presence.processes(), cost)
    }

    /// Asks for all, or nothing. What is asked for alone may come from the lease of this key.
    pub(crate) fn ask(
        self: &Arc<Self>,
        mut asks: Vec<StoreAsk>,
        key: LeaseKey,
        mode: Mode,
    ) -> Reply<Told> {
        let now = self.clock.monotonic();
        let mut ahead = None;
        if let (Some(leases), Mode::Take, [ask]) = (&self.leases, mode, &mut *asks) {
            let processes = self.presence.processes().get();
            match leases.take(key, &ask.quota, ask.cost, processes, now) {
                Leased::Taken(standing) => {
                    let standings = vec![standing];
                    return Reply::Now(Told::Answer(StoreAnswer { standings }));
                }
                Leased::Ahead(most, asking) => {
                    ask.most = most;
                    ahead = Some(Ahead {
                        asking,
                        cost: ask.cost,
                    });
                }
                Leased::Alone => {}
            }
        }
        if !self.reach.is_worth_asking(now) {
            if let Some(ahead) = ahead {
                ahead.asking.was_not_asked();
            }
            return Reply::Now(self.away());
        }
        let asked = asks.len();
        let store = &self.settings.store;
        let answer = match mode {
            Mode::Take => store.take(asks),
            Mode::Look => store.look(asks),
        };
        let heard = self.presence.is_due(now);
        let heard = heard.then(|| store.present(self.presence.name(), STAYS));
        match (answer, heard) {
            (Reply::Now(answer), None) => Reply::Now(self.told(answer, asked, ahead)),
            (Reply::Now(answer), Some(Reply::Now(processes))) => {
                self.hear(&answer, Some(processes));
                Reply::Now(self.told(answer, asked, ahead))
            }
            (answer, heard) => {
                let sharing = Arc::clone(self);
                Reply::later(async move {
                    let answer = sharing.within_budget(answer, heard).await;
                    sharing.told(answer, asked, ahead)
                })
            }
        }
    }

    /// Both are asked at once, so that they travel together.
    async fn within_budget(
        &self,
        mut answer: Reply<Answered>,
        mut heard: Option<Reply<Result<u32, RateStoreError>>>,
    ) -> Answered {
        let (mut answered, mut processes) = (None, None);
        let both = poll_fn(|cx| {
            if answered.is_none()
                && let Poll::Ready(told) = Pin::new(&mut answer).poll(cx)
            {
                answered = Some(told);
            }
            if let Some(reply) = &mut heard
                && let Poll::Ready(told) = Pin::new(reply).poll(cx)
            {
                processes = Some(told);
                heard = None;
            }
            if answered.is_some() && heard.is_none() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        let in_time = timeout(self.settings.budget, both).await;
        let answer = answered.unwrap_or_else(|| {
            let budget = self.settings.budget;
            Err(RateStoreError::new(format_args!(
                "no answer within {budget:?}"
            )))
        });
        if processes.is_some() || in_time.is_err() {
            self.hear(&answer, processes);
        }
        answer
    }

    /// How many processes there are; none where that was not told in time.
    fn hear(&self, answer: &Answered, told: Option<Result<u32, RateStoreError>>) {
        let now = self.clock.monotonic();
        match told {
            Some(Ok(processes)) => self.presence.heard(processes, now),
            Some(Err(error)) => {
                // Where nothing else is answered either, the store is away.
                if answer.is_ok() {
                    self.presence.is_never_counted(&error);
                }
                self.presence.was_not_heard(now);
            }
            None => self.presence.was_not_heard(now),
        }
    }

    fn told(&self, answer: Answered, asked: usize, ahead: Option<Ahead>) -> Told {
        let fits = |answer: StoreAnswer| match answer.standings.len() {
            told if told == asked => Ok(answer),
            _ => Err(RateStoreError::new("an answer to another question")),
        };
        match answer.and_then(fits) {
            Ok(mut answer) => {
                let now = self.clock.monotonic();
                self.reach.answered(now);
                if let (Some(Ahead { asking, cost }), [standing]) = (ahead, &mut *answer.standings)
                {
                    *standing = asking.keep(*standing, cost, now);
                }
                Told::Answer(answer)
            }
            Err(error) => {
                Backend::RateStore.failed();
                let (why, instead) = (error.reason(), self.settings.fallback.said());
                let now = self.clock.monotonic();
                if error.is_unreadable() {
                    self.reach.answered(now);
                    self.reach.was_unreadable(why, instead, now);
                } else {
                    self.reach.failed(why, instead, now);
                }
                self.away()
            }
        }
    }

    fn away(&self) -> Told {
        let fallback = self.settings.fallback;
        count_unshared(fallback.as_str());
        Told::Away(fallback)
    }
}

/// A lease that is asked for.
struct Ahead {
    asking: Asking,
    cost: u64,
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead")
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}
