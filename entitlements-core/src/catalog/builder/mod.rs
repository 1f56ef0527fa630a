//! Catalogs from code: calls that say what the TOML form says.
//!
//! The calls only note what was said; [`CatalogBuilder::build`] runs the checks that text goes through.

mod addon;
mod claims;
mod definition;
mod license;
mod plan;
mod price;
mod shared;

pub use addon::AddonBuilder;
pub use claims::ClaimsBuilder;
pub use definition::{FeatureBuilder, LimitBuilder, RateBuilder};
pub use license::LicenseBuilder;
pub use plan::PlanBuilder;
pub use price::PriceBuilder;

use super::check::check;
use super::document::{Draft, Item, read_code};
use super::{Catalog, CatalogError};
use shared::call;

/// Makes a [`Catalog`] in code; [`Catalog::builder`] begins one.
#[derive(Debug, Clone)]
#[must_use = "a builder makes nothing until `build`"]
pub struct CatalogBuilder {
    draft: Draft,
}

impl Catalog {
    /// Begins a catalog in code.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use entitlements_core::catalog::{FeatureBuilder, Limit, LimitBuilder, LimitTerm, PlanBuilder};
    /// use entitlements_core::Catalog;
    ///
    /// let catalog = Catalog::builder("Acme Panel")
    ///     .default_plan("community")
    ///     .plan_order(["community", "business"])
    ///     .feature(FeatureBuilder::new("sso").title("SSO (SAML / OIDC)"))
    ///     .limit(LimitBuilder::count("users"))
    ///     .limit(LimitBuilder::concurrent("nodes", Duration::from_secs(90)))
    ///     .rate("api")
    ///     .plan(
    ///         PlanBuilder::new("community")
    ///             .limit("users", 3)
    ///             .limit("nodes", 1)
    ///             .rate("api", 60, Duration::from_secs(60)),
    ///     )
    ///     .plan(
    ///         PlanBuilder::new("business")
    ///             .extends("community")
    ///             .features(["sso"])
    ///             .limit_term("users", LimitTerm::Licensed { plus: 0, default: Some(Limit::AtMost(15)) })
    ///             .unlimited("nodes"),
    ///     )
    ///     .build()?;
    /// assert!(catalog.plan("business").unwrap().has(catalog.feature_id("sso").unwrap()));
    ///
    /// let error = Catalog::builder("Acme Panel")
    ///     .default_plan("community")
    ///     .feature("sso")
    ///     .plan(PlanBuilder::new("community").features(["ssso"]))
    ///     .build()
    ///     .unwrap_err();
    /// let expected = r#".plan("community").feature("ssso"): plan `community`: unknown feature `ssso`, did you mean `sso`?"#;
    /// assert_eq!(error.to_string(), expected);
    /// # Ok::<(), entitlements_core::CatalogError>(())
    /// ```
    pub fn builder(product_name: &str) -> CatalogBuilder {
        let mut draft = Draft::default();
        draft.set("schema", String::new(), Item::Integer(1));
        draft.fill("product", |product| {
            product.set("name", String::new(), Item::text(product_name));
        });
        CatalogBuilder { draft }
    }
}

impl CatalogBuilder {
    /// Names the plan of those who have nothing else. There must be one.
    pub fn default_plan(self, plan: &str) -> Self {
        self.product("default_plan", "default_plan", plan)
    }

    /// Ranks plans, low to high, so that they can be compared.
    pub fn plan_order<'a>(mut self, plans: impl IntoIterator<Item = &'a str>) -> Self {
        self.draft.fill("product", |product| {
            for plan in plans {
                product.push("plan_order", call("plan_order", plan), Item::text(plan));
            }
        });
        self
    }

    /// Says where more can be bought.
    pub fn upgrade_url(self, url: &str) -> Self {
        self.product("upgrade_url", "upgrade_url", url)
    }

    /// Adds a feature: a [`FeatureBuilder`], or just its name.
    pub fn feature(self, feature: impl Into<FeatureBuilder>) -> Self {
        let feature = feature.into();
        self.named("features", "feature", &feature.name, feature.draft)
    }

    /// Adds a limit: a [`LimitBuilder`], or just the name of one that counts.
    pub fn limit(self, limit: impl Into<LimitBuilder>) -> Self {
        let limit = limit.into();
        self.named("limits", "limit", &limit.name, limit.draft)
    }

    /// Adds a rate: a [`RateBuilder`], or just its name.
    pub fn rate(self, rate: impl Into<RateBuilder>) -> Self {
        let rate = rate.into();
        self.named("rates", "rate", &rate.name, rate.draft)
    }

    /// Adds a plan.
    pub fn plan(self, plan: PlanBuilder) -> Self {
        self.named("plans", "plan", &plan.name, plan.draft)
    }

    /// Adds an add-on.
    pub fn addon(self, addon: AddonBuilder) -> Self {
        self.named("addons", "addon", &addon.name, addon.draft)
    }

    /// Says how license keys look, where not as they do by default.
    pub fn license(mut self, license: LicenseBuilder) -> Self {
        self.draft
            .set("license", ".license()".into(), Item::Table(license.draft));
        self
    }

    /// Checks it all and makes the catalog.
    ///
    /// # Errors
    /// When what was said breaks a rule of `spec/catalog.md`; the error holds every mistake with its call.
    pub fn build(self) -> Result<Catalog, CatalogError> {
        check(&read_code(&self.draft), "")
    }

    fn product(mut self, key: &str, method: &str, value: &str) -> Self {
        self.draft.fill("product", |product| {
            product.set(key, call(method, value), Item::text(value));
        });
        self
    }

    fn named(mut self, table: &str, method: &str, name: &str, draft: Draft) -> Self {
        self.draft.fill(table, |table| {
            table.add(name, call(method, name), Item::Table(draft));
        });
        self
    }
}
