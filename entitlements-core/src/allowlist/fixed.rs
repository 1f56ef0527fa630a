use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;

use crate::client_address::{AddressRanges, Cidr, CidrError};

/// What a list of the application's own means where there is nothing on it.
///
/// There is no default: a setting that was left empty may have been meant either way, and one of them opens what was to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhenEmpty {
    /// Everybody passes.
    AllowAll,
    /// Nobody passes.
    DenyAll,
}

/// A list of the application's own, the same for every account (W12). Clones share one.
///
/// ```
/// use entitlements_core::allowlist::{FixedAllowlist, WhenEmpty};
///
/// let office = FixedAllowlist::new(["192.0.2.0/24", "2001:db8::/32"], WhenEmpty::DenyAll)?;
/// assert!(office.allows("192.0.2.7".parse()?));
/// assert!(!office.allows("198.51.100.1".parse()?));
///
/// // From a setting that may be left empty.
/// let setting = "";
/// let ranges = setting.split(',').map(str::trim).filter(|range| !range.is_empty());
/// let open = FixedAllowlist::new(ranges, WhenEmpty::AllowAll)?;
/// assert!(open.allows("198.51.100.1".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct FixedAllowlist(Arc<Fixed>);

struct Fixed {
    /// Sorted, each once.
    ranges: Box<[Cidr]>,
    when_empty: WhenEmpty,
    compiled: AddressRanges,
}

impl FixedAllowlist {
    /// The list of these ranges: texts such as `192.0.2.0/24`, single addresses, [`Cidr`]s.
    ///
    /// # Errors
    /// When one of them is no range; the error quotes it.
    pub fn new<R>(
        ranges: impl IntoIterator<Item = R>,
        when_empty: WhenEmpty,
    ) -> Result<Self, CidrError>
    where
        R: TryInto<Cidr>,
        CidrError: From<R::Error>,
    {
        let ranges = ranges.into_iter().map(|range| Ok(range.try_into()?));
        let mut ranges = ranges.collect::<Result<Vec<Cidr>, CidrError>>()?;
        ranges.sort_unstable();
        ranges.dedup();
        Ok(Self(Arc::new(Fixed {
            compiled: ranges.iter().collect(),
            ranges: ranges.into(),
            when_empty,
        })))
    }

    /// Whether an address may pass.
    #[inline]
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        !self.restricts() || self.0.compiled.contains(address)
    }

    /// Whether anybody is kept out, so that addresses are asked for.
    #[inline]
    #[must_use]
    pub fn restricts(&self) -> bool {
        !self.is_empty() || self.0.when_empty == WhenEmpty::DenyAll
    }

    /// Whether there is nothing on it.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.ranges.is_empty()
    }

    /// The ranges, sorted, each once.
    #[must_use]
    pub fn ranges(&self) -> &[Cidr] {
        &self.0.ranges
    }

    fn says(&self) -> (&[Cidr], WhenEmpty) {
        (&self.0.ranges, self.0.when_empty)
    }
}

impl PartialEq for FixedAllowlist {
    fn eq(&self, other: &Self) -> bool {
        self.says() == other.says()
    }
}

impl Eq for FixedAllowlist {}

impl Hash for FixedAllowlist {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.says().hash(state);
    }
}

impl fmt::Debug for FixedAllowlist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixedAllowlist")
            .field("ranges", &self.0.ranges)
            .field("when_empty", &self.0.when_empty)
            .finish_non_exhaustive()
    }
}
