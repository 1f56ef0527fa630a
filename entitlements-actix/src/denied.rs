use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use entitlements_core::Denial;

use crate::denial_response;

/// A denial as a handler's error: what `?` makes of [`Denial`] where a handler asks by itself.
///
/// The client gets the very answer that a gate gives.
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, test, web};
/// use entitlements_actix::{Current, Denied, EntitlementsLayer, Requirement, testing};
///
/// async fn export(entitlements: Current) -> Result<&'static str, Denied> {
///     entitlements.require(&Requirement::feature("audit"))?;
///     Ok("when, who, what")
/// }
///
/// let engine = testing::on_plan(testing::catalog(), "community");
/// let app = App::new()
///     .wrap(EntitlementsLayer::new(engine.entitlements().clone()))
///     .route("/export", web::get().to(export));
/// let app = test::init_service(app).await;
/// let request = test::TestRequest::get().uri("/export").to_request();
/// let response = test::call_service(&app, request).await;
/// assert_eq!(response.status(), 402);
/// assert_eq!(response.headers().get("content-type").unwrap(), "application/problem+json");
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied(pub Denial);

impl From<Denial> for Denied {
    fn from(denial: Denial) -> Self {
        Self(denial)
    }
}

impl ResponseError for Denied {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::FORBIDDEN)
    }

    fn error_response(&self) -> HttpResponse {
        denial_response(self.0.clone())
    }
}

/// The denial's sentence for people.
impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Denied {}
