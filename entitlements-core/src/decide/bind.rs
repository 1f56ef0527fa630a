//! D3: names that the catalog lacks are found when a gate is built, or answer 500.

use super::Requirement;
use super::requirement::{Counted, CountedKind, Term};
use crate::catalog::{FeatureId, LimitId, LimitKind, PlanId};
use crate::denial::DenialKind;
use crate::reserve::Wanted;
use crate::suggest::nearest;
use crate::{Catalog, Denial, FeatureName, LimitName, PlanName};

/// A requirement whose names were looked up in one catalog; made by [`Requirement::bind`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundRequirement {
    terms: Box<[BoundTerm]>,
    /// What room is demanded under.
    reserve: Box<[Wanted]>,
    /// What is given back on success.
    give_back: Box<[Wanted]>,
    leases: Box<[LimitId]>,
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
            terms: terms?,
            reserve: of(CountedKind::Reserve).collect(),
            give_back: of(CountedKind::GiveBack).collect(),
            leases: of(CountedKind::Lease).map(|wanted| wanted.limit).collect(),
        })
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

    /// Every limit that it counts.
    pub(crate) fn limits(&self) -> impl Iterator<Item = LimitId> {
        let counted = self.reserve.iter().chain(&self.give_back);
        counted
            .map(|wanted| wanted.limit)
            .chain(self.leases.iter().copied())
    }

    #[inline]
    pub(super) const fn terms(&self) -> &[BoundTerm] {
        &self.terms
    }
}

fn bind(term: &Term, catalog: &Catalog) -> Result<BoundTerm, UnknownName> {
    Ok(match term {
        Term::Feature(name) => BoundTerm::Feature(feature(name, catalog)?),
        Term::AnyFeature(names) => BoundTerm::AnyFeature(features(names, catalog)?),
        Term::AllFeatures(names) => BoundTerm::AllFeatures(features(names, catalog)?),
        Term::PlanAtLeast(name) => {
            let unknown = |fault| UnknownName::plan(name.as_str(), fault, catalog);
            let plan = catalog
                .plan_id(name.as_str())
                .ok_or_else(|| unknown(Fault::NotInCatalog))?;
            catalog
                .rank(plan)
                .ok_or_else(|| unknown(Fault::NotInPlanOrder))?;
            BoundTerm::PlanAtLeast(plan)
        }
        Term::Enterprise => {
            let highest = catalog.plan_order().last().copied();
            let unknown = || UnknownName::plan("", Fault::NoPlanOrder, catalog);
            BoundTerm::PlanAtLeast(highest.ok_or_else(unknown)?)
        }
        Term::Paid => BoundTerm::Paid,
        Term::ValidLicense => BoundTerm::ValidLicense,
    })
}

/// A limit, where what is demanded goes with how it is counted.
fn wanted(counted: &Counted, catalog: &Catalog) -> Result<Wanted, UnknownName> {
    let limit = find_limit(&counted.limit, catalog)?;
    let kind = catalog.limit_at(limit).kind();
    let is_right = match counted.what {
        CountedKind::Lease => kind.is_concurrent(),
        CountedKind::Reserve | CountedKind::GiveBack => kind.is_count(),
    };
    if !is_right {
        return Err(UnknownName::wrong_kind(counted.limit.as_str(), kind));
    }
    Ok(Wanted {
        limit,
        amount: counted.amount,
    })
}

fn find_limit(name: &LimitName, catalog: &Catalog) -> Result<LimitId, UnknownName> {
    catalog.limit_id(name.as_str()).ok_or_else(|| UnknownName {
        kind: Kind::Limit,
        fault: Fault::NotInCatalog,
        name: name.as_str().to_owned(),
        nearest: nearest(
            name.as_str(),
            catalog.limits().map(|(_, limit)| limit.name()),
        )
        .map(str::to_owned),
    })
}

