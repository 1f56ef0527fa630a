use std::sync::Arc;

use entitlements_core::decide::UnknownName;
use entitlements_core::{Entitlements, FeatureName, Gate, PlanName, Requirement};

/// What a route demands, to `wrap` an `App`, a scope, a resource or a route in.
///
/// [`RequireFeature`], [`RequirePlan`], [`RequirePaid`], [`RequireEnterprise`] and [`RequireValidLicense`] are names
/// for its parts; several demands in one `Require` are one layer and one decision, asked in the order of rule D1.
///
/// On a resource with several methods, wrap the routes and not the resource, so that 405 stays what it is. Clones share
/// one gate.
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, test, web};
/// use entitlements_actix::{Require, testing};
///
/// let engine = testing::on_plan(testing::catalog(), "community");
/// let gate = Require::feature("sso").and_plan_at_least("business").on(&engine);
/// let app = App::new().service(web::resource("/sso").wrap(gate).to(async || "welcome"));
/// let app = test::init_service(app).await;
/// let response = test::call_service(&app, test::TestRequest::get().uri("/sso").to_request()).await;
/// assert_eq!(response.status(), 402);
/// let body = test::read_body(response).await;
/// assert!(body.starts_with(br#"{"type":"urn:entitlements:problem:license-required""#));
/// # });
/// ```
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it is applied"]
pub struct Require {
    gate: Arc<Gate>,
}

impl Require {
    /// Demands what `requirement` says.
    pub fn new(requirement: Requirement) -> Self {
        Self {
            gate: Arc::new(Gate::new(requirement)),
        }
    }

    /// Demands one feature.
    pub fn feature(feature: impl Into<FeatureName>) -> Self {
        Self::new(Requirement::feature(feature))
    }

    /// Demands at least one of several features.
    pub fn any_feature<F: Into<FeatureName>>(features: impl IntoIterator<Item = F>) -> Self {
        Self::new(Requirement::any_feature(features))
    }

    /// Demands every one of several features.
    pub fn all_features<F: Into<FeatureName>>(features: impl IntoIterator<Item = F>) -> Self {
        Self::new(Requirement::all_features(features))
    }

    /// Demands a plan or a higher one.
    pub fn plan_at_least(plan: impl Into<PlanName>) -> Self {
        Self::new(Requirement::plan_at_least(plan))
    }

    /// Demands any plan but the base plan.
    pub fn paid() -> Self {
        Self::new(Requirement::paid())
    }

    /// Demands the highest plan.
    pub fn enterprise() -> Self {
        Self::new(Requirement::enterprise())
    }

    /// Demands that a license is in force where one is held.
    pub fn valid_license() -> Self {
        Self::new(Requirement::valid_license())
    }

    /// Also demands one feature.
    ///
    /// # Panics
    /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
    #[track_caller]
    pub fn and_feature(self, feature: impl Into<FeatureName>) -> Self {
        self.also(|requirement| requirement.and_feature(feature))
    }

    /// Also demands at least one of several features.
    ///
    /// # Panics
    /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
    #[track_caller]
    pub fn and_any_feature<F: Into<FeatureName>>(
        self,
        features: impl IntoIterator<Item = F>,
    ) -> Self {
        self.also(|requirement| requirement.and_any_feature(features))
    }

    /// Also demands every one of several features.
    ///
    /// # Panics
    /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
    #[track_caller]
    pub fn and_all_features<F: Into<FeatureName>>(
        self,
        features: impl IntoIterator<Item = F>,
    ) -> Self {
        self.also(|requirement| requirement.and_all_features(features))
    }

    /// Also demands a plan or a higher one.
    ///
    /// # Panics
    /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
    #[track_caller]
    pub fn and_plan_at_least(self, plan: impl Into<PlanName>) -> Self {
        self.also(|requirement| requirement.and_plan_at_least(plan))
    }

    /// Also demands any plan but the base plan.
    ///
    /// # Panics
    /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
    #[track_caller]
    pub fn and_paid(self) -> Self {
        self.also(Requirement::and_paid)
    }

