use std::fmt;
use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use entitlements_core::{Denial, DenialKind, NoCurrent};

use crate::denial_response;

/// How much of a path is said in the log.
const MOST_CHARACTERS: usize = 200;

/// What holds for this request, as a handler's argument.
///
/// It is the very set that the gates in front of the handler judged by. Ask it as an
/// [`EntitlementSet`](entitlements_core::EntitlementSet). A handler that denies by itself returns
/// [`Denied`](crate::Denied). `Option<Current>` is `None`, and `Result<Current, CurrentRejection>` is an error, where
/// the request did not pass an [`EntitlementsLayer`](crate::EntitlementsLayer).
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, test, web};
/// use entitlements_actix::{Current, EntitlementsLayer, testing};
///
/// async fn page(entitlements: Current) -> &'static str {
///     if entitlements.has("sso") { "log in with your company's account" } else { "log in" }
/// }
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// let app = App::new()
///     .wrap(EntitlementsLayer::new(engine.entitlements().clone()))
///     .route("/login", web::get().to(page));
/// let app = test::init_service(app).await;
/// let request = test::TestRequest::get().uri("/login").to_request();
/// let body = test::call_and_read_body(&app, request).await;
/// assert_eq!(body, "log in with your company's account");
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Current(entitlements_core::Current);

impl Deref for Current {
    type Target = entitlements_core::Current;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl FromRequest for Current {
    type Error = CurrentRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let current = request
            .extensions()
            .get::<entitlements_core::Current>()
            .cloned();
        ready(current.map(Self).ok_or_else(|| CurrentRejection {
            denial: NoCurrent::denial_of(request.extensions().get()),
            path: request.path().chars().take(MOST_CHARACTERS).collect(),
        }))
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
    /// answered, because a handler that takes `Option<Current>` made none.
    fn log_once(&self) {
        static LOGGED: AtomicBool = AtomicBool::new(false);
        let is_mistake = *self.denial.kind() == DenialKind::LayerMissing;
        if is_mistake && !LOGGED.swap(true, Ordering::Relaxed) {
            tracing::error!(
                path = ?self.path,
                "a handler asks for `Current` and the request did not pass an `EntitlementsLayer`; wrap the app in one"
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

impl ResponseError for CurrentRejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.denial.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.log_once();
        denial_response(self.denial.clone())
    }
}
