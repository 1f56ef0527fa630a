//! What may become of a list, and who may do it: the rules W6 to W9, once.

use std::net::IpAddr;

use super::{Allowlist, AllowlistEntry, AllowlistRefusal};
use crate::Timestamp;
use crate::client_address::Cidr;
use crate::strict::text::is_invisible;

/// How many entries an account has at most (W6).
pub const MOST_ENTRIES: usize = 10_000;

/// How long a description is at most, in characters (W6).
pub const MOST_DESCRIPTION: usize = 256;

/// What somebody wants to become of a list, as it was asked for: nothing of it is believed.
///
/// ```
/// use entitlements_core::allowlist::{Allowlist, AllowlistChange, AllowlistRefusal, ChangedBy};
/// use entitlements_core::testing::NOW;
///
/// let home = AllowlistChange::add("192.0.2.0/24", "home", "ann", NOW)?;
/// let by = ChangedBy {
///     is_entitled: true,
///     address: "198.51.100.1".parse().ok(),
///     may_lock_out: false,
/// };
/// // Ann is not at home, and would not come back.
/// let refused = home.judge(&Allowlist::default(), &by).unwrap_err();
/// assert!(matches!(refused, AllowlistRefusal::LocksOut { .. }));
/// # Ok::<(), AllowlistRefusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowlistChange(Wanted);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Add(AllowlistEntry),
    Change(String, EntryPatch),
    Remove(String),
}

/// What of an entry is to be another; what is not said stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryPatch {
    /// The addresses.
    pub ip_range: Option<String>,
    /// What it is, in words.
    pub description: Option<String>,
    /// Whether it counts.
    pub is_active: Option<bool>,
}

/// Who changes a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangedBy {
    /// Whether the account has the feature `ip_allowlist` now.
    pub is_entitled: bool,
    /// The caller's address, as it is told of requests; none where it cannot be.
    pub address: Option<IpAddr>,
    /// Whether the caller insists on what may lock it out.
    pub may_lock_out: bool,
}

impl ChangedBy {
    /// Nobody who could be locked out or lack the feature, such as a program that fills a store.
    #[must_use]
    pub const fn nobody() -> Self {
        Self {
            is_entitled: true,
            address: None,
            may_lock_out: true,
        }
    }
}

/// What is to be done to the entries that are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryChange {
    /// This entry is added, or takes the place of the one with its id.
    Put(AllowlistEntry),
    /// This entry goes.
    Remove(AllowlistEntry),
}

impl AllowlistChange {
    /// Adds an active entry, with an id of its own.
    ///
    /// # Errors
    /// Where the range or the description cannot be.
    pub fn add(
        ip_range: &str,
        description: &str,
        created_by: impl Into<String>,
        created_at: Timestamp,
    ) -> Result<Self, AllowlistRefusal> {
        let entry = AllowlistEntry::new(ip_range.parse()?, created_by, created_at);
        check_description(description)?;
        Ok(Self(Wanted::Add(entry.described(description))))
    }

    /// Changes the entry with this id.
    #[must_use]
    pub fn change(id: impl Into<String>, patch: EntryPatch) -> Self {
        Self(Wanted::Change(id.into(), patch))
    }

    /// Deletes the entry with this id.
    #[must_use]
    pub fn remove(id: impl Into<String>) -> Self {
        Self(Wanted::Remove(id.into()))
    }

    /// The id of the entry that it is about.
    #[must_use]
    pub fn id(&self) -> &str {
        match &self.0 {
            Wanted::Add(entry) => &entry.id,
            Wanted::Change(id, _) | Wanted::Remove(id) => id,
        }
    }

    /// What is to be done to the list as it is; nothing where it is so already.
    ///
    /// # Errors
    /// Where it may not be, by the first of the rules that says so (W7).
    pub fn judge(
        &self,
        list: &Allowlist,
        by: &ChangedBy,
    ) -> Result<Option<EntryChange>, AllowlistRefusal> {
        let judged = self.judged(list, by)?;
        Ok(judged.map(|(change, _)| change))
    }

