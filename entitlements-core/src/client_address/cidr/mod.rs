mod error;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::node;
use super::v6::v6;
use error::Fault;
pub use error::{CidrError, CidrErrorKind};

/// A range of addresses, such as `192.0.2.0/24`, in the one spelling that it has (X18, X19).
///
/// A single address is the range that has it alone. A range of IPv4-mapped IPv6 addresses is one of IPv4 addresses.
///
/// ```
/// use entitlements_core::client_address::{Cidr, CidrErrorKind};
///
/// let office: Cidr = "192.0.2.0/24".parse()?;
/// assert!(office.contains("192.0.2.7".parse()?));
/// assert!(office.contains("::ffff:192.0.2.7".parse()?));
/// assert_eq!("::ffff:192.0.2.0/120".parse::<Cidr>()?, office);
/// assert_eq!("2001:DB8::0".parse::<Cidr>()?.to_string(), "2001:db8::/128");
///
/// for (text, kind) in [
///     ("192.0.2.7/24", CidrErrorKind::HostBits),
///     ("192.0.2.0/33", CidrErrorKind::Prefix),
///     ("192.0.2.0/024", CidrErrorKind::Prefix),
///     ("192.000.2.0/24", CidrErrorKind::Address),
///     ("192.0.2.0 /24", CidrErrorKind::Space),
///     ("fe80::%eth0/64", CidrErrorKind::Zone),
/// ] {
///     assert_eq!(text.parse::<Cidr>().unwrap_err().kind(), kind, "{text}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    first: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// The range of the addresses that begin with the first `prefix` bits of this one.
    ///
    /// # Errors
    /// When the address has not so many bits, or has bits set after the prefix.
    pub fn new(address: IpAddr, prefix: u8) -> Result<Self, CidrError> {
        let text = || format!("{address}/{prefix}");
        Self::checked(address, prefix).map_err(|fault| fault.of(&text()))
    }

    /// The first address.
    #[must_use]
    pub const fn first(&self) -> IpAddr {
        self.first
    }

    /// The last address.
    #[must_use]
    pub fn last(&self) -> IpAddr {
        match self.first {
            IpAddr::V4(first) => {
                Ipv4Addr::from_bits(first.to_bits() | !mask_v4(self.prefix)).into()
            }
            IpAddr::V6(first) => {
                Ipv6Addr::from_bits(first.to_bits() | !mask_v6(self.prefix)).into()
            }
        }
    }

    /// How many bits all of its addresses share.
    #[must_use]
    pub const fn prefix(&self) -> u8 {
        self.prefix
    }

    /// Whether an address is in it. An IPv4-mapped IPv6 address counts as the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4() && self.first <= address && address <= self.last()
    }

    /// Whether all of another range is in it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.first.is_ipv4() == other.first.is_ipv4()
            && self.prefix <= other.prefix
            && self.first <= other.first
            && other.first <= self.last()
    }

    fn checked(address: IpAddr, prefix: u8) -> Result<Self, Fault> {
        let (first, prefix) = match address {
            IpAddr::V6(v6) => match (v6.to_ipv4_mapped(), prefix) {
                // X19: exactly 96 bits would be all of IPv4 in passing; what such a range holds are IPv4 addresses, so none is in it.
                (Some(v4), 97..=128) => (IpAddr::V4(v4), prefix - 96),
                _ => (address, prefix),
            },
            IpAddr::V4(_) => (address, prefix),
        };
        let network = match first {
            IpAddr::V4(_) if prefix > 32 => return Err(Fault::Kind(CidrErrorKind::Prefix)),
            IpAddr::V6(_) if prefix > 128 => return Err(Fault::Kind(CidrErrorKind::Prefix)),
            IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & mask_v4(prefix)).into(),
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & mask_v6(prefix)).into(),
        };
        let range = Self {
            first: network,
            prefix,
        };
        if network == first {
            Ok(range)
        } else {
            Err(Fault::HostBits(range))
        }
    }

    fn read(text: &str) -> Result<Self, Fault> {
        if text.contains(char::is_whitespace) {
            return Err(Fault::Kind(CidrErrorKind::Space));
        }
        if text.contains('%') {
            return Err(Fault::Kind(CidrErrorKind::Zone));
        }
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address = node::v4(address.as_bytes()).or_else(|| v6(address.as_bytes()));
        let address = address.ok_or(Fault::Kind(CidrErrorKind::Address))?;
        match prefix {
            None => Ok(Self::from(address)),
            Some(prefix) => {
                let prefix = bits(prefix).ok_or(Fault::Kind(CidrErrorKind::Prefix))?;
                Self::checked(address, prefix)
            }
        }
    }
}

impl From<IpAddr> for Cidr {
    /// The range that has this address alone.
    fn from(address: IpAddr) -> Self {
        let first = address.to_canonical();
        let prefix = if first.is_ipv4() { 32 } else { 128 };
        Self { first, prefix }
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        Self::read(text).map_err(|fault| fault.of(text))
    }
}

impl TryFrom<&str> for Cidr {
    type Error = CidrError;

    fn try_from(text: &str) -> Result<Self, CidrError> {
        text.parse()
    }
}

impl TryFrom<String> for Cidr {
    type Error = CidrError;

    fn try_from(text: String) -> Result<Self, CidrError> {
        text.parse()
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

const fn mask_v4(prefix: u8) -> u32 {
    match u32::MAX.checked_shl(32 - prefix as u32) {
        Some(mask) => mask,
        None => 0,
    }
}

const fn mask_v6(prefix: u8) -> u128 {
    match u128::MAX.checked_shl(128 - prefix as u32) {
        Some(mask) => mask,
        None => 0,
    }
}

/// A decimal number without sign or leading zeros.
fn bits(text: &str) -> Option<u8> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let has_zeros = text.len() > 1 && text.starts_with('0');
    text.parse().ok().filter(|_| is_number && !has_zeros)
}
