use std::net::IpAddr;

use super::address_ranges::AddressRanges;
use super::cidr::{Cidr, CidrError};
use super::error::AddressErrorKind;

/// Which proxies are believed: none, those in ranges of addresses, or the nearest so many (X2).
///
/// Ranges are the safer choice: a client that reaches the server around the proxies is still seen as what it is. A number
/// is for proxies whose addresses change, where nobody else reaches the port.
///
/// ```
/// use entitlements_core::client_address::TrustedProxies;
///
/// assert!(TrustedProxies::parse(["10.0.0.0/8", "fd00::/8"]).is_ok());
/// let error = TrustedProxies::parse(["10.0.0.1/8"]).unwrap_err();
/// assert_eq!(error.to_string(), "`10.0.0.1/8` has bits set after its prefix; its network is `10.0.0.0/8`");
/// assert_eq!(TrustedProxies::hops(0), TrustedProxies::none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Trust);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Trust {
    #[default]
    Nobody,
    Ranges(AddressRanges),
    Hops(u8),
}

impl TrustedProxies {
    /// No proxy is believed: the peer is the client. This is the default, because a header that nobody is known to write is
    /// anybody's to write.
    #[must_use]
    pub const fn none() -> Self {
        Self(Trust::Nobody)
    }

    /// Proxies in these ranges; none where there are no ranges.
    #[must_use]
    pub fn ranges(ranges: impl IntoIterator<Item = Cidr>) -> Self {
        let ranges: AddressRanges = ranges.into_iter().collect();
        if ranges.is_empty() {
            return Self::none();
        }
        Self(Trust::Ranges(ranges))
    }

    /// Proxies in these ranges, as they are written: `10.0.0.0/8`, `2001:db8::1`.
    ///
    /// # Errors
    /// When one of them is no range.
    pub fn parse<S: AsRef<str>>(ranges: impl IntoIterator<Item = S>) -> Result<Self, CidrError> {
        let ranges = ranges.into_iter().map(|range| range.as_ref().parse());
        Ok(Self::ranges(ranges.collect::<Result<Vec<Cidr>, _>>()?))
    }

    /// The peer, and the proxies behind it, are so many in all; none where that is 0.
    ///
    /// Who must protect the server: the network, so that nothing but these proxies reaches the port.
    #[must_use]
    pub const fn hops(number: u8) -> Self {
        Self(match number {
            0 => Trust::Nobody,
            number => Trust::Hops(number),
        })
    }

    /// Whether what the peer sends is believed. Its address is in the one form that it has, as are those of the others that are asked for.
    #[inline]
    pub(super) fn believes(&self, peer: IpAddr) -> bool {
        match &self.0 {
            Trust::Nobody => false,
            Trust::Ranges(ranges) => ranges.holds(peer),
            Trust::Hops(_) => true,
        }
    }

    /// Whether the element of this number, from the right, is one of a proxy.
    #[inline]
    pub(super) fn passes(&self, address: IpAddr, hop: u8) -> bool {
        match &self.0 {
            Trust::Nobody => false,
            Trust::Ranges(ranges) => ranges.holds(address),
            Trust::Hops(number) => hop < *number,
        }
    }

    /// Whether an address is a proxy's, wherever it stands.
    pub(super) fn is_proxy(&self, address: IpAddr) -> bool {
        matches!(&self.0, Trust::Ranges(ranges) if ranges.holds(address))
    }

    /// What it means that the list has ended.
    pub(super) const fn at_the_end(&self) -> AddressErrorKind {
        match self.0 {
            Trust::Hops(_) => AddressErrorKind::TooFewHops,
            Trust::Nobody | Trust::Ranges(_) => AddressErrorKind::OnlyTrusted,
        }
    }
}