    /// As [`judge`](Self::judge), with the list as it is after the change: making it costs more than all questions together.
    pub(super) fn judged(
        &self,
        list: &Allowlist,
        by: &ChangedBy,
    ) -> Result<Option<(EntryChange, Allowlist)>, AllowlistRefusal> {
        let change = match &self.0 {
            Wanted::Add(entry) => {
                allow_growth(by)?;
                check_place(list, entry)?;
                EntryChange::Put(entry.clone())
            }
            Wanted::Change(id, patch) => {
                let before = list.entry(id).ok_or(AllowlistRefusal::NotFound)?;
                let after = patched(before, patch)?;
                if after == *before {
                    return Ok(None);
                }
                if grows(before, &after) {
                    allow_growth(by)?;
                }
                check_place(list, &after)?;
                EntryChange::Put(after)
            }
            Wanted::Remove(id) => {
                let gone = list.entry(id).ok_or(AllowlistRefusal::NotFound)?;
                EntryChange::Remove(gone.clone())
            }
        };
        let after = list.with(&change);
        check_lock_out(list, &after, by)?;
        Ok(Some((change, after)))
    }
}

fn patched(
    before: &AllowlistEntry,
    patch: &EntryPatch,
) -> Result<AllowlistEntry, AllowlistRefusal> {
    let mut entry = before.clone();
    if let Some(range) = &patch.ip_range {
        entry.ip_range = range.parse::<Cidr>()?;
    }
    if let Some(description) = &patch.description {
        check_description(description)?;
        entry.description.clone_from(description);
    }
    if let Some(is_active) = patch.is_active {
        entry.is_active = is_active;
    }
    Ok(entry)
}

/// W8: whether a change needs the feature, by the entry alone.
fn grows(before: &AllowlistEntry, after: &AllowlistEntry) -> bool {
    let is_switched_on = after.is_active && !before.is_active;
    is_switched_on || !before.ip_range.covers(&after.ip_range)
}

const fn allow_growth(by: &ChangedBy) -> Result<(), AllowlistRefusal> {
    if by.is_entitled {
        Ok(())
    } else {
        Err(AllowlistRefusal::FeatureRequired)
    }
}

/// W7: no two entries are of one range, and there are not too many.
fn check_place(list: &Allowlist, entry: &AllowlistEntry) -> Result<(), AllowlistRefusal> {
    let mut others = list.entries().iter().filter(|other| other.id != entry.id);
    if let Some(other) = others.find(|other| other.ip_range == entry.ip_range) {
        let id = other.id.clone();
        return Err(AllowlistRefusal::Duplicate { id });
    }
    let is_new = list.entry(&entry.id).is_none();
    if is_new && list.entries().len() >= MOST_ENTRIES {
        return Err(AllowlistRefusal::TooMany { most: MOST_ENTRIES });
    }
    Ok(())
}

/// W9: nobody shuts the door behind whom they are standing.
fn check_lock_out(
    before: &Allowlist,
    after: &Allowlist,
    by: &ChangedBy,
) -> Result<(), AllowlistRefusal> {
    if by.may_lock_out {
        return Ok(());
    }
    lock_out(before, after, by.address).map_or(Ok(()), Err)
}

/// How a change locks out whoever makes it from there, or may do so, whether or not they insist on it.
pub(super) fn lock_out(
    before: &Allowlist,
    after: &Allowlist,
    caller: Option<IpAddr>,
) -> Option<AllowlistRefusal> {
    match caller {
        Some(address) if before.allows(address) && !after.allows(address) => {
            Some(AllowlistRefusal::LocksOut {
                address: address.to_canonical(),
            })
        }
        None if !after.allows_all_of(before) => Some(AllowlistRefusal::AddressUnknown),
        _ => None,
    }
}

fn check_description(description: &str) -> Result<(), AllowlistRefusal> {
    // W6: joiners are part of how names are written in some languages.
    let is_joiner = |c| matches!(c, '\u{200c}' | '\u{200d}');
    if description
        .chars()
        .any(|c| is_invisible(c) && !is_joiner(c))
    {
        return Err(AllowlistRefusal::DescriptionInvisible);
    }
    if description.chars().count() > MOST_DESCRIPTION {
        let most = MOST_DESCRIPTION;
        return Err(AllowlistRefusal::DescriptionTooLong { most });
    }
    Ok(())
}
