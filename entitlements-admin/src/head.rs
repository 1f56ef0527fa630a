use std::net::IpAddr;

use entitlements_core::RequestHead;
use entitlements_core::client_address::{AddressError, ClientAddress, Peer};
use http::HeaderValue;
use http::request::Parts;
use http::uri::Authority;

/// A request as core asks it.
pub(crate) struct Head<'a>(pub(crate) &'a Parts);

/// The other end of a request's connection, as it was told when the request came in; in its extensions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ToldPeer(pub(crate) Peer);

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

    fn client_address(&self, settings: &ClientAddress) -> Result<IpAddr, AddressError> {
        let peer = self.0.extensions.get::<ToldPeer>().map(|told| told.0);
        let lines = self.0.headers.get_all(settings.header().name()).iter();
        settings.resolve(peer, lines.map(HeaderValue::as_bytes))
    }

    fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.0.extensions.get::<T>().cloned()
    }
}
