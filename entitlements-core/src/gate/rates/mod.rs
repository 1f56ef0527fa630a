//! Q14 to Q19 at a gate: rates are asked last, all together, and the answer says where they stand.
//!
//! - `asker.rs`: what a request asks of rates, and whose it is;
//! - `shared.rs`: rates that processes share.

mod asker;
mod shared;

use std::sync::Arc;
use std::time::Duration;

pub(super) use asker::{Asker, Asks, Payer};

use super::kept::Seen;
use super::remarks::Remark;
use super::{Admission, Gate, RequestHead};
use crate::decide::BoundRate;
use crate::engine::Rates;
use crate::rate::{Ask, Member, Mode, RateHeaders, RateReport, Standing, Verdict};
use crate::strict::text::escaped_start;
use crate::{Current, Denial, Entitlements, Reply};
use asker::Wish;

/// What came of asking.
pub(super) enum Rated {
    /// It passes, and this is said of the rates.
    Admitted(Option<RateReport>),
    Denied(Denial),
}

/// What was demanded beside where it stands.
fn stood<'a>(
    demanded: &'a [BoundRate],
    wishes: &'a [Wish],
    standings: impl Iterator<Item = Option<Standing>> + Clone,
) -> impl Iterator<Item = (&'a BoundRate, Standing)> + Clone {
    let stood = wishes.iter().zip(standings);
    stood.filter_map(|(wish, standing)| Some((demanded.get(wish.which)?, standing?)))
}

impl Gate {
    /// Spends what is asked for, or nothing of it.
    #[inline]
    pub(super) fn take(
        &self,
        demanded: &Arc<[BoundRate]>,
        payer: Payer<'_>,
        asks: Asks,
    ) -> Reply<Rated> {
        match (asks, payer.rates.sharing()) {
            (Asks::Nothing, _) => Reply::Now(Rated::Admitted(None)),
            (asks, None) => Reply::Now(self.take_here(demanded, payer, &asks)),
            (asks, Some(sharing)) => self.take_shared(sharing, demanded, payer, asks),
        }
    }

    /// In this process.
    #[inline]
    fn take_here(&self, demanded: &[BoundRate], payer: Payer<'_>, asks: &Asks) -> Rated {
        let (wishes, rates) = (asks.wishes(), payer.rates);
        if let [wish] = wishes {
            return match wish.ask(rates) {
                Some(ask) => self.take_all(demanded, payer, wishes, &mut [ask]),
                None => Rated::Denied(Denial::undetermined()),
            };
        }
        let asks: Option<Vec<_>> = wishes.iter().map(|wish| wish.ask(rates)).collect();
        match asks {
            Some(mut asks) => self.take_all(demanded, payer, wishes, &mut asks),
            None => Rated::Denied(Denial::undetermined()),
        }
    }

