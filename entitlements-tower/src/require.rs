use entitlements_core::adapter::Gate;
use entitlements_core::{Denial, RequestHead, Requirement};
use http::Response;

use crate::{DenyWith, Problems};

/// What a route demands, as a layer.
///
/// [`RequireFeature`], [`RequirePlan`], [`RequirePaid`], [`RequireEnterprise`], [`RequireValidLicense`], [`RequireLimit`],
/// [`ReleaseLimit`], [`Lease`], [`RateLimit`] and [`IpAllowlist`] are names for its parts; several demands in one `Require` are one layer and
/// one decision, asked in the order of rule D1: limits after the rest, and rates last.
///
/// Use it with `route_layer`, so that 404 and 405 stay what they are. Clones share one gate. `D` is how it says no:
/// as a problem, or by [`deny_with`](Self::deny_with).
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::testing;
/// use entitlements_tower::Require;
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// let engine = testing::on_plan(testing::catalog(), "community");
/// let service = ServiceBuilder::new()
///     .layer(Require::feature("sso").and_plan_at_least("business").on(&engine))
///     .service(service_fn(async |_: Request<()>| {
///         Ok::<_, std::convert::Infallible>(Response::new(String::from("welcome")))
///     }));
/// let response = service.oneshot(Request::new(())).await?;
/// assert_eq!(response.status(), 402);
/// assert!(response.into_body().contains(r#""required_plan":"business""#));
/// # Ok::<(), std::convert::Infallible>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "a layer does nothing until it is applied"]
pub struct Require<D = Problems> {
    gate: Gate,
    deny: D,
}

// A layer stays, and so do its clones: axum keeps nothing else of one.
impl<D: Clone> Clone for Require<D> {
    fn clone(&self) -> Self {
        Self {
            gate: self.gate.rooted(),
            deny: self.deny.clone(),
        }
    }
}

impl Require {
    entitlements_core::__gate_constructors!();

    const fn of(gate: Gate) -> Self {
        Self {
            gate,
            deny: Problems(()),
        }
    }
}

impl<D> Require<D> {
    entitlements_core::__gate_builders!();

    /// Answers denied requests in the application's own way. The [`Denial`] still rides in the response's extensions.
    ///
    /// Its headers are the application's own, too: who wants `Retry-After` and where rates stand begins with
    /// [`denial_response`](crate::denial_response).
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use entitlements_core::{Denial, RequestHead, testing};
    /// use entitlements_tower::RequireFeature;
    /// use http::{Request, Response};
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    ///
    /// let engine = testing::on_plan(testing::catalog(), "community");
    /// let gate = RequireFeature::new("sso").on(&engine).deny_with(|denial: &Denial, head: &dyn RequestHead| {
    ///     Response::builder()
    ///         .status(303)
    ///         .header("location", "/pricing")
    ///         .body(format!("{}: {denial}", head.path()))
    ///         .unwrap()
    /// });
    /// let service = ServiceBuilder::new().layer(gate).service(service_fn(async |_: Request<()>| {
    ///     Ok::<_, std::convert::Infallible>(Response::new(String::from("welcome")))
    /// }));
    /// let response = service.oneshot(Request::new(())).await?;
    /// assert_eq!(response.status(), 303);
    /// assert_eq!(response.extensions().get::<Denial>().unwrap().code(), "LICENSE_REQUIRED");
    /// # Ok::<(), std::convert::Infallible>(())
    /// # }).unwrap();
    /// ```
    pub fn deny_with<F, R>(self, answer: F) -> Require<F>
    where
        // `DenyWith` says it all; the other bound is there so that the compiler infers what a closure takes.
        F: Fn(&Denial, &dyn RequestHead) -> Response<R> + DenyWith<R>,
    {
        Require {
            gate: self.gate,
            deny: answer,
        }
    }

    pub(crate) const fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) const fn deny(&self) -> &D {
        &self.deny
    }

    fn with_gate(self, gate: Gate) -> Self {
        Self { gate, ..self }
    }
}

impl<D> AsRef<Requirement> for Require<D> {
    fn as_ref(&self) -> &Requirement {
        self.gate.requirement()
    }
}

entitlements_core::__named_gates!("entitlements_tower");
