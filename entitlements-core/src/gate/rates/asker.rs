//! Q15, Q16: what a request asks of the rates that are demanded.

use std::sync::Arc;

use crate::catalog::RateId;
use crate::client_address::AddressError;
use crate::decide::{BoundRate, BoundSpeed, not_allowed, subject_of_head};
use crate::engine::{Addresses, Rates};
use crate::rate::{
    ApiKeyId, Ask, Kind, Part, Quota, RateKeys, Subject, SubjectName, UserId, network_of,
};
use crate::{AccountId, Current, Denial, Entitlements, RequestHead};

/// Whose requests are counted where no account is asked for and nothing else can be told.
static NOBODY: AccountId = AccountId::ANONYMOUS;

/// What a request asks of one rate.
#[derive(Debug)]
pub(in crate::gate) struct Wish {
    /// Its place among those that are demanded.
    pub(super) which: usize,
    keys: Keys,
    pub(super) key: u64,
    pub(super) quota: Quota,
    pub(super) cost: u64,
    /// Whose it is, where processes share rates.
    pub(super) name: Option<Box<SubjectName>>,
}

impl Wish {
    /// What is spent of the rate; none where the engine has no such rate.
    #[inline]
    pub(super) fn keys<'a>(&'a self, rates: &'a Rates) -> Option<&'a RateKeys> {
        self.keys.of(rates)
    }

    #[inline]
    pub(super) fn ask<'a>(&'a self, rates: &'a Rates) -> Option<Ask<'a>> {
        self.ask_at(&self.quota, rates)
    }

    /// At another rate than the whole.
    #[inline]
    pub(super) fn ask_at<'a>(&'a self, quota: &'a Quota, rates: &'a Rates) -> Option<Ask<'a>> {
        let ask = Ask::of_key(self.keys(rates)?, self.key, quota);
        Some(ask.cost(self.cost))
    }
}

/// Where what is spent of a rate is kept.
#[derive(Debug)]
enum Keys {
    OfCatalog(RateId),
    Fixed(Arc<RateKeys>),
}

impl Keys {
    fn new(rate: &BoundRate, rates: &Rates) -> Self {
        match rate.speed {
            BoundSpeed::OfPlan(rate) => Self::OfCatalog(rate),
            BoundSpeed::Fixed(_) => Self::Fixed(rates.fixed(&rate.name)),
        }
    }

    #[inline]
    fn of<'a>(&'a self, rates: &'a Rates) -> Option<&'a RateKeys> {
        match self {
            Self::OfCatalog(rate) => rates.of_catalog(*rate),
            Self::Fixed(keys) => Some(keys),
        }
    }
}

/// What a request asks of rates.
#[derive(Debug)]
pub(in crate::gate) enum Asks {
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

    pub(super) fn wishes_mut(&mut self) -> &mut [Wish] {
        match self {
            Self::Nothing => &mut [],
            Self::One(wish) => std::slice::from_mut(wish),
            Self::Several(wishes) => wishes,
        }
    }

    pub(super) fn wishes(&self) -> &[Wish] {
        match self {
            Self::Nothing => &[],
            Self::One(wish) => std::slice::from_ref(wish),
            Self::Several(wishes) => wishes,
        }
    }
}

/// By what rates are counted, and whose plan says how fast they are.
#[derive(Clone, Copy)]
pub(in crate::gate) struct Payer<'a> {
    /// None where no account is asked for.
    pub(super) current: Option<&'a Current>,
    pub(super) rates: &'a Arc<Rates>,
}

impl<'a> Payer<'a> {
    fn quota(&self, rate: &BoundRate) -> Option<Quota> {
        match rate.speed {
            BoundSpeed::Fixed(quota) => {
                let can_be_told = rate.asks_no_account || self.current.is_some();
                can_be_told.then_some(quota)
            }
            BoundSpeed::OfPlan(rate) => self.current?.quota(rate),
        }
    }
}

/// Who asks.
#[derive(Clone, Copy)]
pub(in crate::gate) struct Asker<'a> {
    pub(in crate::gate) payer: Payer<'a>,
    pub(in crate::gate) addresses: &'a Addresses,
}

impl<'a> Asker<'a> {
    pub(in crate::gate) fn of(current: &'a Current) -> Self {
        Self {
            payer: Payer {
                current: Some(current),
                rates: current.rates(),
            },
            addresses: current.addresses(),
        }
    }

    /// Of a request whose account is not asked for.
    pub(in crate::gate) fn anybody(engine: &'a Entitlements) -> Self {
        Self {
            payer: Payer {
                current: None,
                rates: engine.rates(),
            },
            addresses: engine.addresses(),
        }
    }

    pub(in crate::gate) const fn current(&self) -> Option<&'a Current> {
        self.payer.current
    }

    /// What a request asks of the rates that are demanded; the denial where it cannot be told whose it is.
    #[inline]
    pub(in crate::gate) fn asks(
        &self,
        rates: &[BoundRate],
        head: &impl RequestHead,
    ) -> Result<Asks, Denial> {
        let mut asks = Asks::Nothing;
        for (which, rate) in rates.iter().enumerate() {
            // Q16: what is unlimited is not counted, and nothing is said of it.
            let Some(quota) = self.payer.quota(rate) else {
                continue;
            };
            let kept = Keys::new(rate, self.payer.rates);
            let keys = kept.of(self.payer.rates);
            let keys = keys.ok_or_else(Denial::undetermined)?;
            let is_shared = self.payer.rates.sharing().is_some();
            let found = self.with_subject(rate, which, head, |subject| {
                let name = || Box::new(SubjectName::of(subject));
                (keys.key(subject), is_shared.then(name))
            });
            let (key, name) = found.map_err(|_| not_allowed())?;
            let cost = rate.cost.of(head, which);
            asks.push(Wish {
                which,
                keys: kept,
                key,
                quota,
                cost,
                name,
            });
        }
        Ok(asks)
    }

    /// Q15: whose requests are counted together.
    #[inline]
    fn with_subject<T>(
        &self,
        rate: &BoundRate,
        which: usize,
        head: &impl RequestHead,
        tell: impl FnOnce(&Subject<'_>) -> T,
    ) -> Result<T, AddressError> {
        let account = self.payer.current.map(Current::account);
        let account = account.filter(|_| !rate.asks_no_account);
        Ok(match &rate.by.0 {
            Kind::Account => tell(&Subject::Account(account.unwrap_or(&NOBODY))),
            Kind::ApiKey => match head.extension::<ApiKeyId>() {
                Some(ApiKeyId(id)) => tell(&within(account, Part::ApiKey(&id))),
                None => tell(&within(account, Part::Nobody)),
            },
            Kind::User => match head.extension::<UserId>() {
                Some(UserId(id)) => tell(&within(account, Part::User(&id))),
                None => tell(&within(account, Part::Nobody)),
            },
            Kind::Address { v4_bits, v6_bits } => {
                let address = self.addresses.client_of(head)?;
                let network = network_of(address, *v4_bits, *v6_bits);
                tell(&within(account, network))
            }
            Kind::OfHead(_) => match subject_of_head(&rate.by, head, which) {
                Some(subject) => tell(&within(account, Part::Custom(&subject))),
                None => tell(&within(account, Part::Nobody)),
            },
        })
    }
}

const fn within<'a>(account: Option<&'a AccountId>, part: Part<'a>) -> Subject<'a> {
    match account {
        Some(account) => Subject::Within(account, part),
        None => Subject::Overall(part),
    }
}