fn features(names: &[FeatureName], catalog: &Catalog) -> Result<Box<[FeatureId]>, UnknownName> {
    names.iter().map(|name| feature(name, catalog)).collect()
}

fn feature(name: &FeatureName, catalog: &Catalog) -> Result<FeatureId, UnknownName> {
    catalog.feature_id(name.as_str()).ok_or_else(|| {
        let names = catalog.features().map(|(_, feature)| feature.name());
        UnknownName {
            kind: Kind::Feature,
            fault: Fault::NotInCatalog,
            name: name.as_str().to_owned(),
            nearest: nearest(name.as_str(), names).map(str::to_owned),
        }
    })
}

/// A gate names something that the catalog lacks: a mistake in the program (I12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    kind: Kind,
    fault: Fault,
    name: String,
    nearest: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Feature,
    Limit,
    Plan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    NotInCatalog,
    NotInPlanOrder,
    NoPlanOrder,
    Metered,
    Concurrent,
    NotConcurrent,
}

impl UnknownName {
    fn plan(name: &str, fault: Fault, catalog: &Catalog) -> Self {
        let nearest = match fault {
            Fault::NotInCatalog => nearest(name, catalog.plans().map(|(_, plan)| plan.name())),
            _ => None,
        };
        Self {
            kind: Kind::Plan,
            fault,
            name: name.to_owned(),
            nearest: nearest.map(str::to_owned),
        }
    }

    /// A limit that is counted in another way than what is asked of it needs.
    pub(crate) fn wrong_kind(name: &str, kind: &LimitKind) -> Self {
        let fault = match kind {
            LimitKind::Count => Fault::NotConcurrent,
            LimitKind::Metered { .. } => Fault::Metered,
            LimitKind::Concurrent { .. } => Fault::Concurrent,
        };
        Self {
            kind: Kind::Limit,
            fault,
            name: name.to_owned(),
            nearest: None,
        }
    }

    /// The limit of this name, of any kind.
    pub(crate) fn find_limit(name: &LimitName, catalog: &Catalog) -> Result<LimitId, Self> {
        find_limit(name, catalog)
    }

    /// The plan of this name, comparable or not.
    pub(crate) fn find_plan(name: &PlanName, catalog: &Catalog) -> Result<PlanId, Self> {
        let plan = catalog.plan_id(name.as_str());
        plan.ok_or_else(|| Self::plan(name.as_str(), Fault::NotInCatalog, catalog))
    }

    /// The name as the gate has it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The nearest name that the catalog has.
    #[must_use]
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }

    /// The denial of a request that meets such a gate.
    #[must_use]
    pub fn denial(&self) -> Denial {
        match self.kind {
            Kind::Feature => Denial::unknown_feature(&self.name),
            Kind::Limit => Denial::new(DenialKind::UnknownLimit {
                name: self.name.clone(),
            }),
            Kind::Plan => Denial::unknown_plan(&self.name),
        }
    }
}

impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.kind {
            Kind::Feature => "feature",
            Kind::Limit => "limit",
            Kind::Plan => "plan",
        };
        match self.fault {
            Fault::NotInCatalog => write!(f, "unknown {what} `{}`", self.name)?,
            Fault::NotInPlanOrder => write!(
                f,
                "plan `{}` cannot be compared: add it to `plan_order` in the catalog",
                self.name
            )?,
            Fault::NoPlanOrder => {
                f.write_str("there is no highest plan: add `plan_order` to the catalog")?;
            }
            Fault::Metered => write!(
                f,
                "limit `{}` is metered, and a gate cannot count it yet",
                self.name
            )?,
            Fault::Concurrent => write!(
                f,
                "limit `{}` is concurrent: demand a lease of it instead",
                self.name
            )?,
            Fault::NotConcurrent => write!(
                f,
                "limit `{}` is not concurrent, so there are no leases of it: demand room under it instead",
                self.name
            )?,
        }
        match &self.nearest {
            Some(nearest) => write!(f, ", did you mean `{nearest}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownName {}
