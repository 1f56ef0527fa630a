use std::net::IpAddr;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderValue;
use actix_web::{HttpMessage, HttpRequest};
use entitlements_core::client_address::{AddressError, ClientAddress};
use entitlements_core::{PeerAddress, RequestHead, RouteMatch};

/// A request as core asks it.
pub(crate) struct Head<'a>(pub(crate) &'a ServiceRequest);

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    fn path(&self) -> &str {
        self.0.path()
    }

    fn authority(&self) -> Option<&str> {
        self.0.uri().authority().map(|authority| authority.as_str())
    }

    fn visit_header<'a>(&'a self, name: &str, each: &mut dyn FnMut(Option<&'a str>)) {
        let lines = self.0.headers().get_all(name);
        lines.for_each(|line| each(line.to_str().ok()));
    }

    fn client_address(&self, settings: &ClientAddress) -> Result<IpAddr, AddressError> {
        client_address(settings, self.0.request())
    }

    #[inline]
    fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.0.extensions().get::<T>().cloned()
    }

    fn route_match(&self) -> RouteMatch {
        match self.0.match_pattern() {
            Some(_) => RouteMatch::Route,
            None => RouteMatch::NoRoute,
        }
    }
}

/// Where a request comes from: of its peer, which a layer may have put into it, and all lines of the header that is believed, in their
/// order.
pub(crate) fn client_address(
    settings: &ClientAddress,
    request: &HttpRequest,
) -> Result<IpAddr, AddressError> {
    let put = request.extensions().get::<PeerAddress>().copied();
    let peer = put.or_else(|| request.peer_addr().map(PeerAddress));
    settings.resolve_with(peer, || {
        let lines = request.headers().get_all(settings.header().name());
        lines.map(HeaderValue::as_bytes)
    })
}
