//! D3: names that the catalog lacks are found when a gate is built, or answer 500.

use std::sync::Arc;

use super::address::AddressTerms;
use super::rate::BoundRate;
use super::requirement::{Counted, CountedKind, MisplacedAmount, Term};
use super::{Requirement, UnknownName};
use crate::catalog::{FeatureId, LimitId, PlanId};
use crate::reserve::Wanted;
use crate::{Catalog, FeatureName};

/// A requirement whose names were looked up in one catalog; made by [`Requirement::bind`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundRequirement {
    addresses: AddressTerms,
    terms: BoundTerms,
    /// What room is demanded under.
    reserve: Box<[Wanted]>,
    /// What is given back on success.
    give_back: Box<[Wanted]>,
    leases: Box<[LimitId]>,
    rates: Arc<[BoundRate]>,
}

/// What holds or does not. One term, as most requirements have, is not on the heap: there it would lie beside what the thread that looked its
/// name up writes all the time, and other threads would wait for it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum BoundTerms {
    One(BoundTerm),
    Several(Box<[BoundTerm]>),
}

impl FromIterator<BoundTerm> for BoundTerms {
    fn from_iter<I: IntoIterator<Item = BoundTerm>>(terms: I) -> Self {
        let terms: Vec<_> = terms.into_iter().collect();
        match <[_; 1]>::try_from(terms) {
            Ok([one]) => Self::One(one),
            Err(terms) => Self::Several(terms.into()),
        }
    }
}

/// A term in numbers of one catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BoundTerm {
    Feature(FeatureId),
    AnyFeature(Box<[FeatureId]>),
    AllFeatures(Box<[FeatureId]>),
    PlanAtLeast(PlanId),
    Paid,
    ValidLicense,
}

impl BoundRequirement {
    pub(super) fn new(requirement: &Requirement, catalog: &Catalog) -> Result<Self, UnknownName> {
        if let Some(MisplacedAmount { amount, leased }) = &requirement.misplaced {
            return Err(UnknownName::misplaced_amount(*amount, leased.as_ref()));
        }
        if requirement.of_no_rate {
            return Err(UnknownName::of_no_rate());
        }
        let rates: Result<_, _> = requirement
            .rates
            .iter()
            .map(|rate| rate.bind(catalog))
            .collect();
        let terms: Result<_, _> = requirement
            .terms
            .iter()
            .map(|term| bind(term, catalog))
            .collect();
        let counted: Result<Vec<_>, _> = requirement
            .counted
            .iter()
            .map(|counted| Ok((counted.what, wanted(counted, catalog)?)))
            .collect();
        let counted = counted?;
        let of = |what| {
            let of_kind = counted.iter().filter(move |(kind, _)| *kind == what);
            of_kind.map(|(_, wanted)| *wanted)
        };
        Ok(Self {
            addresses: requirement.addresses.clone(),
            terms: terms?,
            reserve: of(CountedKind::Reserve).collect(),
            give_back: of(CountedKind::GiveBack).collect(),
            rates: rates?,
            leases: of(CountedKind::Lease).map(|wanted| wanted.limit).collect(),
        })
    }

    /// What is demanded of the client's address.
    #[inline]
    pub(crate) const fn addresses(&self) -> &AddressTerms {
        &self.addresses
    }

    pub(crate) const fn reserve(&self) -> &[Wanted] {
        &self.reserve
    }

    pub(crate) const fn give_back(&self) -> &[Wanted] {
        &self.give_back
    }

    pub(crate) const fn leases(&self) -> &[LimitId] {
        &self.leases
    }

    /// How fast requests may come.
    #[inline]
    pub(crate) const fn rates(&self) -> &Arc<[BoundRate]> {
        &self.rates
    }

    /// Every limit that it counts.
    pub(crate) fn limits(&self) -> impl Iterator<Item = LimitId> {
        let counted = self.reserve.iter().chain(&self.give_back);
        counted
            .map(|wanted| wanted.limit)
            .chain(self.leases.iter().copied())
    }

    #[inline]
    pub(super) const fn terms(&self) -> &[BoundTerm] {
        match &self.terms {
            BoundTerms::One(term) => std::slice::from_ref(term),
            BoundTerms::Several(terms) => terms,
        }
    }
}

fn bind(term: &Term, catalog: &Catalog) -> Result<BoundTerm, UnknownName> {
    Ok(match term {
        Term::Feature(name) => BoundTerm::Feature(UnknownName::find_feature(name, catalog)?),
        Term::AnyFeature(names) => BoundTerm::AnyFeature(features(names, catalog)?),
        Term::AllFeatures(names) => BoundTerm::AllFeatures(features(names, catalog)?),
        Term::PlanAtLeast(name) => {
            let plan = UnknownName::find_plan(name, catalog)?;
            let rank = catalog.rank(plan);
            rank.ok_or_else(|| UnknownName::not_in_plan_order(name))?;
            BoundTerm::PlanAtLeast(plan)
        }
        Term::Enterprise => {
            let highest = catalog.plan_order().last().copied();
            BoundTerm::PlanAtLeast(highest.ok_or_else(UnknownName::no_plan_order)?)
        }
        Term::Paid => BoundTerm::Paid,
        Term::ValidLicense => BoundTerm::ValidLicense,
    })
}

/// A limit, where what is demanded goes with how it is counted.
fn wanted(counted: &Counted, catalog: &Catalog) -> Result<Wanted, UnknownName> {
    let limit = UnknownName::find_limit(&counted.limit, catalog)?;
    Ok(Wanted {
        limit: counted.what.of(limit, catalog)?,
        amount: counted.amount,
    })
}

fn features(names: &[FeatureName], catalog: &Catalog) -> Result<Box<[FeatureId]>, UnknownName> {
    let ids = names
        .iter()
        .map(|name| UnknownName::find_feature(name, catalog));
    ids.collect()
}
