//! What audit records say of a changed list (M21).

use entitlements_core::allowlist::{AllowlistChanged, AllowlistEntry, EntryChange};
use entitlements_core::audit::AuditRecord;

/// The record with the entry that it is about. What it is in words is the owner's own text, and is where the entry is.
pub(super) fn about_entry(
    mut record: AuditRecord,
    change: &EntryChange,
    made: &AllowlistChanged,
) -> AuditRecord {
    let (EntryChange::Put(entry) | EntryChange::Remove(entry)) = change;
    let mut say = |name: &str, value: String| record.details.push((name.into(), value));
    say("entry", entry.id.clone());
    say("ip_range", entry.ip_range.to_string());
    say("is_active", entry.is_active.to_string());
    if let (EntryChange::Put(after), Some(before)) = (change, &made.before) {
        say("changed", differences(before, after).join(", "));
        if before.ip_range != after.ip_range {
            say("ip_range_before", before.ip_range.to_string());
        }
    }
    say("forced", made.is_forced.to_string());
    record
}

fn differences(before: &AllowlistEntry, after: &AllowlistEntry) -> Vec<&'static str> {
    let parts = [
        ("ip_range", before.ip_range != after.ip_range),
        ("description", before.description != after.description),
        ("is_active", before.is_active != after.is_active),
    ];
    let changed = parts.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(part, _)| part).collect()
}
