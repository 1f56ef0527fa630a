//! What happens to licenses, told: events when something changes, and notices before something ends.

use std::sync::Arc;

use super::events::{Event, EventKind};
use super::shared::Shared;
use crate::Timestamp;
use crate::license::{Collection, LicenseStatus, StoredEntry};
use crate::notify::{Due, LicenseNotice, NoticeKind, due};
use crate::resolve::{EntitlementSet, LicenseEntry};

impl Shared {
    /// Tells of something that happened, to a license where it did.
    pub(super) fn tell(&self, kind: EventKind, entry: Option<&LicenseEntry>, at: Timestamp) {
        self.events.tell(Event {
            kind,
            license: entry.and_then(|entry| entry.id.clone()),
            plan: entry.and_then(|entry| entry.plan.clone()),
            reason: None,
            at,
        });
    }

    /// Tells that a key is not taken, and why.
    pub(super) fn tell_rejected(&self, reason: &'static str, at: Timestamp) {
        self.events.tell(Event {
            kind: EventKind::Rejected,
            license: None,
            plan: None,
            reason: Some(reason),
            at,
        });
    }

    /// Tells which licenses ended between two answers, or were revoked.
    pub(super) fn tell_changes(&self, before: &EntitlementSet, after: &EntitlementSet) {
        let at = self.now();
        for entry in after.licenses() {
            let mut known = before.licenses().iter();
            let Some(known) = known.find(|known| known.id.is_some() && known.id == entry.id) else {
                continue;
            };
            let kind = match entry.status {
                LicenseStatus::Grace => EventKind::Grace,
                LicenseStatus::Expired => EventKind::Expired,
                LicenseStatus::Revoked => EventKind::Revoked,
                _ => continue,
            };
            if known.status != entry.status {
                self.tell(kind, Some(entry), at);
            }
        }
    }

    /// The notices that are due (N1 to N5), which are to be given now, and when the next one is.
    pub(super) async fn due_notices(&self) -> (Vec<LicenseNotice>, Option<Timestamp>) {
        let (store, late) = {
            let mut keys = self.keys.lock().await;
            (Arc::clone(&keys.store), keys.given_late.take())
        };
        let mut given = self.given.lock().await;
        if let Some(late) = late {
            given.take_in(late);
        }
        let (holdings, now) = (self.holdings(), self.now());
        let Due {
            notices,
            warnings,
            next,
        } = due(&holdings, &given, now);
        if notices.is_empty() && warnings.is_empty() {
            return (notices, next);
        }
        let entries = notices.iter().map(|notice| notice.entry());
        for entry in entries.chain(warnings.iter().map(|warning| warning.entry.clone())) {
            // First it is written down, so that it is told once.
            given.remember(&entry, now);
            let entry = StoredEntry::new(entry, now.to_string());
            if let Err(error) = store.put(Collection::Notices, entry).await {
                tracing::warn!("that a notice was given cannot be kept: {error}");
            }
        }
        for gone in given.forget_all_but(&holdings, now) {
            // One that stays is forgotten another time.
            let _ = store.remove(Collection::Notices, &gone).await;
        }
        for due in &warnings {
            tracing::warn!(license = due.license, "{}", due.message);
        }
        for notice in &notices {
            // What has ended has events of its own.
            if notice.kind() == NoticeKind::LicenseExpiry {
                self.events.tell(Event {
                    kind: EventKind::Expiring,
                    license: Some(notice.license().to_owned()),
                    plan: notice.plan().map(str::to_owned),
                    reason: None,
                    at: now,
                });
            }
        }
        (notices, next)
    }
}
