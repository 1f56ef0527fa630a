//! From where requests come, and the lists of accounts that say from where they may.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use entitlements_core::allowlist::{
    Allowlist, AllowlistCaller, AllowlistChange, AllowlistChanged, AllowlistEntry, AllowlistError,
    AllowlistStore, AllowlistStoreError, ChangedBy,
};
use entitlements_core::client_address::{ClientAddress, ForwardedHeader};
use entitlements_core::testing::NOW;
use entitlements_core::{AccountId, Entitlements, Reply};
use serde::Deserialize;

use super::stores::Kept;
use crate::addresses::model::Trust;

/// How the engine tells addresses; where a scenario says nothing of it, the peer is the client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldBy {
    trust: Trust,
    #[serde(default)]
    believe: Option<String>,
}

impl ToldBy {
    /// The setting.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn setting(&self) -> ClientAddress {
        let believe = self.believe.as_ref().map(|name| name.parse());
        let believe = believe.unwrap_or_else(|| Ok(ForwardedHeader::x_forwarded_for()));
        ClientAddress::new(
            self.trust.proxies().expect("ranges are ranges"),
            believe.expect("the header is one"),
        )
    }
}

/// An entry of an account's list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    Active(String),
    Said(SaidEntry),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidEntry {
    range: String,
    is_active: bool,
}

impl Entry {
    fn made(&self) -> AllowlistEntry {
        let (range, is_active) = match self {
            Self::Active(range) => (range, true),
            Self::Said(said) => (&said.range, said.is_active),
        };
        let entry = AllowlistEntry::new(range.parse().expect("a range"), "scenario", NOW);
        if is_active {
            entry
        } else {
            entry.switched_off()
        }
    }
}

/// The lists of accounts, by their ids.
pub type Entries = BTreeMap<String, Vec<Entry>>;

/// What somebody changes through the engine: `add` or `remove`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    add: Option<String>,
    #[serde(default)]
    remove: Option<String>,
}

impl Change {
    /// Makes it, whoever it locks out.
    ///
    /// # Panics
    /// When it is not made.
    pub(super) async fn make(&self, engine: &Entitlements) {
        let account = self.account.as_ref();
        let account = account.map_or(AccountId::LOCAL, AccountId::new);
        let change = match (&self.add, &self.remove) {
            (Some(range), None) => AllowlistChange::add(range, "", "scenario", engine.now()),
            (None, Some(range)) => {
                let list = engine.allowlist(&account).await.expect("it can be read");
                let range = range.parse().expect("a range");
                let mut entries = list.entries().iter();
                let entry = entries.find(|entry| entry.ip_range == range);
                Ok(AllowlistChange::remove(
                    entry.expect("the entry is there").id.clone(),
                ))
            }
            _ => panic!("a change adds or removes"),
        };
        let by = AllowlistCaller::nobody();
        let changed = engine.change_allowlist(&account, change.expect("a range"), by);
        changed.await.expect("it may be made");
    }
}

/// Lists that are kept somewhere. A clone is another handle.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    kept: Kept,
    lists: BTreeMap<AccountId, Arc<Allowlist>>,
}

impl Lists {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().expect("no test panicked with it")
    }

    /// From here on they are kept there.
    pub(super) fn are(&self, kept: Kept) {
        self.held().kept = kept;
    }

    /// Puts lists in place, beside every engine.
    pub(super) fn put(&self, entries: &Entries) {
        for (account, entries) in entries {
            let list = Allowlist::new(entries.iter().map(Entry::made));
            let account = AccountId::new(account);
            self.held().lists.insert(account, Arc::new(list));
        }
    }

    fn list(&self, account: &AccountId) -> Arc<Allowlist> {
        self.held().lists.get(account).cloned().unwrap_or_default()
    }

    fn reply<T: Send + 'static, E: Send + 'static>(
        &self,
        answer: impl FnOnce() -> Result<T, E>,
        fails: impl FnOnce() -> E,
    ) -> Reply<Result<T, E>> {
        let kept = self.held().kept;
        kept.reply(|| Reply::Now(answer()), fails)
    }
}

fn nobody_answers() -> AllowlistStoreError {
    AllowlistStoreError::new("nobody answers")
}

impl AllowlistStore for Lists {
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        self.reply(|| Ok(self.list(account)), nobody_answers)
    }

    fn change(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        let changed = || -> Result<_, AllowlistError> {
            let changed = change.applied_to(&self.list(account), &by)?;
            let list = Arc::clone(&changed.list);
            self.held().lists.insert(account.clone(), list);
            Ok(changed)
        };
        self.reply(changed, || nobody_answers().into())
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        self.reply(
            || Ok(self.held().lists.remove(account).is_some()),
            nobody_answers,
        )
    }
}
