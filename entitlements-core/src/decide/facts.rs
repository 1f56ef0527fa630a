use std::net::IpAddr;

use crate::Timestamp;
use crate::allowlist::Allowlist;
use crate::client_address::{AddressError, AddressErrorKind};

/// What a decision may know about a request, beyond what its account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    method: &'a str,
    cors_preflight: bool,
    now: Timestamp,
    client_address: Result<IpAddr, AddressError>,
    allowlist: Option<&'a Allowlist>,
}

impl<'a> Facts<'a> {
    /// A request with this method, judged at `now`, whose address is not known.
    #[must_use]
    pub const fn new(method: &'a str, now: Timestamp) -> Self {
        Self {
            method,
            cors_preflight: false,
            now,
            client_address: Err(AddressError::new(AddressErrorKind::NoPeer)),
            allowlist: None,
        }
    }

    /// Says from where it comes, or why that cannot be told.
    #[must_use]
    pub const fn with_client_address(mut self, told: Result<IpAddr, AddressError>) -> Self {
        self.client_address = told;
        self
    }

    /// Says what its account's allowlist is; an empty one where it has none.
    #[must_use]
    pub const fn with_allowlist(mut self, list: &'a Allowlist) -> Self {
        self.allowlist = Some(list);
        self
    }

    /// Says whether the request carries both `Origin` and `Access-Control-Request-Method`.
    #[must_use]
    pub fn with_cors_headers(mut self, both_present: bool) -> Self {
        self.cors_preflight = both_present && self.method == "OPTIONS";
        self
    }

    /// The request's method.
    #[must_use]
    pub const fn method(&self) -> &'a str {
        self.method
    }

    /// D2: whether this is a browser asking if it may ask, which it does without credentials.
    #[must_use]
    pub const fn is_cors_preflight(&self) -> bool {
        self.cors_preflight
    }

    /// The one time by which everything about the request is judged.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// From where it comes.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub const fn client_address(&self) -> Result<IpAddr, AddressError> {
        self.client_address
    }

    /// Its account's allowlist; none where it is not known, which is not an empty one.
    #[must_use]
    pub const fn allowlist(&self) -> Option<&'a Allowlist> {
        self.allowlist
    }
}
