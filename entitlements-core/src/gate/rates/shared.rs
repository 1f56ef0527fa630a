//! Q24 to Q28 at a gate: rates that processes share.

use std::sync::Arc;
use std::time::Duration;

use super::asker::{Asks, Payer, Wish};
use super::{Rated, stood};
use crate::decide::BoundRate;
use crate::gate::{Gate, OnUnavailable};
use crate::rate::{
    Ask, Quota, RateFallback, Sharing, Standing, StoreAnswer, StoreAsk, Told, Verdict,
};
use crate::{Denial, Reply};

impl Gate {
    /// As [`take`](Self::take), of what processes share.
    #[cold]
    pub(super) fn take_shared(
        &self,
        sharing: &Arc<Sharing>,
        demanded: &Arc<[BoundRate]>,
        payer: Payer<'_>,
        mut asks: Asks,
    ) -> Reply<Rated> {
        let wishes = asks.wishes_mut().iter_mut();
        let wanted: Option<Vec<_>> = wishes.map(|wish| store_ask(wish, demanded)).collect();
        let first = asks.wishes().first().and_then(|wish| {
            let keys = wish.keys(payer.rates)?;
            Some((keys.number(), wish.key))
        });
        let (Some(wanted), Some(first)) = (wanted, first) else {
            return Reply::Now(Rated::Denied(Denial::undetermined()));
        };
        match sharing.ask(wanted, first, self.mode()) {
            Reply::Now(told) => Reply::Now(self.told(told, demanded, payer, &asks)),
            Reply::Later(told) => {
                let (gate, demanded) = (self.clone(), Arc::clone(demanded));
                let (current, rates) = (payer.current.cloned(), Arc::clone(payer.rates));
                Reply::later(async move {
                    let told = told.await;
                    let payer = Payer {
                        current: current.as_ref(),
                        rates: &rates,
                    };
                    gate.told(told, &demanded, payer, &asks)
                })
            }
        }
    }

    fn told(&self, told: Told, demanded: &[BoundRate], payer: Payer<'_>, asks: &Asks) -> Rated {
        match told {
            Told::Answer(answer) => {
                if !self.inner.rules.shadow {
                    keep_share(&answer, payer, asks);
                }
                let standings = answer.standings.iter();
                let standings = standings.zip(asks.wishes());
                let standings =
                    standings.map(|(told, wish)| Some(Standing::told(&wish.quota, told)));
                let stood = stood(demanded, asks.wishes(), standings);
                self.rated(answer.verdict(), stood, payer)
            }
            Told::Away(fallback) => match (fallback, self.inner.rules.on_unavailable) {
                (RateFallback::LocalShare, _) => self.take_share(demanded, payer, asks),
                (RateFallback::Allow, _) | (RateFallback::Deny, OnUnavailable::Allow) => {
                    Rated::Admitted(None)
                }
                (RateFallback::Deny, OnUnavailable::Deny | OnUnavailable::LastKnown(_)) => {
                    Rated::Denied(Denial::undetermined())
                }
            },
        }
    }

    /// Q27: by this process's share of each rate.
    fn take_share(&self, demanded: &[BoundRate], payer: Payer<'_>, asks: &Asks) -> Rated {
        let wishes = asks.wishes();
        let Some(sharing) = payer.rates.sharing() else {
            return Rated::Denied(Denial::undetermined());
        };
        let shares = wishes
            .iter()
            .map(|wish| sharing.share_of(&wish.quota, wish.cost));
        let shares: Vec<Quota> = shares.collect();
        let all = wishes.iter().zip(&shares);
        let all = all.map(|(wish, share)| wish.ask_at(share, payer.rates));
        let Some(mut all) = all.collect::<Option<Vec<_>>>() else {
            return Rated::Denied(Denial::undetermined());
        };
        let verdict = self.settle_here(payer.rates, &mut all);
        let standings = all.iter().zip(wishes);
        let standings = standings.map(|(ask, wish)| Some(ask.standing()?.of_whole(&wish.quota)));
        self.rated(verdict, stood(demanded, wishes, standings), payer)
    }
}

/// Q27: the share goes by what the store says, so that whoever is at the limit stays there when it goes.
fn keep_share(answer: &StoreAnswer, payer: Payer<'_>, asks: &Asks) {
    let Some(sharing) = payer.rates.sharing() else {
        return;
    };
    let (limiter, now) = (payer.rates.limiter(), payer.rates.now());
    for (told, wish) in answer.standings.iter().zip(asks.wishes()) {
        let Some(keys) = wish.keys(payer.rates) else {
            continue;
        };
        let share = sharing.share_of(&wish.quota, 1);
        let ask = || Ask::of_key(keys, wish.key, &share);
        let take = |cost| limiter.take(&mut [ask().cost(cost)], now) == Verdict::Admitted;
        let is_kept = if told.granted > 0 {
            take(wish.cost)
        } else {
            // Where it would admit it is another rate that denies.
            told.wait == Some(Duration::ZERO)
        };
        if !is_kept {
            let mut looked = [ask().cost(0)];
            let _ = limiter.look(&mut looked, now);
            let [looked] = looked;
            // As far as there is room.
            let _ = take(looked.standing().map_or(0, |standing| standing.remaining()));
        }
    }
}

fn store_ask(wish: &mut Wish, demanded: &[BoundRate]) -> Option<StoreAsk> {
    let rate = demanded.get(wish.which)?;
    let name = Arc::clone(&rate.shared_name);
    let subject = wish.name.take()?;
    Some(StoreAsk::new(name, *subject, wish.quota, wish.cost))
}
