use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use entitlements_core::{RequestHead, RouteMatch};

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
