//! Q14 to Q16: how fast requests may come, as a route demands it.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use super::reason::plans_above;
use super::{Requirement, UnknownName};
use crate::catalog::{PlanId, RateId};
use crate::rate::{FieldName, FixedRate, Kind, Quota, RateKey, name_of_own_rate, name_of_rate};
use crate::resolve::EntitlementSet;
use crate::{Catalog, Denial, DenialKind, RateName, RequestHead};

/// A rate that a route demands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct DemandedRate {
    pub(super) what: WhichRate,
    pub(super) by: RateKey,
    pub(super) cost: Cost,
}

/// Which rate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum WhichRate {
    /// As the account's plan or override has it.
    OfPlan(RateName),
    /// The program's own.
    Fixed(FixedRate),
}

impl WhichRate {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::OfPlan(name) => name.as_str(),
            Self::Fixed(rate) => rate.name(),
        }
    }
}

/// How much of a rate a request takes.
#[derive(Clone)]
pub(crate) enum Cost {
    /// So many.
    Of(u64),
    /// As many as this makes of its head.
    OfHead(Arc<CostOfHead>),
}

type CostOfHead = dyn Fn(&dyn RequestHead) -> u64 + Send + Sync;

impl Cost {
    /// Of the rate at this place of a requirement.
    pub(crate) fn of(&self, head: &impl RequestHead, which: usize) -> u64 {
        match self {
            Self::Of(units) => *units,
            Self::OfHead(tell) => match ToldOfHead::at(head, which) {
                Some(told) => told.cost,
                None => tell(head),
            },
        }
    }

    fn says(&self) -> (u64, usize) {
        match self {
            Self::Of(units) => (*units, 0),
            Self::OfHead(tell) => (0, Arc::as_ptr(tell).cast::<()>().addr()),
        }
    }
}

/// Closures are equal where they are one.
impl PartialEq for Cost {
    fn eq(&self, other: &Self) -> bool {
        self.says() == other.says()
    }
}

impl Eq for Cost {}

impl Hash for Cost {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.says().hash(state);
    }
}

impl fmt::Debug for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(units) => units.fmt(f),
            Self::OfHead(_) => f.write_str("of the head"),
        }
    }
}

/// What the program's own closures made of the head of a request that has to wait, for each rate of a requirement: later there is no head.
#[derive(Debug, Clone)]
pub(crate) struct ToldOfHead(Arc<[Told]>);

/// Of one rate.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) subject: Option<String>,
    pub(crate) cost: u64,
}

impl ToldOfHead {
    /// What was told of a rate; none where the request does not wait, and its head is there.
    pub(crate) fn at(head: &impl RequestHead, which: usize) -> Option<Told> {
        head.extension::<Self>()?.0.get(which).cloned()
    }
}

impl DemandedRate {
    pub(super) const fn new(what: WhichRate) -> Self {
        Self {
            what,
            by: RateKey::account(),
            cost: Cost::Of(1),
        }
    }

    /// Whether it can be told without an account.
    pub(super) const fn asks_no_account(&self) -> bool {
        matches!(self.what, WhichRate::Fixed(_)) && self.by.asks_no_account()
    }

    pub(super) fn bind(&self, catalog: &Catalog) -> Result<BoundRate, UnknownName> {
        let speed = match &self.what {
            WhichRate::OfPlan(name) => BoundSpeed::OfPlan(UnknownName::find_rate(name, catalog)?),
            WhichRate::Fixed(rate) => BoundSpeed::Fixed(Quota::from(rate.rate())),
        };
        let name: Arc<str> = self.what.name().into();
        let shared_name = match &speed {
            BoundSpeed::OfPlan(_) => name_of_rate(&name),
            BoundSpeed::Fixed(_) => name_of_own_rate(&name),
        };
        Ok(BoundRate {
            speed,
            name,
            shared_name,
            field_name: FieldName::new(self.what.name()),
            by: self.by.clone(),
            cost: self.cost.clone(),
            asks_no_account: self.asks_no_account(),
        })
    }
}

impl Requirement {
    /// Demands that requests come no faster than the account's plan, or an override, lets them (Q14).
    #[must_use]
    pub fn rate(rate: impl Into<RateName>) -> Self {
        Self::default().and_rate(rate)
    }

