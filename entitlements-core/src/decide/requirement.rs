use super::UnknownName;
use super::address::AddressTerms;
use super::bind::BoundRequirement;
use super::rate::DemandedRate;
use crate::allowlist::FixedAllowlist;
use crate::catalog::LimitId;
use crate::{Catalog, FeatureName, LimitName, PlanName};

/// What a route demands, in names; [`bind`](Self::bind) turns it into what [`decide`](super::decide()) takes.
///
/// ```
/// use entitlements_core::decide::Requirement;
///
/// let requirement = Requirement::feature("sso").and_plan_at_least("business");
/// assert_eq!(requirement.to_string(), "plan at least `business`, feature `sso`");
/// assert_eq!(requirement.label(), "plan:business+feature:sso");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Requirement {
    pub(super) addresses: AddressTerms,
    pub(super) terms: Vec<Term>,
    /// How fast it may come, in the order of writing: asked last, all together (Q14).
    pub(super) rates: Vec<DemandedRate>,
    /// Whether something was said of a rate where none was named: a mistake that binding finds.
    pub(super) of_no_rate: bool,
    /// What is counted, in the order of writing: it is asked for all together (U12).
    pub(super) counted: Vec<Counted>,
    /// An amount of what has none: a mistake that binding finds.
    pub(super) misplaced: Option<MisplacedAmount>,
}

/// An amount that was said of nothing that is counted, or of a lease.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct MisplacedAmount {
    pub(super) amount: u64,
    pub(super) leased: Option<LimitName>,
}

/// Something that is counted, and what is done with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Counted {
    pub(super) what: CountedKind,
    pub(super) limit: LimitName,
    pub(super) amount: u64,
}

/// What is done with a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CountedKind {
    /// Room is reserved, and used where the request succeeds.
    Reserve,
    /// What is used is given back where the request succeeds.
    GiveBack,
    /// One is leased for as long as the request takes.
    Lease,
}

impl CountedKind {
    /// The limit, where it is counted in the way that this needs.
    pub(crate) fn of(self, limit: LimitId, catalog: &Catalog) -> Result<LimitId, UnknownName> {
        let definition = catalog.limit_at(limit);
        let kind = definition.kind();
        let is_right = match self {
            Self::Lease => kind.is_concurrent(),
            Self::Reserve | Self::GiveBack => kind.is_count(),
        };
        if is_right {
            Ok(limit)
        } else {
            Err(UnknownName::wrong_kind(definition.name(), kind))
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Reserve => "limit",
            Self::GiveBack => "give_back",
            Self::Lease => "lease",
        }
    }

    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::Reserve => "room under limit",
            Self::GiveBack => "something to give back of limit",
            Self::Lease => "a lease of limit",
        }
    }
}

/// One thing that is demanded. Terms of one requirement are asked in the order of this list (D1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Term {
    ValidLicense,
    Enterprise,
    PlanAtLeast(PlanName),
    Paid,
    Feature(FeatureName),
    AnyFeature(Vec<FeatureName>),
    AllFeatures(Vec<FeatureName>),
}

impl Requirement {
    /// Demands one feature.
    #[must_use]
    pub fn feature(feature: impl Into<FeatureName>) -> Self {
        Self::default().and_feature(feature)
    }

    /// Demands at least one of several features; any of none is never met.
    #[must_use]
    pub fn any_feature<F: Into<FeatureName>>(features: impl IntoIterator<Item = F>) -> Self {
        Self::default().and_any_feature(features)
    }

    /// Demands every one of several features.
    #[must_use]
    pub fn all_features<F: Into<FeatureName>>(features: impl IntoIterator<Item = F>) -> Self {
        Self::default().and_all_features(features)
    }

    /// Demands a plan or a higher one in the catalog's `plan_order`.
    #[must_use]
    pub fn plan_at_least(plan: impl Into<PlanName>) -> Self {
        Self::default().and_plan_at_least(plan)
    }

    /// Demands any plan but the base plan; a trial is paid.
    #[must_use]
    pub fn paid() -> Self {
        Self::default().and_paid()
    }

    /// Demands the highest plan in the catalog's `plan_order`.
    #[must_use]
    pub fn enterprise() -> Self {
        Self::default().and_enterprise()
    }

    /// Demands that a license is in force where one is held.
    #[must_use]
    pub fn valid_license() -> Self {
        Self::default().and_valid_license()
    }

    /// Demands that the account's own allowlist lets the client's address pass (W3).
    #[must_use]
    pub fn ip_allowlist() -> Self {
        Self::default().and_ip_allowlist()
    }

    /// Demands that a list of the application's own lets the client's address pass (W12). A requirement of such lists alone asks for no
    /// account.
    #[must_use]
    pub fn fixed_allowlist(list: FixedAllowlist) -> Self {
        Self::default().and_fixed_allowlist(list)
    }

    /// Demands room for one more under a limit.
    #[must_use]
    pub fn limit(limit: impl Into<LimitName>) -> Self {
        Self::default().and_limit(limit)
    }

    /// Gives one back under a limit, once the request has succeeded.
    #[must_use]
    pub fn give_back(limit: impl Into<LimitName>) -> Self {
        Self::default().and_give_back(limit)
    }

    /// Demands a lease of a concurrent limit, for as long as the request takes.
    #[must_use]
    pub fn lease(limit: impl Into<LimitName>) -> Self {
        Self::default().and_lease(limit)
    }

    /// Also demands that the account's own allowlist lets the client's address pass.
    #[must_use]
    pub const fn and_ip_allowlist(mut self) -> Self {
        self.addresses.of_account = true;
        self
    }

