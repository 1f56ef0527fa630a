//! Q14 to Q19 at a gate: rates are asked last, all together, and the answer says where they stand.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use super::kept::Seen;
use super::{Admission, Gate, RequestHead};
use crate::client_address::AddressError;
use crate::decide::{BoundRate, BoundSpeed, not_allowed, subject_of_head};
use crate::engine::{Addresses, Rates};
use crate::rate::{
    ApiKeyId, Ask, Kind, Member, Part, Quota, RateHeaders, RateKeys, RateReport, Subject, UserId,
    Verdict, network_of,
};
use crate::{AccountId, Current, Denial, Entitlements};

/// Whose requests are counted where no account is asked for and nothing else can be told.
static NOBODY: AccountId = AccountId::ANONYMOUS;

/// What a request asks of one rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// Its place among those that are demanded.
    which: usize,
    key: u64,
    quota: Quota,
    cost: u64,
}

impl Wish {
    #[inline]
    const fn of<'a>(&'a self, keys: &'a RateKeys) -> Ask<'a> {
        Ask::of_key(keys, self.key, &self.quota).cost(self.cost)
    }
}

/// What a request asks of rates.
#[derive(Debug)]
pub(super) enum Asks {
    /// Nothing: none is demanded, or all are unlimited.
    Nothing,
    One(Wish),
    Several(Vec<Wish>),
}

impl Asks {
    fn push(&mut self, wish: Wish) {
        *self = match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => Self::One(wish),
            Self::One(first) => Self::Several(vec![first, wish]),
            Self::Several(mut wishes) => {
                wishes.push(wish);
                Self::Several(wishes)
            }
        };
    }

    fn wishes(&self) -> &[Wish] {
        match self {
            Self::Nothing => &[],
            Self::One(wish) => std::slice::from_ref(wish),
            Self::Several(wishes) => wishes,
        }
    }
}

/// What is spent of a rate, as the engine has it at hand.
enum Keys<'a> {
    OfCatalog(&'a RateKeys),
    Fixed(Arc<RateKeys>),
}

impl Deref for Keys<'_> {
    type Target = RateKeys;

    fn deref(&self) -> &RateKeys {
        match self {
            Self::OfCatalog(keys) => keys,
            Self::Fixed(keys) => keys,
        }
    }
}

/// What came of asking.
pub(super) enum Rated {
    /// It passes, and this is said of the rates.
    Admitted(Option<RateReport>),
    Denied(Denial),
}

/// Who asks.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    /// None where no account is asked for.
    pub(super) current: Option<&'a Current>,
    pub(super) addresses: &'a Addresses,
    pub(super) rates: &'a Rates,
}

impl<'a> Asker<'a> {
    pub(super) fn of(current: &'a Current) -> Self {
        Self {
            current: Some(current),
            addresses: current.addresses(),
            rates: current.rates(),
        }
    }

    fn quota(&self, rate: &BoundRate) -> Option<Quota> {
        match rate.speed {
            BoundSpeed::Fixed(quota) => {
                let can_be_told = rate.asks_no_account || self.current.is_some();
                can_be_told.then_some(quota)
            }
            BoundSpeed::OfPlan(rate) => self.current?.quota(rate),
        }
    }

    fn keys(&self, rate: &BoundRate) -> Option<Keys<'a>> {
        match rate.speed {
            BoundSpeed::OfPlan(rate) => self.rates.of_catalog(rate).map(Keys::OfCatalog),
            BoundSpeed::Fixed(_) => Some(Keys::Fixed(self.rates.fixed(&rate.name))),
        }
    }

    /// Q15: whose requests are counted together.
    fn key(
        &self,
        keys: &RateKeys,
        rate: &BoundRate,
        which: usize,
        head: &impl RequestHead,
    ) -> Result<u64, AddressError> {
        let account = self.current.map(Current::account);
        let account = account.filter(|_| !rate.asks_no_account);
        let key = |part: Part<'_>| {
            keys.key(&match account {
                Some(account) => Subject::Within(account, part),
                None => Subject::Overall(part),
            })
        };
        Ok(match &rate.by.0 {
            Kind::Account => keys.key(&Subject::Account(account.unwrap_or(&NOBODY))),
            Kind::ApiKey => match head.extension::<ApiKeyId>() {
                Some(ApiKeyId(id)) => key(Part::ApiKey(&id)),
                None => key(Part::Nobody),
            },
            Kind::User => match head.extension::<UserId>() {
                Some(UserId(id)) => key(Part::User(&id)),
                None => key(Part::Nobody),
            },
            Kind::Address { v4_bits, v6_bits } => {
                let address = self.addresses.client_of(head)?;
                key(Part::Address(network_of(address, *v4_bits, *v6_bits)))
            }
            Kind::OfHead(_) => match subject_of_head(&rate.by, head, which) {
                Some(subject) => key(Part::Custom(&subject)),
                None => key(Part::Nobody),
            },
        })
    }
}

impl Gate {
    /// What a request asks of the rates that are demanded; the denial where it cannot be told whose it is.
    #[inline]
    pub(super) fn asks_of(
        rates: &[BoundRate],
        asker: Asker<'_>,
        head: &impl RequestHead,
    ) -> Result<Asks, Denial> {
        let mut asks = Asks::Nothing;
        for (which, rate) in rates.iter().enumerate() {
            // Q16: what is unlimited is not counted, and nothing is said of it.
            let Some(quota) = asker.quota(rate) else {
                continue;
            };
            let keys = asker.keys(rate).ok_or_else(Denial::undetermined)?;
            let key = asker.key(&keys, rate, which, head);
            let key = key.map_err(|_| not_allowed())?;
            let cost = rate.cost.of(head, which);
            asks.push(Wish {
                which,
                key,
                quota,
                cost,
            });
        }
        Ok(asks)
    }

