//! Why a request is denied, and what the client sees of it.
//!
//! A [`Denial`] holds the facts; a [`Problem`] is the answer made of them (RFC 9457), rendered once and sent by every
//! adapter. Codes, statuses and wording are the table of `spec/denials.md`.

mod detail;
mod grpc;
mod kind;
mod problem;

pub use grpc::{GrpcStatus, is_grpc};
pub use kind::{DenialKind, DenialRow, Wanted};
pub use problem::Problem;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::rate::RateReport;
use crate::resolve::EntitlementSet;

/// Why a request is denied: the facts, for code that acts on them.
///
/// It rides in the extensions of the response. Clones share one allocation, and its [`Problem`] is rendered once for
/// all of them. As an error it reads as its [`detail`](Self::detail), so that `?` passes it on:
///
/// ```
/// use entitlements_core::{Entitlements, Requirement, testing};
///
/// fn nightly_export(entitlements: &Entitlements) -> Result<(), Box<dyn std::error::Error>> {
///     entitlements.current().require(&Requirement::feature("audit"))?;
///     Ok(())
/// }
///
/// let engine = testing::on_plan(testing::catalog(), "community");
/// assert_eq!(nightly_export(&engine).unwrap_err().to_string(), "feature `audit` is not in force");
/// ```
#[derive(Clone)]
pub struct Denial {
    inner: Arc<Inner>,
}

struct Inner {
    facts: Facts,
    problem: OnceLock<Problem>,
    /// The problem in the types of whichever adapter asked first.
    rendered: OnceLock<Box<dyn Any + Send + Sync>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Facts {
    kind: DenialKind,
    plan: Option<String>,
    available_in: Vec<String>,
    upgrade_url: Option<String>,
    /// D18: 403 in place of 402.
    forbids: bool,
    /// Where the rates stand that it was held against, as its headers say it.
    rates: Option<RateReport>,
}

impl Denial {
    /// What is denied and why.
    #[must_use]
    pub fn kind(&self) -> &DenialKind {
        &self.inner.facts.kind
    }

    /// The denial as one word in capitals, such as `LICENSE_REQUIRED`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().row().code
    }

    /// The HTTP status, such as 402.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.kind().row().status {
            402 if self.inner.facts.forbids => 403,
            status => status,
        }
    }

    /// The plan in force.
    #[must_use]
    pub fn plan(&self) -> Option<&str> {
        self.inner.facts.plan.as_deref()
    }

    /// Plans that have what is missing, low to high.
    #[must_use]
    pub fn available_in(&self) -> &[String] {
        &self.inner.facts.available_in
    }

    /// Where to get them.
    #[must_use]
    pub fn upgrade_url(&self) -> Option<&str> {
        self.inner.facts.upgrade_url.as_deref()
    }

    /// What happened, in two or three words for people, such as `License required`.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.kind().row().title
    }

    /// The sentence for people.
    #[must_use]
    pub fn detail(&self) -> String {
        detail::sentence(self.kind())
    }

    /// The denial as an answer, rendered at the first call.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        self.inner.problem.get_or_init(|| Problem::of(self))
    }

    /// The problem in an adapter's own types, made by the first call and shared by all clones of this denial.
    ///
    /// `None` where another adapter keeps another type here; then make one for this answer alone.
    pub fn rendered<T: Any + Send + Sync>(&self, render: impl FnOnce(&Problem) -> T) -> Option<&T> {
        let rendered = self
            .inner
            .rendered
            .get_or_init(|| Box::new(render(self.problem())));
        rendered.downcast_ref()
    }

    /// The denial of a request whose answer cannot be determined now.
    #[must_use]
    pub fn unavailable(retry_after: Duration) -> Self {
        Self::new(DenialKind::Unavailable { retry_after })
    }

    /// The denial where the answer cannot be determined now; to be tried again in five seconds.
    #[must_use]
    pub fn undetermined() -> Self {
        Self::unavailable(Duration::from_secs(5))
    }

    /// The denial by a gate that finds no engine.
    #[must_use]
    pub fn layer_missing() -> Self {
        Self::new(DenialKind::LayerMissing)
    }

    pub(crate) fn unknown_feature(name: &str) -> Self {
        Self::new(DenialKind::UnknownFeature {
            name: name.to_owned(),
        })
    }

    pub(crate) fn unknown_plan(name: &str) -> Self {
        Self::new(DenialKind::UnknownPlan {
            name: name.to_owned(),
        })
    }

    /// A denial of any kind, without plans.
    #[must_use]
    pub fn new(kind: DenialKind) -> Self {
        Self::of(Facts {
            kind,
            plan: None,
            available_in: Vec::new(),
            upgrade_url: None,
            forbids: false,
            rates: None,
        })
    }

    /// A denial that names the plan in force and where to get what is missing.
    pub(crate) fn with_plans(
        kind: DenialKind,
        set: &EntitlementSet,
        available_in: Vec<String>,
    ) -> Self {
        Self::of(Facts {
            kind,
            plan: Some(set.plan_in_force().name().to_owned()),
            available_in,
            upgrade_url: set.catalog().upgrade_url().map(str::to_owned),
            forbids: false,
            rates: None,
        })
    }

    /// The same with 403 in place of 402.
    pub(crate) fn forbidding(&self) -> Self {
        Self::of(Facts {
            forbids: true,
            ..self.inner.facts.clone()
        })
    }

    /// The same, saying where rates stand (Q20).
    pub(crate) fn with_rates(self, rates: RateReport) -> Self {
        // Nearly always nobody else has it yet.
        let facts = match Arc::try_unwrap(self.inner) {
            Ok(inner) => inner.facts,
            Err(shared) => shared.facts.clone(),
        };
        Self::of(Facts {
            rates: Some(rates),
            ..facts
        })
    }

    /// Where the rates stand that the request was held against, where its headers say so.
    #[must_use]
    pub fn rates(&self) -> Option<&RateReport> {
        self.inner.facts.rates.as_ref()
    }

    fn of(facts: Facts) -> Self {
        Self {
            inner: Arc::new(Inner {
                facts,
                problem: OnceLock::new(),
                rendered: OnceLock::new(),
            }),
        }
    }
}

impl PartialEq for Denial {
    fn eq(&self, other: &Self) -> bool {
        self.inner.facts == other.inner.facts
    }
}

impl Eq for Denial {}

/// The sentence for people.
impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail())
    }
}

impl std::error::Error for Denial {}

impl fmt::Debug for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Denial").field(&self.inner.facts).finish()
    }
}