    /// Also demands that a list of the application's own lets the client's address pass; where there are several, each of them.
    #[must_use]
    pub fn and_fixed_allowlist(mut self, list: FixedAllowlist) -> Self {
        if !self.addresses.fixed.contains(&list) {
            self.addresses.fixed.push(list);
        }
        self
    }

    /// Also demands room for one more under a limit.
    #[must_use]
    pub fn and_limit(self, limit: impl Into<LimitName>) -> Self {
        self.and_counted(CountedKind::Reserve, limit.into())
    }

    /// Also gives one back under a limit, once the request has succeeded.
    #[must_use]
    pub fn and_give_back(self, limit: impl Into<LimitName>) -> Self {
        self.and_counted(CountedKind::GiveBack, limit.into())
    }

    /// Also demands a lease of a concurrent limit.
    #[must_use]
    pub fn and_lease(self, limit: impl Into<LimitName>) -> Self {
        self.and_counted(CountedKind::Lease, limit.into())
    }

    /// Says how many, instead of one, of the limit that was named last.
    ///
    /// Where none was named there is nothing to be many of, and a lease is always one: [`bind`](Self::bind) refuses
    /// both, as it does a name that the catalog lacks (U4).
    ///
    /// ```
    /// use entitlements_core::{Requirement, testing};
    ///
    /// let five = Requirement::feature("sso").and_limit("users").amount(5);
    /// assert!(five.bind(&testing::catalog()).is_ok());
    /// let of_what = Requirement::feature("sso").amount(5);
    /// assert!(of_what.bind(&testing::catalog()).is_err());
    /// ```
    #[must_use]
    pub fn amount(mut self, amount: u64) -> Self {
        match self.counted.last_mut() {
            Some(last) if last.what != CountedKind::Lease => last.amount = amount,
            Some(_) if amount == 1 => {}
            last => {
                let leased = last.map(|lease| lease.limit.clone());
                self.misplaced = Some(MisplacedAmount { amount, leased });
            }
        }
        self
    }

    fn and_counted(mut self, what: CountedKind, limit: LimitName) -> Self {
        self.counted.push(Counted {
            what,
            limit,
            amount: 1,
        });
        self
    }

    /// Also demands one feature.
    #[must_use]
    pub fn and_feature(self, feature: impl Into<FeatureName>) -> Self {
        self.and(Term::Feature(feature.into()))
    }

    /// Also demands at least one of several features.
    #[must_use]
    pub fn and_any_feature<F: Into<FeatureName>>(
        self,
        features: impl IntoIterator<Item = F>,
    ) -> Self {
        self.and(Term::AnyFeature(
            features.into_iter().map(Into::into).collect(),
        ))
    }

    /// Also demands every one of several features.
    #[must_use]
    pub fn and_all_features<F: Into<FeatureName>>(
        self,
        features: impl IntoIterator<Item = F>,
    ) -> Self {
        self.and(Term::AllFeatures(
            features.into_iter().map(Into::into).collect(),
        ))
    }

    /// Also demands a plan or a higher one.
    #[must_use]
    pub fn and_plan_at_least(self, plan: impl Into<PlanName>) -> Self {
        self.and(Term::PlanAtLeast(plan.into()))
    }

    /// Also demands any plan but the base plan.
    #[must_use]
    pub fn and_paid(self) -> Self {
        self.and(Term::Paid)
    }

    /// Also demands the highest plan.
    #[must_use]
    pub fn and_enterprise(self) -> Self {
        self.and(Term::Enterprise)
    }

    /// Also demands that a license is in force where one is held.
    #[must_use]
    pub fn and_valid_license(self) -> Self {
        self.and(Term::ValidLicense)
    }

    /// Looks the names up in a catalog.
    ///
    /// # Errors
    /// When the catalog lacks one of them, or cannot compare plans where that is demanded (D3); and where an
    /// [`amount`](Self::amount) is of nothing (U4).
    pub fn bind(&self, catalog: &Catalog) -> Result<BoundRequirement, UnknownName> {
        BoundRequirement::new(self, catalog)
    }

    /// Whether anything is counted.
    pub(crate) const fn counts(&self) -> bool {
        !self.counted.is_empty()
    }

    /// What is demanded of the client's address.
    pub(crate) const fn addresses(&self) -> &AddressTerms {
        &self.addresses
    }

    /// Whether it demands nothing but where requests come from.
    #[cfg(debug_assertions)]
    pub(crate) const fn asks_addresses_alone(&self) -> bool {
        let asks_more = !self.terms.is_empty() || !self.counted.is_empty() || self.limits_rates();
        !self.addresses.is_empty() && !asks_more
    }

    /// Whether all that it demands can be told without an account (D19).
    pub(crate) fn asks_no_account(&self) -> bool {
        let demands = !self.addresses.is_empty() || self.limits_rates();
        let of_account = !self.terms.is_empty() || !self.counted.is_empty();
        demands
            && !of_account
            && !self.addresses.asks_account()
            && self.rates.iter().all(DemandedRate::asks_no_account)
    }

    /// Whether it asks anything where it reserves, and gives back, or does not. To demand nothing is to ask for an account.
    pub(crate) fn asks(&self, reserves: bool, gives_back: bool) -> bool {
        let acts = |counted: &Counted| match counted.what {
            CountedKind::Reserve => reserves,
            CountedKind::GiveBack => gives_back,
            CountedKind::Lease => true,
        };
        let asks_always =
            !self.terms.is_empty() || !self.addresses.is_empty() || self.limits_rates();
        asks_always || self.counted.is_empty() || self.counted.iter().any(acts)
    }

    fn and(mut self, term: Term) -> Self {
        self.terms.push(term);
        self.terms.sort(); // D1: the order of asking does not depend on the order of writing.
        self
    }
}

impl AsRef<Self> for Requirement {
    fn as_ref(&self) -> &Self {
        self
    }
}