    /// Spends what is asked for, or nothing of it.
    #[inline]
    pub(super) fn take(&self, demanded: &[BoundRate], asker: Asker<'_>, asks: &Asks) -> Rated {
        match asks {
            Asks::Nothing => Rated::Admitted(None),
            Asks::One(wish) => {
                let keys = demanded.get(wish.which).and_then(|rate| asker.keys(rate));
                match &keys {
                    Some(keys) => {
                        self.take_all(demanded, asker, asks.wishes(), &mut [wish.of(keys)])
                    }
                    None => Rated::Denied(Denial::undetermined()),
                }
            }
            Asks::Several(wishes) => {
                let keys = wishes
                    .iter()
                    .map(|wish| asker.keys(demanded.get(wish.which)?));
                let keys: Option<Vec<_>> = keys.collect();
                let Some(keys) = keys else {
                    return Rated::Denied(Denial::undetermined());
                };
                let mut all: Vec<_> = keys
                    .iter()
                    .zip(wishes)
                    .map(|(keys, wish)| wish.of(keys))
                    .collect();
                self.take_all(demanded, asker, wishes, &mut all)
            }
        }
    }

    #[inline]
    fn take_all(
        &self,
        demanded: &[BoundRate],
        asker: Asker<'_>,
        wishes: &[Wish],
        asks: &mut [Ask<'_>],
    ) -> Rated {
        let (limiter, now) = (asker.rates.limiter(), asker.rates.now());
        let verdict = if self.inner.rules.shadow {
            limiter.look(asks, now)
        } else {
            limiter.take(asks, now)
        };
        let demanded = wishes
            .iter()
            .filter_map(|wish| demanded.get(wish.which))
            .zip(&*asks);
        match verdict {
            Verdict::Admitted => Rated::Admitted(self.report(demanded, RateHeaders::Always)),
            Verdict::Wait(_) | Verdict::Never => Rated::Denied(self.too_fast(demanded, asker)),
        }
    }

    /// Q20: what the answer says, where answers of this kind do.
    fn report<'a>(
        &self,
        rates: impl Iterator<Item = (&'a BoundRate, &'a Ask<'a>)>,
        kind: RateHeaders,
    ) -> Option<RateReport> {
        let rules = &self.inner.rules;
        let is_said = match rules.rate_headers {
            RateHeaders::Always => true,
            RateHeaders::Denied => kind == RateHeaders::Denied,
            RateHeaders::Never => false,
        };
        if !is_said {
            return None;
        }
        let members = rates.filter_map(|(rate, ask)| {
            let standing = ask.standing()?;
            Some(Member {
                name: rate.field_name.clone(),
                burst: standing.burst(),
                window_seconds: standing.window_seconds(),
                remaining: standing.remaining(),
                reset_seconds: standing.reset_seconds(),
            })
        });
        RateReport::of(members, rules.legacy_rate_headers)
    }

    /// Q17: the denial names the rate that is longest to wait for.
    #[cold]
    fn too_fast<'a>(
        &self,
        rates: impl Iterator<Item = (&'a BoundRate, &'a Ask<'a>)> + Clone,
        asker: Asker<'_>,
    ) -> Denial {
        // What is never admitted is waited for the longest.
        let wait = |ask: &Ask<'_>| ask.standing()?.wait().or(Some(Duration::MAX));
        let slowest = rates.clone().max_by_key(|(_, ask)| wait(ask));
        let standing = slowest.and_then(|(rate, ask)| Some((rate, ask.standing()?)));
        let Some((rate, standing)) = standing else {
            return Denial::undetermined();
        };
        if standing.wait().is_none() {
            self.note_too_costly(rate);
        }
        let report = self.report(rates, RateHeaders::Denied);
        let seconds = standing.retry_after_seconds();
        asker.rates.denial(rate, asker.current, seconds, report)
    }

    /// A cost above the burst is a mistake in the program, or in the catalog.
    fn note_too_costly(&self, rate: &BoundRate) {
        self.log_once(
            "",
            &format_args!(
                "a request takes more of rate `{}` than its burst has, and is never admitted",
                rate.name
            ),
        );
    }

    /// Weighs the rates of a request that everything else lets pass.
    pub(super) fn weigh_rates(
        &self,
        demanded: &[BoundRate],
        asker: Asker<'_>,
        asks: &Asks,
        seen: &Seen<'_>,
    ) -> Admission {
        match self.take(demanded, asker, asks) {
            Rated::Admitted(report) => {
                let allowed = self.allow();
                report.map_or(allowed, Admission::Rated)
            }
            Rated::Denied(denial) => {
                let account = asker.current.map(Current::account);
                self.deny(denial, account, seen)
            }
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
        let asker = Asker {
            current: None,
            addresses: engine.addresses(),
            rates: engine.rates(),
        };
        let seen = self.seen(head, Some(asker.addresses));
        match Self::asks_of(bound.rates(), asker, head) {
            Ok(asks) => self.weigh_rates(bound.rates(), asker, &asks, &seen),
            Err(denial) => {
                self.note_untold(asker.addresses.client_of(head), head);
                self.deny(denial, None, &seen)
            }
        }
    }
}
