use entitlements_admin::{AdminApi, Guard, TellAccount};
use entitlements_core::Entitlements;
use entitlements_tower::peer;

/// The management API, to mount with `nest_service`.
///
/// The guards say who may manage licenses and accounts (`admin`) and who may ask all about an account and say from where it may be reached
/// (`owner`), the resolver whose account a request reads. There is no default: what guards this API is the application's decision.
///
/// Audit records have the client's address, and an account's own list goes by it, where the server tells the peer's: it is made by
/// `into_make_service_with_connect_info::<SocketAddr>()`. Behind a proxy, the engine's
/// [`client_address`](entitlements_core::EntitlementsBuilder::client_address) says whom to believe.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use axum::{Router, body::Body};
/// use entitlements_axum::{AccountId, BearerToken, FixedAccount, admin, testing};
/// use http::Request;
/// use tower::ServiceExt;
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// let operators = BearerToken::new("0b8f7e2a4c6d4e5fa1b2")?;
/// let app: Router = Router::new().nest_service(
///     "/api/v1",
///     admin(engine.entitlements().clone(), operators.clone(), operators, FixedAccount(AccountId::LOCAL)),
/// );
/// let request = Request::get("/api/v1/license/status")
///     .header("authorization", "Bearer 0b8f7e2a4c6d4e5fa1b2")
///     .body(Body::empty())?;
/// assert_eq!(app.clone().oneshot(request).await?.status(), 200);
///
/// let stranger = Request::get("/api/v1/license/status").body(Body::empty())?;
/// assert_eq!(app.oneshot(stranger).await?.status(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use]
pub fn admin<Kind>(
    entitlements: Entitlements,
    admin: impl Guard,
    owner: impl Guard,
    resolver: impl TellAccount<Kind>,
) -> AdminApi {
    // As axum's server tells it, or a layer in front.
    AdminApi::new(entitlements, admin, owner, resolver).peer(|head| peer(&head.extensions))
}
