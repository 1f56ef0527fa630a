use std::net::IpAddr;

use entitlements_core::RequestHead;
#[cfg(feature = "axum-routes")]
use entitlements_core::RouteMatch;
use entitlements_core::client_address::{AddressError, ClientAddress};
use http::Request;

use crate::client_address;

/// A request as core asks it.
pub(crate) struct Head<'a, B>(pub(crate) &'a Request<B>);

impl<B> RequestHead for Head<'_, B> {
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    fn path(&self) -> &str {
        self.0.uri().path()
    }

    fn authority(&self) -> Option<&str> {
        self.0.uri().authority().map(http::uri::Authority::as_str)
    }

    fn visit_header<'a>(&'a self, name: &str, each: &mut dyn FnMut(Option<&'a str>)) {
        let lines = self.0.headers().get_all(name);
        lines.iter().for_each(|line| each(line.to_str().ok()));
    }

    fn client_address(&self, settings: &ClientAddress) -> Result<IpAddr, AddressError> {
        client_address(settings, self.0.headers(), self.0.extensions())
    }

    #[inline]
    fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.0.extensions().get::<T>().cloned()
    }

    #[cfg(feature = "axum-routes")]
    fn route_match(&self) -> RouteMatch {
        match self.0.extensions().get::<axum::extract::MatchedPath>() {
            Some(_) => RouteMatch::Route,
            None => RouteMatch::NoRoute,
        }
    }
}
