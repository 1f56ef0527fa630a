//! What happens to licenses, told: events when something changes, and notices before something ends.

use std::sync::Arc;

use super::events::{Event, EventKind};
use super::shared::Shared;
use crate::Timestamp;
use crate::license::{Collection, LicenseStatus, StoredEntry};
use crate::metrics::Backend;
use crate::notify::{Due, Given, LicenseNotice, NoticeKind, due};
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

    /// Gives the notices that are due (N1 to N5), and says when the next one is.
    pub(super) async fn give_notices(&self) -> Option<Timestamp> {
        let mut given = self.given.lock().await;
        if self.holdings().has_unreadable(Collection::Notices) {
            self.read_notices_again(&mut given).await;
        }
        let (holdings, now) = (self.holdings(), self.now());
        let Due {
            notices,
            warnings,
            next,
        } = due(&holdings, &given, now);
        if notices.is_empty() && warnings.is_empty() {
            return next;
        }
        let store = Arc::clone(&self.keys.lock().await.store);
        for due in &warnings {
            tracing::warn!(license = due.license, "{}", due.message);
        }
        let entries = notices.iter().map(|notice| notice.entry());
        for entry in entries.chain(warnings.iter().map(|warning| warning.entry.clone())) {
            // First it is written down, so that a notice is given once.
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
        for notice in &notices {
            self.give(notice, now).await;
        }
        next
    }

    /// Reads which notices were given, where that could not be read before.
    async fn read_notices_again(&self, given: &mut Given) {
        let mut keys = self.keys.lock().await;
        let store = Arc::clone(&keys.store);
        if let Ok(kept) = store.load(Collection::Notices).await {
            given.add(kept);
            keys.could_be_read(Collection::Notices);
            self.publish(&mut keys);
        }
    }

    async fn give(&self, notice: &LicenseNotice, at: Timestamp) {
        // What has ended has events of its own.
        if notice.kind() == NoticeKind::LicenseExpiry {
            self.events.tell(Event {
                kind: EventKind::Expiring,
                license: Some(notice.license().to_owned()),
                plan: notice.plan().map(str::to_owned),
                reason: None,
                at,
            });
        }
        for notifier in &self.notifiers {
            if let Err(error) = notifier.notify(notice).await {
                Backend::Notifier.failed();
                tracing::error!(
                    license = notice.license(),
                    "a notice was not delivered: {error}"
                );
            }
        }
    }
}
