use std::net::IpAddr;

use super::{AllowlistEntry, EntryChange};
use crate::client_address::AddressRanges;

/// An account's entries, compiled for looking addresses up.
///
/// A list without an active entry restricts nothing (W3). It is made anew when its entries change, and not changed in place.
///
/// ```
/// use entitlements_core::allowlist::{Allowlist, AllowlistEntry};
/// use entitlements_core::testing::NOW;
///
/// let office = AllowlistEntry::new("192.0.2.0/24".parse()?, "ann", NOW);
/// let list = Allowlist::new([office.clone()]);
/// assert!(list.allows("192.0.2.7".parse().unwrap()));
/// assert!(!list.allows("198.51.100.1".parse().unwrap()));
///
/// let off = Allowlist::new([office.switched_off()]);
/// assert!(off.allows("198.51.100.1".parse().unwrap()));
/// # Ok::<(), entitlements_core::client_address::CidrError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowlist {
    /// In the order of their ids, each id once.
    entries: Vec<AllowlistEntry>,
    /// What the active ones hold; none where nothing is restricted.
    allowed: Option<AddressRanges>,
}

impl Allowlist {
    /// The list of these entries. Of several with one id the last counts.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = AllowlistEntry>) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        // Stable: those with one id stay in their order.
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        entries.dedup_by(|later, kept| {
            let is_same = later.id == kept.id;
            if is_same {
                std::mem::swap(later, kept);
            }
            is_same
        });
        let mut active = entries.iter().filter(|entry| entry.is_active).peekable();
        let is_restricted = active.peek().is_some();
        let allowed = is_restricted.then(|| active.map(|entry| entry.ip_range).collect());
        Self { entries, allowed }
    }

    /// Whether an address may pass (W3).
    #[inline]
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        let allowed = self.allowed.as_ref();
        allowed.is_none_or(|allowed| allowed.contains(address))
    }

    /// Whether there is an active entry, so that addresses are asked for.
    #[inline]
    #[must_use]
    pub const fn restricts(&self) -> bool {
        self.allowed.is_some()
    }

    /// Whether it allows every address that `other` allows.
    #[must_use]
    pub fn allows_all_of(&self, other: &Self) -> bool {
        match (&self.allowed, &other.allowed) {
            (None, _) => true,
            // All addresses there are, in as few entries as one each.
            (Some(allowed), None) => allowed.covers(&AddressRanges::everything()),
            (Some(allowed), Some(others)) => allowed.covers(others),
        }
    }

    /// The entries in the order of their ids.
    #[must_use]
    pub fn entries(&self) -> &[AllowlistEntry] {
        &self.entries
    }

    /// The entry with this id.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<&AllowlistEntry> {
        let at = self.entries.binary_search_by(|entry| (*entry.id).cmp(id));
        self.entries.get(at.ok()?)
    }

    /// The list as it is after a change.
    #[must_use]
    pub fn with(&self, change: &EntryChange) -> Self {
        let (EntryChange::Put(changed) | EntryChange::Remove(changed)) = change;
        let kept = self.entries.iter().filter(|entry| entry.id != changed.id);
        let put = matches!(change, EntryChange::Put(_)).then_some(changed);
        Self::new(kept.chain(put).cloned())
    }
}
