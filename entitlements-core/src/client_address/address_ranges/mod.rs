//! Many ranges of addresses, compiled once so that looking an address up costs a few steps (W4).

mod sorted;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use super::cidr::Cidr;
use sorted::SortedRanges;

/// Ranges of IPv4 and IPv6 addresses, for asking whether one of them holds an address.
///
/// They are compiled once: merged, sorted, and found by the top bits of the address. There is no changing them afterwards; looking up allocates nothing.
///
/// Why sorted ranges: with 10 to 100,000 entries they are found faster and take less memory than a trie of prefixes does, see `docs/benchmarks.md`.
///
/// ```
/// use entitlements_core::client_address::{AddressRanges, Cidr};
///
/// let ranges = ["192.0.2.0/25", "192.0.2.128/25", "2001:db8::/32"];
/// let ranges = ranges.iter().map(|range| range.parse::<Cidr>());
/// let ranges: AddressRanges = ranges.collect::<Result<_, _>>()?;
/// // The two halves of one range are one.
/// assert_eq!(ranges.len(), 2);
/// assert!(ranges.contains("192.0.2.200".parse().unwrap()));
/// assert!(ranges.contains("::ffff:192.0.2.200".parse().unwrap()));
/// assert!(!ranges.contains("192.0.3.0".parse().unwrap()));
/// # Ok::<(), entitlements_core::client_address::CidrError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressRanges {
    v4: SortedRanges<u32>,
    v6: SortedRanges<u128>,
}

impl AddressRanges {
    /// Every address there is.
    pub(crate) fn everything() -> Self {
        Self {
            v4: SortedRanges::of(vec![(0, u32::MAX)]),
            v6: SortedRanges::of(vec![(0, u128::MAX)]),
        }
    }

    /// Whether one of the ranges holds the address. IPv4 in the form of IPv6 is IPv4 (X12).
    #[inline]
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.holds(address.to_canonical())
    }

    /// Of an address in the one form that it has.
    #[inline]
    pub(super) fn holds(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.contains(address.to_bits()),
            IpAddr::V6(address) => self.v6.contains(address.to_bits()),
        }
    }

    /// Whether every address of `others` is in one of these ranges.
    #[must_use]
    pub fn covers(&self, others: &Self) -> bool {
        self.v4.covers(&others.v4) && self.v6.covers(&others.v6)
    }

    /// How many there are, where those that touch are one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Whether there is none, so that no address is in them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl FromIterator<Cidr> for AddressRanges {
    fn from_iter<T: IntoIterator<Item = Cidr>>(ranges: T) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for range in ranges {
            match (range.first(), range.last()) {
                (IpAddr::V4(first), IpAddr::V4(last)) => v4.push((first.to_bits(), last.to_bits())),
                // X19: IPv4 addresses that are written as IPv6, all of them, are none.
                (IpAddr::V6(first), _) if first.to_ipv4_mapped().is_some() => {}
                (IpAddr::V6(first), IpAddr::V6(last)) => v6.push((first.to_bits(), last.to_bits())),
                // No range has its ends in both.
                _ => {}
            }
        }
        Self {
            v4: SortedRanges::of(v4),
            v6: SortedRanges::of(v6),
        }
    }
}

impl<'a> FromIterator<&'a Cidr> for AddressRanges {
    fn from_iter<T: IntoIterator<Item = &'a Cidr>>(ranges: T) -> Self {
        ranges.into_iter().copied().collect()
    }
}