    /// Also demands the highest plan.
    ///
    /// # Panics
    /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
    #[track_caller]
    pub fn and_enterprise(self) -> Self {
        self.also(Requirement::and_enterprise)
    }

    /// Also demands that a license is in force where one is held.
    ///
    /// # Panics
    /// As [`on`](Self::on), where the gate already has its engine and the catalog lacks a name.
    #[track_caller]
    pub fn and_valid_license(self) -> Self {
        self.also(Requirement::and_valid_license)
    }

    /// Asks this engine, so that no [`EntitlementsLayer`](crate::EntitlementsLayer) is needed, and looks the names up
    /// at once.
    ///
    /// # Panics
    /// When the engine's catalog lacks a name: a mistake in the program, found when it starts and not by a customer
    /// (I12). Use [`try_on`](Self::try_on) for names that are not in the program's text.
    #[track_caller]
    #[expect(
        clippy::panic,
        reason = "a mistake in the program; `try_on` is there for names from elsewhere"
    )]
    pub fn on(self, entitlements: &Entitlements) -> Self {
        match self.try_on(entitlements) {
            Ok(require) => require,
            Err(unknown) => panic!("a gate cannot be built: {unknown}"),
        }
    }

    /// Asks this engine, as [`on`](Self::on) does.
    ///
    /// # Errors
    /// When the engine's catalog lacks a name, or cannot compare plans where that is demanded.
    pub fn try_on(self, entitlements: &Entitlements) -> Result<Self, UnknownName> {
        let gate = Gate::on(self.gate.requirement().clone(), entitlements)?;
        Ok(Self {
            gate: Arc::new(gate),
        })
    }

    pub(crate) const fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// The same gate with another requirement.
    #[track_caller]
    fn also(self, extend: impl FnOnce(Requirement) -> Requirement) -> Self {
        let requirement = extend(self.gate.requirement().clone());
        match self.gate.engine() {
            None => Self::new(requirement),
            Some(engine) => Self::new(requirement).on(engine),
        }
    }
}

/// Demands features: a name for [`Require`]'s part about them.
#[derive(Debug, Clone, Copy)]
pub struct RequireFeature(());

#[expect(
    clippy::new_ret_no_self,
    reason = "every gate is one `Require`; this is a name for a part of it"
)]
impl RequireFeature {
    /// Demands one feature.
    ///
    /// ```
    /// use entitlements_actix::RequireFeature;
    ///
    /// let layer = RequireFeature::new("sso");
    /// ```
    pub fn new(feature: impl Into<FeatureName>) -> Require {
        Require::feature(feature)
    }

    /// Demands at least one of several features.
    pub fn any_of<F: Into<FeatureName>>(features: impl IntoIterator<Item = F>) -> Require {
        Require::any_feature(features)
    }

    /// Demands every one of several features.
    pub fn all_of<F: Into<FeatureName>>(features: impl IntoIterator<Item = F>) -> Require {
        Require::all_features(features)
    }
}

/// Demands a plan: a name for [`Require`]'s part about it.
#[derive(Debug, Clone, Copy)]
pub struct RequirePlan(());

impl RequirePlan {
    /// Demands a plan or a higher one in the catalog's `plan_order`.
    ///
    /// ```
    /// use entitlements_actix::RequirePlan;
    ///
    /// let layer = RequirePlan::at_least("business");
    /// ```
    pub fn at_least(plan: impl Into<PlanName>) -> Require {
        Require::plan_at_least(plan)
    }
}

macro_rules! plain {
    ($($(#[$docs:meta])* $name:ident, $constructor:ident;)*) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name(());

        #[expect(clippy::new_ret_no_self, reason = "every gate is one `Require`; this is a name for a part of it")]
        impl $name {
            /// The layer.
            pub fn new() -> Require {
                Require::$constructor()
            }
        }
    )*};
}

plain! {
    /// Demands any plan but the base plan; a trial is paid.
    RequirePaid, paid;
    /// Demands the highest plan of the catalog's `plan_order`.
    RequireEnterprise, enterprise;
    /// Demands that a license is in force where one is held; whoever holds none passes.
    RequireValidLicense, valid_license;
}
