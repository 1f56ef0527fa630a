use std::net::IpAddr;

use entitlements_core::Denial;
use entitlements_core::adapter::client_or_denial;
use entitlements_core::client_address::{AddressError, ClientAddress};
use http::{Extensions, HeaderMap, HeaderValue};

use crate::peer;

/// Where a request comes from, for a handler that asks by itself: the address that the gates in front of it, audit records and rates go by.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::{PeerAddress, testing};
/// use entitlements_tower::{EntitlementsLayer, client_ip, denial_response};
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// let engine = testing::on_plan(testing::catalog(), "community");
/// let service = ServiceBuilder::new()
///     .layer(EntitlementsLayer::new(engine.entitlements().clone()))
///     .service(service_fn(async |request: Request<()>| {
///         let client = client_ip(request.headers(), request.extensions());
///         let answer = client.map(|address| Response::new(address.to_string()));
///         Ok::<_, std::convert::Infallible>(answer.unwrap_or_else(denial_response))
///     }));
///
/// let mut request = Request::new(());
/// assert_eq!(service.clone().oneshot(request.clone()).await?.status(), 403);
/// request.extensions_mut().insert(PeerAddress("192.0.2.7:4711".parse().unwrap()));
/// assert_eq!(service.oneshot(request).await?.into_body(), "192.0.2.7");
/// # Ok::<(), std::convert::Infallible>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// The denial to answer: the address cannot be told (403 `IP_NOT_ALLOWED`; the log says why), or the request did not pass an
/// [`EntitlementsLayer`](crate::EntitlementsLayer), which is a mistake in the program (500 `ENTITLEMENTS_LAYER_MISSING`).
pub fn client_ip(headers: &HeaderMap, extensions: &Extensions) -> Result<IpAddr, Denial> {
    client_or_denial(extensions.get(), extensions.get(), |settings| {
        client_address(settings, headers, extensions)
    })
}

/// Where a request comes from, told by these settings: of its [`peer`] and all lines of the header that is believed, in their order.
///
/// Behind an engine's layer, [`client_ip`] tells it by the engine's own settings.
///
/// ```
/// use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
/// use entitlements_core::PeerAddress;
/// use entitlements_tower::client_address;
/// use http::Request;
///
/// let proxies = TrustedProxies::parse(["10.0.0.0/8"])?;
/// let settings = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
/// let mut request = Request::new(());
/// request.extensions_mut().insert(PeerAddress("10.0.0.7:4711".parse()?));
/// request.headers_mut().insert("x-forwarded-for", "192.0.2.7".parse()?);
///
/// let (parts, ()) = request.into_parts();
/// let client = client_address(&settings, &parts.headers, &parts.extensions)?;
/// assert_eq!(client.to_string(), "192.0.2.7");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When it cannot be told. There is no other address to fall back to.
pub fn client_address(
    settings: &ClientAddress,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<IpAddr, AddressError> {
    settings.resolve_with(peer(extensions), || {
        let lines = headers.get_all(settings.header().name()).iter();
        lines.map(HeaderValue::as_bytes)
    })
}
