use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;

use crate::RequestHead;
use crate::client_address::{AddressError, ClientAddress};

/// The head of a request, for tests that ask a gate or a resolver without a framework.
///
/// ```
/// use entitlements_core::RequestHead;
/// use entitlements_core::testing::TestRequest;
///
/// let request = TestRequest::new("POST", "/users").header("Host", "acme.example");
/// assert_eq!(request.host(), Some("acme.example"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct TestRequest {
    method: String,
    path: String,
    authority: Option<String>,
    headers: Vec<(String, String)>,
    extensions: Vec<Arc<dyn Any + Send + Sync>>,
    peer: Option<IpAddr>,
}

impl TestRequest {
    /// A request without headers.
    #[must_use]
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            ..Self::default()
        }
    }

    /// A `GET` of this path.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    /// With one more line of a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let mut name = name.into();
        name.make_ascii_lowercase();
        self.headers.push((name, value.into()));
        self
    }

    /// With this at the other end of its connection.
    ///
    /// # Panics
    /// When it is no address: a mistake in the test.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a mistake in the test")]
    pub fn peer(mut self, address: &str) -> Self {
        self.peer = Some(address.parse().expect("a peer has an address"));
        self
    }

    /// With an authority in its target, as HTTP/2 has it.
    #[must_use]
    pub fn authority(mut self, authority: impl Into<String>) -> Self {
        self.authority = Some(authority.into());
        self
    }

    /// With something that the application put into it.
    #[must_use]
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.extensions.push(Arc::new(value));
        self
    }
}

impl RequestHead for TestRequest {
    fn method(&self) -> &str {
        &self.method
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    fn visit_header<'a>(&'a self, name: &str, each: &mut dyn FnMut(Option<&'a str>)) {
        let lines = self.headers.iter().filter(|(known, _)| known == name);
        lines.for_each(|(_, value)| each(Some(value)));
    }

    fn client_address(&self, settings: &ClientAddress) -> Result<IpAddr, AddressError> {
        let name = settings.header().name();
        let lines = self.headers.iter().filter(|(known, _)| known == name);
        settings.resolve(self.peer, lines.map(|(_, value)| value.as_bytes()))
    }

    fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        let values = self.extensions.iter().rev();
        values
            .filter_map(|value| value.downcast_ref::<T>())
            .next()
            .cloned()
    }
}
