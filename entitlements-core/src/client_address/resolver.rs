use std::net::IpAddr;

use super::error::{AddressError, AddressErrorKind};
use super::header::{Form, ForwardedHeader};
use super::peer::Peer;
use super::proxies::TrustedProxies;
use super::walk::{FromTheRight, Quotes, trimmed};
use super::{forwarded, node};

/// How the client's address is told: whom to believe, and in which header.
///
/// The [module](super) has a setting for each place that a server can stand in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientAddress {
    proxies: TrustedProxies,
    header: ForwardedHeader,
}

impl ClientAddress {
    /// The peer is the client, and no header is read. This is the default: whoever has a proxy in front has to say so.
    #[must_use]
    pub fn of_peer() -> Self {
        Self::default()
    }

    /// Behind these proxies, which say in this header whom they are for.
    #[must_use]
    pub const fn new(proxies: TrustedProxies, header: ForwardedHeader) -> Self {
        Self { proxies, header }
    }

    /// The header whose lines [`resolve`](Self::resolve) takes.
    #[must_use]
    pub const fn header(&self) -> &ForwardedHeader {
        &self.header
    }

    /// The client's address, from the connection's peer and all lines of the believed header, in the order in which they came.
    ///
    /// It is in the one form that an address has: never an IPv4-mapped IPv6 one. The lines are not touched where the peer is
    /// not trusted, and looked at from the right only, as far as needed: [`MOST_HOPS`](super::MOST_HOPS) elements and
    /// [`MOST_BYTES`](super::MOST_BYTES) bytes at most. Nothing is allocated.
    ///
    /// # Errors
    /// When the address cannot be told. Then deny: there is no other address to fall back to.
    #[inline]
    pub fn resolve<'h, L>(&self, peer: impl Into<Peer>, lines: L) -> Result<IpAddr, AddressError>
    where
        L: IntoIterator<Item = &'h [u8], IntoIter: DoubleEndedIterator>,
    {
        self.resolve_with(peer, || lines)
    }

    /// As [`resolve`](Self::resolve), the lines being looked for only where the peer is trusted.
    ///
    /// # Errors
    /// When the address cannot be told. Then deny: there is no other address to fall back to.
    #[inline]
    pub fn resolve_with<'h, L>(
        &self,
        peer: impl Into<Peer>,
        lines: impl FnOnce() -> L,
    ) -> Result<IpAddr, AddressError>
    where
        L: IntoIterator<Item = &'h [u8], IntoIter: DoubleEndedIterator>,
    {
        let peer = peer.into().address()?;
        // X1, X3
        if !self.proxies.believes(peer) {
            return Ok(peer);
        }
        let lines = lines().into_iter();
        match self.header.form() {
            Form::List => self.walk(lines, Quotes::Plain, node::plain),
            Form::Forwarded => self.walk(lines, Quotes::Quoted, forwarded::client),
            Form::Single => self.single(lines),
        }
    }

    /// X6 to X9
    fn walk<'h>(
        &self,
        lines: impl DoubleEndedIterator<Item = &'h [u8]>,
        quotes: Quotes,
        read: impl Fn(&[u8]) -> Result<IpAddr, AddressErrorKind>,
    ) -> Result<IpAddr, AddressError> {
        let mut elements = FromTheRight::new(lines, quotes);
        let mut end = AddressErrorKind::NoHeader;
        while let Some((hop, element)) = elements.next().map_err(AddressError::new)? {
            if element.is_empty() {
                return Err(AddressError::at(AddressErrorKind::EmptyHop, hop));
            }
            let address = read(element).map_err(|kind| AddressError::at(kind, hop))?;
            if !self.proxies.passes(address, hop) {
                return Ok(address);
            }
            end = self.proxies.at_the_end();
        }
        Err(AddressError::new(end))
    }

    /// X10
    fn single<'h>(
        &self,
        mut lines: impl Iterator<Item = &'h [u8]>,
    ) -> Result<IpAddr, AddressError> {
        let Some(line) = lines.next() else {
            return Err(AddressError::new(AddressErrorKind::NoHeader));
        };
        if lines.next().is_some() {
            return Err(AddressError::new(AddressErrorKind::RepeatedHeader));
        }
        if line.len() > super::MOST_BYTES {
            return Err(AddressError::new(AddressErrorKind::TooLong));
        }
        let text = trimmed(line);
        if text.is_empty() {
            return Err(AddressError::at(AddressErrorKind::EmptyHop, 1));
        }
        let address = node::plain(text).map_err(|kind| AddressError::at(kind, 1))?;
        if self.proxies.is_proxy(address) {
            return Err(AddressError::new(AddressErrorKind::OnlyTrusted));
        }
        Ok(address)
    }
}
