use crate::catalog::{FeatureId, LimitId, LimitKind, PlanId, RateId};
use crate::denial::DenialKind;
use crate::suggest::nearest;
use crate::{Catalog, Denial, FeatureName, LimitName, PlanName, RateName};

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
    Rate,
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
    /// So many of nothing that is counted.
    AmountOfNothing(u64),
    /// So many of what is leased one by one.
    AmountOfLease(u64),
    /// Whose or how much, of no rate.
    OfNoRate,
}

impl UnknownName {
    /// The feature of this name.
    pub(crate) fn find_feature(name: &FeatureName, catalog: &Catalog) -> Result<FeatureId, Self> {
        let (name, names) = (name.as_str(), catalog.features());
        let unknown = || Self::lacking(Kind::Feature, name, names.map(|(_, known)| known.name()));
        catalog.feature_id(name).ok_or_else(unknown)
    }

    /// The limit of this name, of any kind.
    pub(crate) fn find_limit(name: &LimitName, catalog: &Catalog) -> Result<LimitId, Self> {
        let (name, names) = (name.as_str(), catalog.limits());
        let unknown = || Self::lacking(Kind::Limit, name, names.map(|(_, known)| known.name()));
        catalog.limit_id(name).ok_or_else(unknown)
    }

    /// The rate of this name.
    pub(crate) fn find_rate(name: &RateName, catalog: &Catalog) -> Result<RateId, Self> {
        let (name, names) = (name.as_str(), catalog.rates());
        let unknown = || Self::lacking(Kind::Rate, name, names.map(|(_, known)| known.name()));
        catalog.rate_id(name).ok_or_else(unknown)
    }

    /// The plan of this name, comparable or not.
    pub(crate) fn find_plan(name: &PlanName, catalog: &Catalog) -> Result<PlanId, Self> {
        let (name, names) = (name.as_str(), catalog.plans());
        let unknown = || Self::lacking(Kind::Plan, name, names.map(|(_, known)| known.name()));
        catalog.plan_id(name).ok_or_else(unknown)
    }

    /// A plan that others are to be compared with, and cannot be.
    pub(super) fn not_in_plan_order(name: &PlanName) -> Self {
        Self::faulty(Kind::Plan, Fault::NotInPlanOrder, name.as_str())
    }

    /// The highest plan of a catalog that does not say which it is.
    pub(super) fn no_plan_order() -> Self {
        Self::faulty(Kind::Plan, Fault::NoPlanOrder, "")
    }

    /// A limit that is counted in another way than what is asked of it needs.
    pub(super) fn wrong_kind(name: &str, kind: &LimitKind) -> Self {
        let fault = match kind {
            LimitKind::Count => Fault::NotConcurrent,
            LimitKind::Metered { .. } => Fault::Metered,
            LimitKind::Concurrent { .. } => Fault::Concurrent,
        };
        Self::faulty(Kind::Limit, fault, name)
    }

    /// So many of no limit, or of a lease of this one.
    pub(super) fn misplaced_amount(amount: u64, leased: Option<&LimitName>) -> Self {
        let (fault, name) = match leased {
            None => (Fault::AmountOfNothing(amount), ""),
            Some(limit) => (Fault::AmountOfLease(amount), limit.as_str()),
        };
        Self::faulty(Kind::Limit, fault, name)
    }

    /// Whose requests, or how much a request takes, where no rate was named.
    pub(super) fn of_no_rate() -> Self {
        Self::faulty(Kind::Rate, Fault::OfNoRate, "")
    }

    fn lacking<'a>(kind: Kind, name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self {
            nearest: nearest(name, known).map(str::to_owned),
            ..Self::faulty(kind, Fault::NotInCatalog, name)
        }
    }

    fn faulty(kind: Kind, fault: Fault, name: &str) -> Self {
        Self {
            kind,
            fault,
            name: name.to_owned(),
            nearest: None,
        }
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
            Kind::Rate => Denial::new(DenialKind::UnknownRate {
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
            Kind::Rate => "rate",
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
            Fault::AmountOfNothing(amount) => write!(
                f,
                "an amount of {amount} is of no limit: say it right after the limit that it is of"
            )?,
            Fault::OfNoRate => f.write_str(
                "whose requests count together and how much one takes is of no rate: say it right after the rate that it is of",
            )?,
            Fault::AmountOfLease(amount) => write!(
                f,
                "a lease is always one, and limit `{}` is to be leased for {amount}: leave the amount out",
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
