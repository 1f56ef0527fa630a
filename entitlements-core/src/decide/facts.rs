use crate::Timestamp;

/// What a decision may know about a request, beyond what its account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    method: &'a str,
    cors_preflight: bool,
    now: Timestamp,
}

impl<'a> Facts<'a> {
    /// A request with this method, judged at `now`.
    #[must_use]
    pub const fn new(method: &'a str, now: Timestamp) -> Self {
        Self {
            method,
            cors_preflight: false,
            now,
        }
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
}
