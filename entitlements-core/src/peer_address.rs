use std::net::{IpAddr, SocketAddr};

/// The address at the other end of a request's connection, in the extensions of the request.
///
/// The management API's mountings in axum and actix-web put it there. It is the client's where no proxy stands in between.
///
/// ```
/// use entitlements_core::PeerAddress;
///
/// // A socket that takes both protocols tells addresses of the older one in the form of the newer.
/// let peer = PeerAddress("[::ffff:192.0.2.7]:4711".parse()?);
/// assert_eq!(peer.ip().to_string(), "192.0.2.7");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PeerAddress(pub SocketAddr);

impl PeerAddress {
    /// The address without its port, in the one form that it has.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0.ip().to_canonical()
    }
}
