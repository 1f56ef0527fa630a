use actix_web::HttpResponse;
use entitlements_core::adapter::Gate;
use entitlements_core::{Denial, RequestHead, Requirement};

use crate::deny::DenyWith;

/// What a route demands, to `wrap` an `App`, a scope, a resource or a route in.
///
/// [`RequireFeature`], [`RequirePlan`], [`RequirePaid`], [`RequireEnterprise`], [`RequireValidLicense`], [`RequireLimit`],
/// [`ReleaseLimit`], [`Lease`], [`RateLimit`] and [`IpAllowlist`] are names for its parts; several demands in one `Require` are one layer and
/// one decision, asked in the order of rule D1: limits after the rest, and rates last.
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
    gate: Gate,
    deny: DenyWith,
}

impl Require {
    entitlements_core::__gate_constructors!();

    entitlements_core::__gate_builders!();

    fn of(gate: Gate) -> Self {
        Self {
            gate,
            deny: DenyWith::default(),
        }
    }

    /// Answers denied requests in the application's own way. The [`Denial`] still rides in the response's extensions.
    ///
    /// Its headers are the application's own, too: who wants `Retry-After` and where rates stand begins with
    /// [`denial_response`](crate::denial_response).
    ///
    /// ```
    /// # actix_web::rt::System::new().block_on(async {
    /// use actix_web::{App, HttpResponse, test, web};
    /// use entitlements_actix::{Denial, RequestHead, RequireFeature, testing};
    ///
    /// let engine = testing::on_plan(testing::catalog(), "community");
    /// let gate = RequireFeature::new("sso").on(&engine).deny_with(|denial: &Denial, head: &dyn RequestHead| {
    ///     HttpResponse::SeeOther()
    ///         .insert_header(("location", "/pricing"))
    ///         .body(format!("{}: {denial}", head.path()))
    /// });
    /// let app = App::new().service(web::resource("/sso").wrap(gate).to(async || "welcome"));
    /// let app = test::init_service(app).await;
    /// let response = test::call_service(&app, test::TestRequest::get().uri("/sso").to_request()).await;
    /// assert_eq!(response.status(), 303);
    /// assert_eq!(response.response().extensions().get::<Denial>().unwrap().code(), "LICENSE_REQUIRED");
    /// # });
    /// ```
    pub fn deny_with<F>(self, answer: F) -> Self
    where
        F: Fn(&Denial, &dyn RequestHead) -> HttpResponse + Send + Sync + 'static,
    {
        Self {
            deny: DenyWith::own(answer),
            ..self
        }
    }

    pub(crate) const fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) const fn deny(&self) -> &DenyWith {
        &self.deny
    }

    fn with_gate(self, gate: Gate) -> Self {
        Self { gate, ..self }
    }
}

impl AsRef<Requirement> for Require {
    fn as_ref(&self) -> &Requirement {
        self.gate.requirement()
    }
}

entitlements_core::__named_gates!("entitlements_actix");