    #[inline]
    fn take_all(
        &self,
        demanded: &[BoundRate],
        payer: Payer<'_>,
        wishes: &[Wish],
        asks: &mut [Ask<'_>],
    ) -> Rated {
        let verdict = self.settle_here(payer.rates, asks);
        let standings = asks.iter().map(Ask::standing);
        self.rated(verdict, stood(demanded, wishes, standings), payer)
    }

    #[inline]
    fn settle_here(&self, rates: &Rates, asks: &mut [Ask<'_>]) -> Verdict {
        rates.limiter().ask(asks, self.mode(), rates.now())
    }

    /// Q19: a gate in shadow looks.
    #[inline]
    fn mode(&self) -> Mode {
        if self.inner.rules.shadow {
            Mode::Look
        } else {
            Mode::Take
        }
    }

    #[inline]
    fn rated<'a>(
        &self,
        verdict: Verdict,
        stood: impl Iterator<Item = (&'a BoundRate, Standing)> + Clone,
        payer: Payer<'_>,
    ) -> Rated {
        match verdict {
            Verdict::Admitted => Rated::Admitted(self.report(stood, RateHeaders::Always)),
            Verdict::Wait(_) | Verdict::Never => Rated::Denied(self.too_fast(stood, payer)),
        }
    }

    /// Q20: what the answer says, where answers of this kind do. Q19: of a gate in shadow none does.
    fn report<'a>(
        &self,
        rates: impl Iterator<Item = (&'a BoundRate, Standing)>,
        kind: RateHeaders,
    ) -> Option<RateReport> {
        let rules = &self.inner.rules;
        let is_said = match rules.rate_headers {
            RateHeaders::Always => true,
            RateHeaders::Denied => kind == RateHeaders::Denied,
            RateHeaders::Never => false,
        };
        if rules.shadow || !is_said {
            return None;
        }
        let members = rates.map(|(rate, standing)| Member {
            name: &rate.field_name,
            burst: standing.burst(),
            window_seconds: standing.window_seconds(),
            remaining: standing.remaining(),
            reset_seconds: standing.reset_seconds(),
        });
        RateReport::of(members, rules.legacy_rate_headers)
    }

    /// Q17: the denial names the rate that is longest to wait for.
    #[cold]
    fn too_fast<'a>(
        &self,
        rates: impl Iterator<Item = (&'a BoundRate, Standing)> + Clone,
        payer: Payer<'_>,
    ) -> Denial {
        // What is never admitted is waited for the longest.
        let wait = |standing: &Standing| standing.wait().unwrap_or(Duration::MAX);
        let slowest = rates.clone().max_by_key(|(_, standing)| wait(standing));
        let Some((rate, standing)) = slowest else {
            return Denial::undetermined();
        };
        let report = self.report(rates, RateHeaders::Denied);
        let seconds = standing.retry_after_seconds();
        let rates = payer.rates;
        rates.denial(rate, payer.current, seconds, report.as_ref())
    }

    /// What a request asks of rates; the denial where it cannot be told whose it is.
    #[inline]
    pub(super) fn asks(
        &self,
        asker: Asker<'_>,
        rates: &[BoundRate],
        head: &impl RequestHead,
    ) -> Result<Asks, Denial> {
        let asks = asker.asks(rates, head)?;
        let mut wishes = asks.wishes().iter();
        if let Some(wish) = wishes.find(|wish| wish.cost > wish.quota.burst()) {
            self.note_too_costly(rates.get(wish.which), head);
        }
        Ok(asks)
    }

    /// Q17: a cost above the burst is a mistake in the program, or in the catalog.
    #[cold]
    fn note_too_costly(&self, rate: Option<&BoundRate>, head: &impl RequestHead) {
        if let Some(rate) = rate
            && self.is_first(Remark::TooCostly)
        {
            let path = escaped_start(head.path(), 200);
            tracing::error!(path, requirement = %self.inner.requirement, "a request takes more of rate `{}` than its burst has, and is never admitted", rate.name);
        }
    }

    /// Weighs the rates of a request that everything else lets pass.
    pub(super) fn weigh_rates(
        &self,
        demanded: &Arc<[BoundRate]>,
        payer: Payer<'_>,
        asks: Asks,
        seen: &Seen<'_>,
    ) -> Admission {
        let rated = self.take(demanded, payer, asks);
        self.once_rated(rated, payer.current, seen, Self::end)
    }

    /// What follows from what came of asking, now or later.
    pub(super) fn once_rated(
        &self,
        rated: Reply<Rated>,
        current: Option<&Current>,
        seen: &Seen<'_>,
        then: impl FnOnce(&Self, Rated, Option<&Current>, &Seen<'_>) -> Admission + Send + 'static,
    ) -> Admission {
        match rated {
            Reply::Now(rated) => then(self, rated, current, seen),
            Reply::Later(rated) => {
                let (gate, current, seen) = (self.clone(), current.cloned(), seen.owned());
                Admission::Later(Box::pin(async move {
                    then(&gate, rated.await, current.as_ref(), &seen)
                }))
            }
        }
    }

    /// Where nothing is held for the request.
    pub(super) fn end(
        &self,
        rated: Rated,
        current: Option<&Current>,
        seen: &Seen<'_>,
    ) -> Admission {
        match rated {
            Rated::Admitted(report) => {
                let allowed = self.allow();
                report.map_or(allowed, Admission::Rated)
            }
            Rated::Denied(denial) => self.deny(denial, current.map(Current::account), seen),
        }
    }

    /// Weighs the rates of a request whose account is not asked for, or cannot be told: of what an account has, nothing is asked.
    pub(super) fn rate_anybody(&self, engine: &Entitlements, head: &impl RequestHead) -> Admission {
        let bound = match self.bound(engine.catalog()) {
            Ok(bound) => bound,
            Err(unknown) => {
                self.log_once(head.path(), &unknown);
                return self.deny(unknown.denial(), None, &self.seen(head, None));
            }
        };
        let asker = Asker::anybody(engine);
        let seen = self.seen(head, Some(asker.addresses));
        match self.asks(asker, bound.rates(), head) {
            Ok(asks) => self.weigh_rates(bound.rates(), asker.payer, asks, &seen),
            Err(denial) => {
                self.note_untold(asker.addresses.client_of(head), head);
                self.deny(denial, None, &seen)
            }
        }
    }
}
