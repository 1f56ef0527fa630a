use super::AuditRecord;
use crate::Timestamp;

/// Which records are asked for; all of them unless more is said.
///
/// ```
/// use entitlements_core::audit::{AuditQuery, AuditRecord};
/// use entitlements_core::testing::NOW;
///
/// let mut query = AuditQuery::default().limited_to(10);
/// query.actor = Some("ada".into());
/// assert!(query.asks_for(&AuditRecord::new(NOW, "account.created", "ada")));
/// assert!(!query.asks_for(&AuditRecord::new(NOW, "account.created", "bob")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditQuery {
    limit: usize,
    /// Those with a smaller id than this one, which are older.
    pub before: Option<String>,
    /// Those of this action.
    pub action: Option<String>,
    /// Those of this actor.
    pub actor: Option<String>,
    /// Those about this account.
    pub account: Option<String>,
    /// Those about this license.
    pub license: Option<String>,
    /// Those at this time or later.
    pub since: Option<Timestamp>,
    /// Those before this time.
    pub until: Option<Timestamp>,
}

impl AuditQuery {
    /// How many records a page has unless it is said: about what a screen and a half shows.
    pub const USUAL_LIMIT: usize = 100;
    /// How many records a page has at most, so that none is too large for memory.
    pub const HIGHEST_LIMIT: usize = 1000;

    /// Asks for so many records, from 1 to [`HIGHEST_LIMIT`](Self::HIGHEST_LIMIT).
    #[must_use]
    pub fn limited_to(mut self, records: usize) -> Self {
        self.limit = records.clamp(1, Self::HIGHEST_LIMIT);
        self
    }

    /// How many records there may be in the answer.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Whether this record is one of those that are asked for.
    #[must_use]
    pub fn asks_for(&self, record: &AuditRecord) -> bool {
        let same = |asked: &Option<String>, found: Option<&String>| {
            asked.is_none() || asked.as_ref() == found
        };
        self.before.as_ref().is_none_or(|id| record.id < *id)
            && same(&self.action, Some(&record.action))
            && same(&self.actor, Some(&record.actor))
            && same(&self.account, record.account.as_ref())
            && same(&self.license, record.license.as_ref())
            && self.since.is_none_or(|since| since <= record.at)
            && self.until.is_none_or(|until| record.at < until)
    }
}

impl Default for AuditQuery {
    fn default() -> Self {
        Self {
            limit: Self::USUAL_LIMIT,
            before: None,
            action: None,
            actor: None,
            account: None,
            license: None,
            since: None,
            until: None,
        }
    }
}

/// Some of the records that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// The records, the newest first.
    pub records: Vec<AuditRecord>,
    /// What [`AuditQuery::before`] has to be for the next page; none where there is none.
    pub next: Option<String>,
}

impl AuditPage {
    /// The page of so many records, of those that were found: one more than fit says that there is a next page.
    #[must_use]
    pub fn of(mut found: Vec<AuditRecord>, limit: usize) -> Self {
        let is_more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| is_more);
        Self {
            next: next.map(|record| record.id.clone()),
            records: found,
        }
    }
}
