use std::fmt;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use entitlements_core::Denial;
use entitlements_tower::denial_response;

/// A denial as a handler's error: what `?` makes of [`Denial`] where a handler asks by itself.
///
/// The client gets the very answer that a gate gives.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use axum::{Router, body::Body, routing::get};
/// use entitlements_axum::{Current, Denied, EntitlementsLayer, Requirement, testing};
/// use http::Request;
/// use tower::ServiceExt;
///
/// async fn export(entitlements: Current) -> Result<&'static str, Denied> {
///     entitlements.require(&Requirement::feature("audit"))?;
///     Ok("when, who, what")
/// }
///
/// let engine = testing::on_plan(testing::catalog(), "community");
/// let app: Router = Router::new()
///     .route("/export", get(export))
///     .layer(EntitlementsLayer::new(engine.entitlements().clone()));
/// let response = app.oneshot(Request::get("/export").body(Body::empty())?).await?;
/// assert_eq!(response.status(), 402);
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied(pub Denial);

impl From<Denial> for Denied {
    fn from(denial: Denial) -> Self {
        Self(denial)
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        denial_response::<Body>(self.0)
    }
}

/// The denial's sentence for people.
impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Denied {}
