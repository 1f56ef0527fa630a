//! Clients that go away while what they asked for is being done.

use std::net::IpAddr;

use http::Method;

use crate::guard::Principal;
use crate::router::Route;

/// A change that is under way. Dropped before its end, nobody learns what became of it: a store may have made it all the same, and no
/// audit record says so. Then the log says who asked for what (M13).
pub(crate) struct UnderWay {
    route: &'static Route,
    by: Principal,
    client: Option<IpAddr>,
    has_ended: bool,
}

impl UnderWay {
    /// None where the route changes nothing.
    pub(crate) fn of(
        route: &'static Route,
        by: Option<Principal>,
        client: Option<IpAddr>,
    ) -> Option<Self> {
        let by = by.filter(|_| route.method != Method::GET)?;
        Some(Self {
            route,
            by,
            client,
            has_ended: false,
        })
    }

    pub(crate) fn end(mut self) {
        self.has_ended = true;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.has_ended {
            tracing::warn!(
                target: "entitlements::audit",
                by = self.by.name(),
                // The route's pattern and not the path: that may hold anything.
                asked = format_args!("{} {}", self.route.method, self.route.path),
                client = self.client.map(tracing::field::display),
                "a client went away before it was done: there may be a change without an audit record"
            );
        }
    }
}
