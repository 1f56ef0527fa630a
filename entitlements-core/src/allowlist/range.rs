//! A range of addresses, as an entry says it: read strictly, kept in one form (W1, W2).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The first address of IPv4 in the form of IPv6, and how many bits those have in common.
const MAPPED: u128 = 0xffff_0000_0000;
const MAPPED_BITS: u8 = 96;

/// A range of IPv4 or IPv6 addresses that have their first bits in common, in CIDR notation.
///
/// IPv4 that is written as IPv6 is IPv4, and a range of IPv6 holds none of it.
///
/// ```
/// use entitlements_core::allowlist::IpRange;
///
/// let office: IpRange = "192.0.2.0/24".parse()?;
/// assert!(office.contains("192.0.2.7".parse().unwrap()));
/// assert!(office.contains("::ffff:192.0.2.7".parse().unwrap()));
/// assert_eq!("::ffff:192.0.2.0/120".parse(), Ok(office));
///
/// let mistyped = "192.0.2.7/24".parse::<IpRange>().unwrap_err();
/// assert_eq!(mistyped.to_string(), "bits are set behind the first 24: the range is `192.0.2.0/24`");
/// # Ok::<(), entitlements_core::allowlist::IpRangeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpRange(Repr);

/// INVARIANT: `bits` is at most 32 or 128, the bits behind are zero, and no range of IPv6 lies within the mapped IPv4 addresses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    V4 { first: u32, bits: u8 },
    V6 { first: u128, bits: u8 },
}

impl IpRange {
    /// The range of one address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => Repr::V4 {
                first: address.to_bits(),
                bits: 32,
            },
            IpAddr::V6(address) => Repr::V6 {
                first: address.to_bits(),
                bits: 128,
            },
        })
    }

    /// Its lowest address.
    #[must_use]
    pub const fn first(&self) -> IpAddr {
        match self.0 {
            Repr::V4 { first, .. } => IpAddr::V4(Ipv4Addr::from_bits(first)),
            Repr::V6 { first, .. } => IpAddr::V6(Ipv6Addr::from_bits(first)),
        }
    }

    /// Its highest address.
    #[must_use]
    pub fn last(&self) -> IpAddr {
        match self.0 {
            Repr::V4 { first, bits } => Ipv4Addr::from_bits(first | behind_v4(bits)).into(),
            Repr::V6 { first, bits } => Ipv6Addr::from_bits(first | behind_v6(bits)).into(),
        }
    }

    /// How many bits its addresses have in common.
    #[must_use]
    pub const fn prefix_len(&self) -> u8 {
        match self.0 {
            Repr::V4 { bits, .. } | Repr::V6 { bits, .. } => bits,
        }
    }

    /// Whether the address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.0, address.to_canonical()) {
            (Repr::V4 { first, bits }, IpAddr::V4(address)) => {
                address.to_bits() & !behind_v4(bits) == first
            }
            (Repr::V6 { first, bits }, IpAddr::V6(address)) => {
                address.to_bits() & !behind_v6(bits) == first
            }
            _ => false,
        }
    }

    /// Whether all addresses of `other` are in it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.prefix_len() <= other.prefix_len() && self.contains(other.first())
    }
}

/// What of an address the first `bits` do not say.
fn behind_v4(bits: u8) -> u32 {
    u32::MAX.checked_shr(bits.into()).unwrap_or(0)
}

fn behind_v6(bits: u8) -> u128 {
    u128::MAX.checked_shr(bits.into()).unwrap_or(0)
}

/// W2: the forms that there are, and no other.
impl FromStr for IpRange {
    type Err = IpRangeError;

    fn from_str(text: &str) -> Result<Self, IpRangeError> {
        if text.contains(char::is_whitespace) {
            return Err(IpRangeError::WhiteSpace);
        }
        if text.contains('%') {
            return Err(IpRangeError::Zone);
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        // The standard library takes no leading zeros, no hexadecimal, short or integer forms of IPv4, and no zones.
        match address.parse().map_err(|_| IpRangeError::Address)? {
            IpAddr::V4(address) => v4(address.to_bits(), bits.map_or(Ok(32), |of| read(of, 32))?),
            IpAddr::V6(address) => v6(address.to_bits(), bits.map_or(Ok(128), |of| read(of, 128))?),
        }
    }
}

fn v4(address: u32, bits: u8) -> Result<IpRange, IpRangeError> {
    let first = address & !behind_v4(bits);
    let range = IpRange(Repr::V4 { first, bits });
    if first == address {
        Ok(range)
    } else {
        Err(IpRangeError::HostBits(range))
    }
}

fn v6(address: u128, bits: u8) -> Result<IpRange, IpRangeError> {
    let within = u32::try_from(address ^ MAPPED).ok();
    if let (Some(of_v4), Some(bits @ 1..)) = (within, bits.checked_sub(MAPPED_BITS)) {
        return v4(of_v4, bits);
    }
    let first = address & !behind_v6(bits);
    if within.is_some() && bits == MAPPED_BITS {
        return Err(IpRangeError::AllMapped);
    }
    let range = IpRange(Repr::V6 { first, bits });
    if first == address {
        Ok(range)
    } else {
        Err(IpRangeError::HostBits(range))
    }
}

/// A number of bits, without signs and leading zeros.
fn read(bits: &str, most: u8) -> Result<u8, IpRangeError> {
    let is_plain = !bits.is_empty() && bits.bytes().all(|digit| digit.is_ascii_digit());
    if !is_plain || (bits.len() > 1 && bits.starts_with('0')) {
        return Err(IpRangeError::Bits);
    }
    // Only what is too large is no number now.
    let bits = bits.parse().ok().filter(|bits| *bits <= most);
    bits.ok_or(IpRangeError::TooManyBits { most })
}

/// Why a text is no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IpRangeError {
    /// There is white space in it.
    #[error("a range has no white space in it")]
    WhiteSpace,
    /// It names a zone, which means something on one machine only.
    #[error("a range has no zone")]
    Zone,
    /// What stands before the `/` is no address.
    #[error("it is no address of IPv4 or IPv6 in full, and no range such as `192.0.2.0/24`")]
    Address,
    /// What stands behind the `/` is no number.
    #[error("what stands behind `/` is a number without sign and leading zeros")]
    Bits,
    /// There are not as many bits in an address.
    #[error("an address has {most} bits")]
    TooManyBits {
        /// How many there are.
        most: u8,
    },
    /// The address is in the range, and not its first one.
    #[error("bits are set behind the first {}: the range is `{}`", .0.prefix_len(), .0)]
    HostBits(IpRange),
    /// All of IPv4, in the form of IPv6.
    #[error("`::ffff:0:0/96` stands for addresses of IPv4: write their range as IPv4")]
    AllMapped,
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first(), self.prefix_len())
    }
}

