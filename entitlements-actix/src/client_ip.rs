use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use entitlements_core::adapter::client_or_denial;

use crate::Denied;
use crate::head::client_address;

/// Where the request comes from: the address that allowlists, audit records and rates go by.
///
/// It is that of the connection's other end, or what trusted proxies say of it where the engine's
/// [`client_address`](entitlements_core::EntitlementsBuilder::client_address) names them; never what anybody else says. Where it cannot be
/// told, the answer is 403 `IP_NOT_ALLOWED`. Without an [`EntitlementsLayer`](crate::EntitlementsLayer) around the handler it is 500
/// `ENTITLEMENTS_LAYER_MISSING`.
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, get, test};
/// use entitlements_actix::{ClientIp, EntitlementsLayer, testing};
///
/// #[get("/whoami")]
/// async fn whoami(client: ClientIp) -> String {
///     client.0.to_string()
/// }
///
/// let engine = testing::on_plan(testing::catalog(), "community");
/// let app = App::new().service(whoami).wrap(EntitlementsLayer::new(engine.entitlements().clone()));
/// let app = test::init_service(app).await;
/// let request = test::TestRequest::get()
///     .uri("/whoami")
///     .peer_addr("192.0.2.7:4711".parse().unwrap())
///     .insert_header(("x-forwarded-for", "127.0.0.1"))
///     .to_request();
/// assert_eq!(test::call_and_read_body(&app, request).await, "192.0.2.7");
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientIp(pub IpAddr);

impl FromRequest for ClientIp {
    type Error = Denied;
    type Future = Ready<Result<Self, Denied>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let (current, none) = (extensions.get().cloned(), extensions.get().cloned());
        drop(extensions);
        let told = client_or_denial(current.as_ref(), none.as_ref(), |settings| {
            client_address(settings, request)
        });
        ready(told.map(Self).map_err(Denied))
    }
}
