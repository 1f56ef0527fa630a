use std::convert::Infallible;
use std::fmt;

use super::Cidr;
use crate::strict::text::escaped_start;

/// What is wrong, before it is said of which text.
pub(super) enum Fault {
    Kind(CidrErrorKind),
    /// Bits after the prefix; the range without them.
    HostBits(Cidr),
}

impl Fault {
    pub(super) fn of(self, text: &str) -> CidrError {
        let (kind, network) = match self {
            Self::Kind(kind) => (kind, None),
            Self::HostBits(network) => (CidrErrorKind::HostBits, Some(network)),
        };
        CidrError {
            kind,
            text: escaped_start(text, 80),
            network,
        }
    }
}

/// Why a text is no range of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CidrError {
    kind: CidrErrorKind,
    /// Shortened and safe to print.
    text: String,
    network: Option<Cidr>,
}

impl CidrError {
    /// What is wrong, for code that acts on it.
    #[must_use]
    pub const fn kind(&self) -> CidrErrorKind {
        self.kind
    }

    /// What is wrong, as one snake_case word that stays the same over versions.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.kind.reason()
    }

    /// The range without the bits after its prefix, where these are what is wrong.
    #[must_use]
    pub const fn network(&self) -> Option<Cidr> {
        self.network
    }
}

impl fmt::Display for CidrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match (self.kind, self.network) {
            (CidrErrorKind::HostBits, Some(network)) => write!(
                f,
                "`{text}` has bits set after its prefix; its network is `{network}`"
            ),
            (CidrErrorKind::HostBits, None) => write!(f, "`{text}` has bits set after its prefix"),
            (CidrErrorKind::Space, _) => write!(f, "`{text}` has a space in it"),
            (CidrErrorKind::Zone, _) => {
                write!(f, "`{text}` has a zone, which ranges do not have")
            }
            (CidrErrorKind::Prefix, _) => write!(
                f,
                "`{text}` has a prefix that is not 0 to 32 (IPv4) or 0 to 128 (IPv6)"
            ),
            (CidrErrorKind::Address, _) => write!(
                f,
                "`{text}` is not a range of addresses, such as `192.0.2.0/24` or `2001:db8::/32`"
            ),
        }
    }
}

impl std::error::Error for CidrError {}

/// Whoever takes texts, addresses and ranges alike has one error for them: of the latter two, none is wrong.
impl From<Infallible> for CidrError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// What can be wrong with a range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CidrErrorKind {
    /// What is before the prefix is not an address.
    Address,
    /// The prefix is not a number, or larger than the address has bits.
    Prefix,
    /// The address has bits set after the prefix.
    HostBits,
    /// There is white space, at an end or within.
    Space,
    /// There is a zone, such as `%eth0`.
    Zone,
}

impl CidrErrorKind {
    /// The kind as one snake_case word.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Prefix => "prefix",
            Self::HostBits => "host_bits",
            Self::Space => "space",
            Self::Zone => "zone",
        }
    }
}
