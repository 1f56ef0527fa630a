use std::net::IpAddr;

use super::RouteMatch;
use crate::client_address::{AddressError, ClientAddress};

/// What is asked of a request's head; adapters answer from their own types, and only what is asked for.
pub trait RequestHead {
    /// The method.
    fn method(&self) -> &str;

    /// The path, without the query.
    fn path(&self) -> &str;

    /// The authority of the request's target, where it has one: HTTP/2's `:authority`, or the absolute form.
    fn authority(&self) -> Option<&str>;

    /// Shows each line of a header, its name in lower case; `None` for one that is no text.
    fn visit_header<'a>(&'a self, name: &str, each: &mut dyn FnMut(Option<&'a str>));

    /// Where the request comes from, told by these settings: of the other end of its connection as far as the server knows it, and of all lines
    /// of the header that is believed, in their order. The adapter hands both to [`ClientAddress::resolve`], and does not judge them.
    ///
    /// # Errors
    /// When it cannot be told.
    fn client_address(&self, settings: &ClientAddress) -> Result<IpAddr, AddressError>;

    /// What the application put into the request under this type.
    fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T>
    where
        Self: Sized;

    /// Whether the framework has a route for the request. Asked in debug builds only, to find gates that are around more than routes.
    fn route_match(&self) -> RouteMatch {
        RouteMatch::Unknown
    }

    /// The value of a header. None where it is absent, there more than once, or no text.
    fn header(&self, name: &str) -> Option<&str> {
        let (mut lines, mut value) = (0, None);
        self.visit_header(name, &mut |line| {
            lines += 1;
            value = line;
        });
        value.filter(|_| lines == 1)
    }

    /// Whether a header is there, whatever it says.
    fn has_header(&self, name: &str) -> bool {
        let mut is_there = false;
        self.visit_header(name, &mut |_| is_there = true);
        is_there
    }

    /// The host that the request is for, with its port if it has one: the authority of the target or the `Host` header. None
    /// where there is none, where it is no text, or where the two, or two headers, differ (A2).
    fn host(&self) -> Option<&str> {
        match self.authority() {
            None => self.header("host"),
            Some(target) if !self.has_header("host") => Some(target),
            Some(target) => self
                .header("host")
                .filter(|host| host.eq_ignore_ascii_case(target)),
        }
    }

    /// Whether both `Origin` and `Access-Control-Request-Method` are there.
    fn has_cors_headers(&self) -> bool {
        self.has_header("origin") && self.has_header("access-control-request-method")
    }
}
