use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use entitlements_core::{Denial, DenialKind};
use entitlements_tower::denial_response;
use http::request::Parts;

/// How much of a path is said in the log.
const MOST_CHARACTERS: usize = 200;

/// What holds for this request, as a handler's argument.
///
/// It is the very set that the gates in front of the handler judged by. Ask it as an
/// [`EntitlementSet`](entitlements_core::EntitlementSet). A handler that denies by itself returns [`Denied`](crate::Denied).
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use axum::{Router, body::Body, routing::get};
/// use entitlements_axum::{Current, EntitlementsLayer, testing};
/// use http::Request;
/// use tower::ServiceExt;
///
/// async fn page(entitlements: Current) -> &'static str {
///     if entitlements.has("sso") { "log in with your company's account" } else { "log in" }
/// }
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// let app: Router = Router::new()
///     .route("/login", get(page))
///     .layer(EntitlementsLayer::new(engine.entitlements().clone()));
/// let response = app.oneshot(Request::get("/login").body(Body::empty())?).await?;
/// let body = axum::body::to_bytes(response.into_body(), 1024).await?;
/// assert_eq!(body, "log in with your company's account");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct Current(entitlements_core::Current);

impl Deref for Current {
    type Target = entitlements_core::Current;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Current {
    type Rejection = CurrentRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        match entitlements_tower::current(&parts.extensions) {
            Ok(current) => Ok(Self(current.clone())),
            Err(denial) => Err(CurrentRejection {
                denial,
                path: parts.uri.path().chars().take(MOST_CHARACTERS).collect(),
            }),
        }
    }
}

/// `None` where the request did not pass an [`EntitlementsLayer`](crate::EntitlementsLayer), or no account can be told from it.
impl<S: Sync> OptionalFromRequestParts<S> for Current {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts
            .extensions
            .get::<entitlements_core::Current>()
            .cloned()
            .map(Self))
    }
}

/// There is no [`Current`] for this request: no account can be told from it (401 `ACCOUNT_UNKNOWN`), the accounts cannot be asked (503), or
/// it did not pass an [`EntitlementsLayer`](crate::EntitlementsLayer), which is a mistake in the program (500
/// `ENTITLEMENTS_LAYER_MISSING`).
#[derive(Debug, Clone)]
pub struct CurrentRejection {
    denial: Denial,
    /// For the log.
    path: String,
}

impl CurrentRejection {
    /// The denial that is answered.
    #[must_use]
    pub const fn denial(&self) -> &Denial {
        &self.denial
    }

    /// A mistake in the program is said once, not once for every request that a stranger sends; and only where it is
    /// answered, because a handler that takes `Result<Current, _>` made none.
    fn log_once(&self) {
        static LOGGED: AtomicBool = AtomicBool::new(false);
        let is_mistake = *self.denial.kind() == DenialKind::LayerMissing;
        if is_mistake && !LOGGED.swap(true, Ordering::Relaxed) {
            tracing::error!(
                path = ?self.path,
                "a handler asks for `Current` and the request did not pass an `EntitlementsLayer`; wrap the router in one"
            );
        }
    }
}

/// The denial's sentence for people.
impl fmt::Display for CurrentRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.denial.fmt(f)
    }
}

impl std::error::Error for CurrentRejection {}

impl IntoResponse for CurrentRejection {
    fn into_response(self) -> Response {
        self.log_once();
        denial_response::<Body>(self.denial)
    }
}
