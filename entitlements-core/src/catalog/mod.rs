//! The product as data: features, limits, rates, plans and add-ons, and how its license keys look.
//!
//! A [`Catalog`] comes from TOML, JSON or code; all three are read into one tree of places and values, checked by the
//! same rules (`spec/catalog.md`) and give equal catalogs. Whatever is wrong is said at once, all of it, each mistake
//! with its place and the nearest right name.
//!
//! ```
//! use entitlements_core::{Catalog, Limit};
//!
//! let catalog = Catalog::from_toml(r#"
//!     schema = 1
//!     [product]
//!     name = "Acme Panel"
//!     default_plan = "community"
//!     plan_order = ["community", "business"]
//!     [features.sso]
//!     [limits.users]
//!     [plans.community]
//!     limits = { users = 3 }
//!     [plans.business]
//!     extends = "community"
//!     features = ["sso"]
//!     limits = { users = "unlimited" }
//! "#)?;
//! let business = catalog.plan("business").unwrap();
//! assert!(business.has(catalog.feature_id("sso").unwrap()));
//!
//! let mistake = Catalog::from_toml("schema = 1\n[product]\nnaem = 'Acme'").unwrap_err();
//! assert!(mistake.to_string().contains("did you mean `name`"));
//! # Ok::<(), entitlements_core::CatalogError>(())
//! ```
//!
//! # What a catalog may say
//!
//! One line of each kind; the rest is in `spec/catalog.md`, C6 to C22.
//!
//! ```
//! # let catalog = entitlements_core::Catalog::from_toml(r#"
//! schema = 1
//!
//! [product]
//! name = "Acme Panel"
//! default_plan = "community"                           # of those who have nothing else
//! plan_order = ["community", "business", "enterprise"] # low to high, for "this plan or a higher one"
//! upgrade_url = "https://acme.example/pricing"         # told in denials
//!
//! [features.sso]                                       # on or off
//! name = "Single sign-on"
//!
//! [limits.users]                                       # things that exist: `RequireLimit::new("users")`
//! [limits.exports]
//! kind = "concurrent"                                  # leases, for as long as a request takes: `Lease::new("exports")`
//! lease = "90s"                                        # how long one holds whose process has died
//! [limits.emails]
//! kind = "metered"                                     # things that happen, counted anew in each period
//! period = "month"                                     # or `hour`, `day`, `year`, `billing`
//!
//! [rates.api]
//!
//! [plans.community]                                    # the default plan names every limit
//! limits = { users = 3, exports = 1, emails = 100 }
//! rates = { api = { requests = 60, per = "1m", burst = 100 } }
//!
//! [plans.business]
//! extends = "community"                                # features add up; limits and rates replace
//! features = ["sso"]
//! limits = { users = { licensed = true, default = 15 }, exports = 5 } # `users`: the number in the license
//! price = { currency = "EUR", monthly_cents = 4900 }
//!
//! [plans.enterprise]
//! extends = "business"
//! limits = { users = "unlimited", emails = "unlimited" }
//!
//! [addons.more_users]
//! requires = ["business"]
//! limits = { users = { add = 10 } }
//!
//! [license]                                            # all of it may be left out
//! env = "ACME_LICENSE"                                 # in place of `ENTITLEMENTS_LICENSE_KEY`
//! grace_days = 14
//! # "#)?;
//! # assert_eq!(catalog.limits().len(), 3);
//! # Ok::<(), entitlements_core::CatalogError>(())
//! ```

mod addon;
mod builder;
mod check;
mod compare;
mod document;
mod error;
mod feature;
mod label;
mod license_profile;
mod limit;
mod listing;
mod load;
mod plan;
mod rate;
mod table;
#[cfg(test)]
mod tests;

pub use addon::{Addon, AddonLimit};
pub use builder::{
    AddonBuilder, CatalogBuilder, ClaimsBuilder, FeatureBuilder, LicenseBuilder, LimitBuilder,
    PlanBuilder, PriceBuilder, RateBuilder,
};
pub use compare::{CatalogDiff, Change, ChangeKind, KeyChange, KeyEffect, Subject};
pub use document::Place;
pub use error::{CatalogError, Mistake};
pub use feature::FeatureDefinition;
pub(crate) use feature::FeatureSet;
pub use license_profile::{ClaimNames, Grants, LicenseProfile};
pub(crate) use license_profile::{
    CustomerClaim, ExpiryClaim, ExpiryFormat, LimitClaims, MOST_GRACE_DAYS,
};
pub use limit::{Limit, LimitDefinition, LimitKind, LimitTerm, Overage, Period};
pub(crate) use plan::SELF_HOSTED;
pub use plan::{Cycle, Plan, Price, Retention};
pub use rate::{Rate, RateDefinition, RateTerm};
pub use table::{AddonId, FeatureId, LimitId, PlanId, RateId};
pub(crate) use table::{Id, Table};