impl fmt::Debug for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match text.parse::<IpRange>() {
            Ok(range) => range.to_string(),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn w2_each_range_has_one_form() {
        for (text, form) in [
            ("192.0.2.7", "192.0.2.7/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("192.0.2.128/25", "192.0.2.128/25"),
            ("2001:DB8:0:0::/32", "2001:db8::/32"),
            ("::/0", "::/0"),
            ("::1", "::1/128"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("::ffff:c000:200/120", "192.0.2.0/24"),
            ("::ffff:0:0/97", "0.0.0.0/1"),
            ("::fffe:0:0/95", "::fffe:0:0/95"),
        ] {
            assert_eq!(shown(text), form, "{text}");
        }
    }

    #[test]
    fn w2_all_else_is_refused() {
        for (text, error) in [
            ("192.0.2.7/24", "HostBits(192.0.2.0/24)"),
            ("2001:db8::1/64", "HostBits(2001:db8::/64)"),
            ("::ffff:192.0.2.7/120", "HostBits(192.0.2.0/24)"),
            ("::ffff:0:0/95", "HostBits(::fffe:0:0/95)"),
            ("::ffff:0:0/96", "AllMapped"),
            ("::ffff:192.0.2.7/96", "AllMapped"),
            ("10.0.0.0/33", "TooManyBits { most: 32 }"),
            ("10.0.0.0/1000", "TooManyBits { most: 32 }"),
            ("::/129", "TooManyBits { most: 128 }"),
            ("10.0.0.0/08", "Bits"),
            ("10.0.0.0/+8", "Bits"),
            ("10.0.0.0/-1", "Bits"),
            ("10.0.0.0/", "Bits"),
            ("10.0.0.0/8/8", "Bits"),
            ("10.0.0.0/255.0.0.0", "Bits"),
            ("10.0.0.0/\u{ff18}", "Bits"),
            (" 10.0.0.0/8", "WhiteSpace"),
            ("10.0.0.0/8\n", "WhiteSpace"),
            ("10.0.0.0 /8", "WhiteSpace"),
            ("10.0.0.0\u{a0}/8", "WhiteSpace"),
            ("fe80::1%eth0", "Zone"),
            ("fe80::%1/64", "Zone"),
            ("10.0.0/24", "Address"),
            ("10/8", "Address"),
            ("010.0.0.0/8", "Address"),
            ("0x0a.0.0.0/8", "Address"),
            ("167772160/8", "Address"),
            ("10.0.0.0.0/8", "Address"),
            ("256.0.0.0/8", "Address"),
            ("\u{ff11}0.0.0.0/8", "Address"),
            ("10.0.0.0:80", "Address"),
            ("[::1]", "Address"),
            ("[::1]:80", "Address"),
            ("1:2:3:4:5:6:7::8:9", "Address"),
            ("::00001", "Address"),
            ("localhost", "Address"),
            ("*", "Address"),
            ("", "Address"),
            ("/", "Address"),
            ("10.0.0.1-10.0.0.9", "Address"),
        ] {
            assert_eq!(shown(text), error, "{text:?}");
        }
    }

    #[test]
    fn w1_no_range_of_ipv6_holds_ipv4() {
        let mapped = "::ffff:192.0.2.7".parse().unwrap();
        for range in ["::/0", "::/80", "::fffe:0:0/95"] {
            let range: IpRange = range.parse().unwrap();
            assert!(!range.contains(mapped), "{range}");
            assert!(!range.covers(&IpRange::of(mapped)), "{range}");
        }
    }

    #[test]
    fn a_range_covers_what_is_within_it() {
        let covers = |a: &str, b: &str| {
            let (a, b): (IpRange, IpRange) = (a.parse().unwrap(), b.parse().unwrap());
            a.covers(&b)
        };
        assert!(covers("10.0.0.0/8", "10.0.0.0/8"));
        assert!(covers("10.0.0.0/8", "10.1.0.0/16"));
        assert!(!covers("10.1.0.0/16", "10.0.0.0/8"));
        assert!(!covers("10.0.0.0/9", "10.128.0.0/9"));
        assert!(covers("::/0", "2001:db8::/32"));
        assert!(!covers("0.0.0.0/0", "::/0"));
    }
}