    /// Demands that requests come no faster than the program says.
    #[must_use]
    pub fn fixed_rate(rate: FixedRate) -> Self {
        Self::default().and_fixed_rate(rate)
    }

    /// Also demands that requests come no faster than the account's plan, or an override, lets them. Several rates are all or nothing.
    #[must_use]
    pub fn and_rate(self, rate: impl Into<RateName>) -> Self {
        self.and_demanded_rate(WhichRate::OfPlan(rate.into()))
    }

    /// Also demands that requests come no faster than the program says.
    #[must_use]
    pub fn and_fixed_rate(self, rate: FixedRate) -> Self {
        self.and_demanded_rate(WhichRate::Fixed(rate))
    }

    /// Says whose requests the rate that was named last counts together, instead of the account's (Q15).
    ///
    /// Where none was named, [`bind`](Self::bind) refuses it, as it does a name that the catalog lacks; so with costs.
    #[must_use]
    pub fn by(self, key: RateKey) -> Self {
        self.of_last_rate(|rate| rate.by = key)
    }

    /// Says how much a request takes, instead of one, of the rate that was named last. None at all is always admitted, and more than
    /// the burst never is.
    #[must_use]
    pub fn cost(self, units: u64) -> Self {
        self.of_last_rate(|rate| rate.cost = Cost::Of(units))
    }

    /// Says by a request's head how much it takes of the rate that was named last.
    #[must_use]
    pub fn cost_of_head(
        self,
        tell: impl Fn(&dyn RequestHead) -> u64 + Send + Sync + 'static,
    ) -> Self {
        self.of_last_rate(|rate| rate.cost = Cost::OfHead(Arc::new(tell)))
    }

    fn and_demanded_rate(mut self, what: WhichRate) -> Self {
        self.rates.push(DemandedRate::new(what));
        self
    }

    fn of_last_rate(mut self, say: impl FnOnce(&mut DemandedRate)) -> Self {
        match self.rates.last_mut() {
            Some(rate) => say(rate),
            None => self.of_no_rate = true,
        }
        self
    }

    /// What the program's closures make of a request's head.
    pub(crate) fn told_of_head(&self, head: &impl RequestHead) -> ToldOfHead {
        let told = self.rates.iter().enumerate().map(|(which, rate)| Told {
            subject: subject_of_head(&rate.by, head, which),
            cost: rate.cost.of(head, which),
        });
        ToldOfHead(told.collect())
    }

    /// Whether it demands rates.
    pub(crate) const fn limits_rates(&self) -> bool {
        !self.rates.is_empty()
    }
}

/// A rate in numbers of one catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoundRate {
    pub(crate) speed: BoundSpeed,
    pub(crate) name: Arc<str>,
    /// What it is called where processes share it.
    pub(crate) shared_name: Arc<str>,
    pub(crate) field_name: FieldName,
    pub(crate) by: RateKey,
    pub(crate) cost: Cost,
    /// Q15: it counts over accounts.
    pub(crate) asks_no_account: bool,
}

/// How fast a rate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoundSpeed {
    /// As the account's set has it.
    OfPlan(RateId),
    /// As the program says.
    Fixed(Quota),
}

/// Q17: the denial of a request that came too fast, to be tried again after so many seconds. Of a plan's rate it says which plans are
/// faster.
pub(crate) fn rate_denial(rate: &BoundRate, set: Option<&EntitlementSet>, seconds: u64) -> Denial {
    let kind = DenialKind::RateLimited {
        rate: rate.name.to_string(),
        retry_after: Duration::from_secs(seconds),
    };
    let (BoundSpeed::OfPlan(id), Some(set)) = (rate.speed, set) else {
        return Denial::new(kind);
    };
    let now = set.rate_id(id);
    // What an override replaces, no plan changes (R6).
    let is_faster =
        |plan: PlanId| !set.is_rate_overridden(id) && set.catalog().plan_at(plan).rate(id) > now;
    Denial::with_plans(kind, set, plans_above(set, is_faster))
}

/// What the program makes of a request's head, where a rate is counted by that.
pub(crate) fn subject_of_head(
    by: &RateKey,
    head: &impl RequestHead,
    which: usize,
) -> Option<String> {
    let Kind::OfHead(tell) = &by.0 else {
        return None;
    };
    match ToldOfHead::at(head, which) {
        Some(told) => told.subject,
        None => tell(head),
    }
}