/// A product's features, limits, rates, plans and add-ons, checked.
///
/// See the [module](self) for how to make one. Wrap it in an `Arc` to share it; it never changes.
#[derive(Debug, PartialEq)]
pub struct Catalog {
    pub(crate) product_name: String,
    pub(crate) upgrade_url: Option<String>,
    pub(crate) features: Table<FeatureId, FeatureDefinition>,
    pub(crate) limits: Table<LimitId, LimitDefinition>,
    pub(crate) rates: Table<RateId, RateDefinition>,
    pub(crate) plans: Table<PlanId, Plan>,
    pub(crate) addons: Table<AddonId, Addon>,
    pub(crate) default_plan: PlanId,
    /// Low to high; may be empty and need not name every plan.
    pub(crate) plan_order: Vec<PlanId>,
    pub(crate) license: LicenseProfile,
}

impl Catalog {
    /// The product's name.
    #[must_use]
    pub fn product_name(&self) -> &str {
        &self.product_name
    }

    /// Where more can be bought, if the catalog says.
    #[must_use]
    pub fn upgrade_url(&self) -> Option<&str> {
        self.upgrade_url.as_deref()
    }

    /// How license keys look.
    #[must_use]
    pub const fn license(&self) -> &LicenseProfile {
        &self.license
    }

    /// The plan of those who have nothing else.
    #[must_use]
    pub const fn default_plan(&self) -> PlanId {
        self.default_plan
    }

    /// The plans that can be compared, low to high.
    #[must_use]
    pub fn plan_order(&self) -> &[PlanId] {
        &self.plan_order
    }

    /// How high a plan is, if it can be compared.
    #[must_use]
    pub fn rank(&self, plan: PlanId) -> Option<usize> {
        self.plan_order.iter().position(|ranked| *ranked == plan)
    }

    /// The plan with this code.
    #[must_use]
    pub fn plan(&self, name: &str) -> Option<&Plan> {
        self.plan_id(name).map(|id| &self.plans[id])
    }

    /// The number of the plan with this code.
    #[must_use]
    pub fn plan_id(&self, name: &str) -> Option<PlanId> {
        self.plans.find(name)
    }

    /// The plan with this number, which must be of this catalog.
    #[must_use]
    pub fn plan_at(&self, id: PlanId) -> &Plan {
        &self.plans[id]
    }

    /// The number of the feature with this name.
    #[must_use]
    pub fn feature_id(&self, name: &str) -> Option<FeatureId> {
        self.features.find(name)
    }

    /// The feature with this number, which must be of this catalog.
    #[must_use]
    pub fn feature_at(&self, id: FeatureId) -> &FeatureDefinition {
        &self.features[id]
    }

    /// The number of the limit with this name.
    #[must_use]
    pub fn limit_id(&self, name: &str) -> Option<LimitId> {
        self.limits.find(name)
    }

    /// The limit with this number, which must be of this catalog.
    #[must_use]
    pub fn limit_at(&self, id: LimitId) -> &LimitDefinition {
        &self.limits[id]
    }

    /// The number of the rate with this name.
    #[must_use]
    pub fn rate_id(&self, name: &str) -> Option<RateId> {
        self.rates.find(name)
    }

    /// The number of the add-on with this name.
    #[must_use]
    pub fn addon_id(&self, name: &str) -> Option<AddonId> {
        self.addons.find(name)
    }

    /// The add-on with this number, which must be of this catalog.
    #[must_use]
    pub fn addon_at(&self, id: AddonId) -> &Addon {
        &self.addons[id]
    }

    /// Every feature, by name.
    #[must_use]
    pub fn features(&self) -> impl ExactSizeIterator<Item = (FeatureId, &FeatureDefinition)> {
        self.features.iter()
    }

    /// Every limit, by name.
    #[must_use]
    pub fn limits(&self) -> impl ExactSizeIterator<Item = (LimitId, &LimitDefinition)> {
        self.limits.iter()
    }

    /// Every rate, by name.
    #[must_use]
    pub fn rates(&self) -> impl ExactSizeIterator<Item = (RateId, &RateDefinition)> {
        self.rates.iter()
    }

    /// Every plan, by code.
    #[must_use]
    pub fn plans(&self) -> impl ExactSizeIterator<Item = (PlanId, &Plan)> {
        self.plans.iter()
    }

    /// Every add-on, by name.
    #[must_use]
    pub fn addons(&self) -> impl ExactSizeIterator<Item = (AddonId, &Addon)> {
        self.addons.iter()
    }
}
