use std::net::IpAddr;

use axum::extract::FromRequestParts;
use entitlements_tower::client_ip;
use http::request::Parts;

use crate::Denied;

/// Where the request comes from: the address that allowlists, audit records and rates go by.
///
/// It is that of the connection's other end, or what trusted proxies say of it where the engine's
/// [`client_address`](entitlements_core::EntitlementsBuilder::client_address) names them; never what anybody else says. Where it cannot be
/// told, the answer is 403 `IP_NOT_ALLOWED`. The server has to tell peers: `into_make_service_with_connect_info::<SocketAddr>()`. Without an
/// [`EntitlementsLayer`](crate::EntitlementsLayer) around the handler it is 500 `ENTITLEMENTS_LAYER_MISSING`.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use std::net::SocketAddr;
///
/// use axum::{Router, body::Body, extract::connect_info::MockConnectInfo, routing::get};
/// use entitlements_axum::{ClientIp, EntitlementsLayer, testing};
/// use http::Request;
/// use tower::ServiceExt;
///
/// async fn whoami(ClientIp(address): ClientIp) -> String {
///     address.to_string()
/// }
///
/// let engine = testing::on_plan(testing::catalog(), "community");
/// let app: Router = Router::new()
///     .route("/whoami", get(whoami))
///     .layer(EntitlementsLayer::new(engine.entitlements().clone()))
///     // In a test; a server has the address of each connection.
///     .layer(MockConnectInfo("192.0.2.7:4711".parse::<SocketAddr>()?));
/// let request = Request::get("/whoami").header("x-forwarded-for", "127.0.0.1").body(Body::empty())?;
/// let body = axum::body::to_bytes(app.oneshot(request).await?.into_body(), 64).await?;
/// assert_eq!(body, "192.0.2.7");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientIp(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denied> {
        Ok(Self(client_ip(&parts.headers, &parts.extensions)?))
    }
}
