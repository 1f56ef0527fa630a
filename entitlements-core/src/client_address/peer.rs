use std::net::{IpAddr, SocketAddr};

use super::error::{AddressError, AddressErrorKind};
use crate::PeerAddress;

/// The other end of a connection, as far as the server knows it.
///
/// Made of whatever the server has: an address, with or without a port, or perhaps none.
///
/// ```
/// use entitlements_core::client_address::{AddressErrorKind, ClientAddress, Peer};
///
/// let addresses = ClientAddress::of_peer();
/// let none: [&[u8]; 0] = [];
/// let error = addresses.resolve(Peer::UnixSocket, none).unwrap_err();
/// assert_eq!(error.kind(), AddressErrorKind::UnixSocket);
/// let error = addresses.resolve(None::<std::net::SocketAddr>, none).unwrap_err();
/// assert_eq!(error.kind(), AddressErrorKind::NoPeer);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Peer {
    /// An address.
    Address(IpAddr),
    /// A Unix socket, which has none.
    UnixSocket,
    /// The server does not say.
    Unknown,
}

impl Peer {
    /// The address in the one form that it has.
    #[inline]
    pub(super) fn address(self) -> Result<IpAddr, AddressError> {
        match self {
            // X12
            Self::Address(address) => Some(address.to_canonical())
                .filter(|address| !address.is_unspecified())
                .ok_or(AddressError::new(AddressErrorKind::UnspecifiedPeer)),
            Self::UnixSocket => Err(AddressError::new(AddressErrorKind::UnixSocket)),
            Self::Unknown => Err(AddressError::new(AddressErrorKind::NoPeer)),
        }
    }
}

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        Self::Address(address)
    }
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        Self::Address(address.ip())
    }
}

impl From<PeerAddress> for Peer {
    fn from(address: PeerAddress) -> Self {
        Self::Address(address.ip())
    }
}

impl<A: Into<Self>> From<Option<A>> for Peer {
    fn from(address: Option<A>) -> Self {
        address.map_or(Self::Unknown, Into::into)
    }
}
