//! D3: names that the catalog lacks are found when a gate is built, or answer 500.

use super::Requirement;
use super::requirement::Term;
use crate::catalog::{FeatureId, PlanId};
use crate::suggest::nearest;
use crate::{Catalog, Denial, FeatureName, PlanName};

/// A requirement whose names were looked up in one catalog; made by [`Requirement::bind`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundRequirement {
    terms: Box<[BoundTerm]>,
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
        Ok(Self { terms: terms? })
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
    Plan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    NotInCatalog,
    NotInPlanOrder,
    NoPlanOrder,
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
            Kind::Plan => Denial::unknown_plan(&self.name),
        }
    }
}

impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.kind {
            Kind::Feature => "feature",
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
        }
        match &self.nearest {
            Some(nearest) => write!(f, ", did you mean `{nearest}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownName {}
