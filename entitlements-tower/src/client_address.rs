use std::net::IpAddr;

use entitlements_core::client_address::{AddressError, ClientAddress};
use http::{Extensions, HeaderMap, HeaderValue};

use crate::peer;

/// Where a request comes from, told by these settings: of its [`peer`] and all lines of the header that is believed, in their order.
///
/// ```
/// use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
/// use entitlements_core::PeerAddress;
/// use entitlements_tower::client_address;
/// use http::Request;
///
/// let proxies = TrustedProxies::parse(["10.0.0.0/8"])?;
/// let told = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
/// let mut request = Request::new(());
/// request.extensions_mut().insert(PeerAddress("10.0.0.7:4711".parse()?));
/// request.headers_mut().insert("x-forwarded-for", "192.0.2.7".parse()?);
///
/// let (parts, ()) = request.into_parts();
/// let client = client_address(&told, &parts.headers, &parts.extensions)?;
/// assert_eq!(client.to_string(), "192.0.2.7");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When it cannot be told. There is no other address to fall back to.
pub fn client_address(
    told: &ClientAddress,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<IpAddr, AddressError> {
    let lines = headers.get_all(told.header().name()).iter();
    told.resolve(peer(extensions), lines.map(HeaderValue::as_bytes))
}
