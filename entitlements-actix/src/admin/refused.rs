use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use entitlements_admin::Refusal;

use super::edge;

/// A refusal as a handler's error: what `?` makes of [`Refusal`] where an application's own routes answer as the management API does.
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, HttpResponse, test, web};
/// use entitlements_actix::{Refusal, Refused};
///
/// async fn remove() -> Result<HttpResponse, Refused> {
///     Err(Refusal::not_found("there is no user with this id"))?
/// }
///
/// let app = test::init_service(App::new().route("/users/{id}", web::delete().to(remove))).await;
/// let request = test::TestRequest::delete().uri("/users/7").to_request();
/// let response = test::call_service(&app, request).await;
/// assert_eq!(response.status(), 404);
/// assert_eq!(response.headers().get("content-type").unwrap(), "application/problem+json");
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::BAD_REQUEST)
    }

    fn error_response(&self) -> HttpResponse {
        edge::response(self.0.response())
    }
}

/// The refusal's code, and its sentence for people.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}
