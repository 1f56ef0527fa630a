use std::net::IpAddr;

use entitlements_core::client_address::{AddressError, ClientAddress};
use entitlements_core::{PeerAddress, RequestHead};
use http::HeaderValue;
use http::request::Parts;
use http::uri::Authority;

/// A request as core asks it.
pub(crate) struct Head<'a>(pub(crate) &'a Parts);

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        self.0.method.as_str()
    }

    fn path(&self) -> &str {
        self.0.uri.path()
    }

    fn authority(&self) -> Option<&str> {
        self.0.uri.authority().map(Authority::as_str)
    }

    fn visit_header<'a>(&'a self, name: &str, each: &mut dyn FnMut(Option<&'a str>)) {
        let lines = self.0.headers.get_all(name);
        lines.iter().for_each(|line| each(line.to_str().ok()));
    }

    fn client_address(&self, told: &ClientAddress) -> Result<IpAddr, AddressError> {
        let peer = self.0.extensions.get::<PeerAddress>().copied();
        let lines = self.0.headers.get_all(told.header().name()).iter();
        told.resolve(peer, lines.map(HeaderValue::as_bytes))
    }

    fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.0.extensions.get::<T>().cloned()
    }
}
