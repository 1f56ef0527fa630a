use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistEntry, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy,
};
use crate::files::{Damaged, KeptFile, on_a_thread};
use crate::strict::json::{self, ObjectWriter, Value};
use crate::strict::text::shown_path;
use crate::{AccountId, Reply};

/// Room for some hundred thousand entries, in all accounts together.
const MOST_BYTES: usize = 64 * 1024 * 1024;
const FILE: &str = "allowlists.json";
const LISTS: &str = "allowlists";

/// Keeps the lists of all accounts in the file `allowlists.json` of a folder, which only its owner can read.
///
/// Each change is written to a new file that takes the old one's place, so that a loss of power leaves the one or the other. Several
/// processes may share the folder: they take turns, and each judges by what the other left. A file that holds something else, or a link, is neither
/// read nor replaced (W11): whoever started from nothing would open what was closed.
///
/// Reading and changing happen on threads of their own; a change is made whether or not anybody waits for it.
///
/// ```
/// use entitlements_core::allowlist::{AllowlistChange, AllowlistFiles, AllowlistStore, ChangedBy};
/// use entitlements_core::{AccountId, testing::NOW};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path();
/// let store = AllowlistFiles::in_folder(folder);
/// let office = AllowlistChange::add("192.0.2.0/24", "office", "ann", NOW).unwrap();
/// let by = ChangedBy {
///     is_entitled: true,
///     address: "192.0.2.7".parse().ok(),
///     may_lock_out: false,
/// };
/// store.change(&AccountId::LOCAL, office, by).await.unwrap();
///
/// let again = AllowlistFiles::in_folder(folder);
/// let list = again.load(&AccountId::LOCAL).await.unwrap();
/// assert!(!list.allows("198.51.100.1".parse().unwrap()));
/// # });
/// ```
pub struct AllowlistFiles {
    files: Arc<Files>,
}

struct Files {
    folder: PathBuf,
    /// Held by whoever changes the file: the lock of the folder is one process's, not one thread's.
    turn: Mutex<()>,
}

/// Lists by account.
type Lists = BTreeMap<AccountId, Arc<Allowlist>>;

impl AllowlistFiles {
    /// The folder is made with the first entry that is kept.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            files: Arc::new(Files {
                folder: folder.into(),
                turn: Mutex::default(),
            }),
        }
    }
}

impl Files {
    fn file(&self) -> KeptFile {
        KeptFile::new(self.folder.clone(), FILE, MOST_BYTES)
    }

    fn error(&self, cause: impl fmt::Display) -> AllowlistStoreError {
        let file = self.file().path();
        AllowlistStoreError::new(format_args!("{}: {cause}", shown_path(&file)))
    }

    fn read(&self) -> Result<Lists, AllowlistStoreError> {
        let read = match self.file().read() {
            Ok(None) => return Ok(Lists::new()),
            Ok(Some(bytes)) => lists(&bytes).ok_or(Damaged::Foreign),
            Err(damaged) => Err(damaged),
        };
        read.map_err(|damaged| match damaged {
            Damaged::Passing(_) => self.error(damaged),
            // W11
            _ => self.error(format_args!(
                "{damaged}; put a whole one there, or take it away to start without lists"
            )),
        })
    }

    fn change(
        &self,
        account: AccountId,
        change: &AllowlistChange,
        by: &ChangedBy,
    ) -> Result<AllowlistChanged, AllowlistError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let file = self.file();
        let _turn_of_this_process = file.lock().map_err(|cause| self.error(cause))?;
        let mut lists = self.read()?;
        let list = lists.get(&account).cloned().unwrap_or_default();
        let changed = change.applied_to(&list, by)?;
        if changed.change.is_some() {
            lists.insert(account, Arc::clone(&changed.list));
            self.write(&file, &lists)?;
        }
        Ok(changed)
    }

    fn remove(&self, account: &AccountId) -> Result<bool, AllowlistStoreError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let file = self.file();
        let _turn_of_this_process = file.lock().map_err(|cause| self.error(cause))?;
        let mut lists = self.read()?;
        let is_gone = lists.remove(account).is_some();
        if is_gone {
            self.write(&file, &lists)?;
        }
        Ok(is_gone)
    }

    /// Only whoever has the turn may.
    fn write(&self, file: &KeptFile, lists: &Lists) -> Result<(), AllowlistStoreError> {
        let text = text(lists);
        if text.len() > MOST_BYTES {
            let most = MOST_BYTES / 1024 / 1024;
            return Err(self.error(format_args!("there is room for {most} MiB, and no more")));
        }
        file.tidy();
        file.write(&text).map_err(|cause| self.error(cause))
    }
}

fn lists(file: &[u8]) -> Option<Lists> {
    let file = json::read(file).ok()?;
    let lists = file.get(LISTS).and_then(Value::as_object)?.iter();
    let list = |(account, entries): &json::Member<'_>| {
        let entries = entries.as_array()?.iter().map(entry);
        let entries: Vec<_> = entries.collect::<Option<_>>()?;
        let (count, list) = (entries.len(), Allowlist::new(entries));
        // An id that is there twice is not ours.
        (list.entries().len() == count).then(|| (AccountId::new(account), Arc::new(list)))
    };
    lists.map(list).collect()
}

fn entry(of: &Value<'_>) -> Option<AllowlistEntry> {
    let text = |name| of.get(name).and_then(Value::as_str);
    let created_at = text("created_at")?.parse().ok()?;
    let entry = AllowlistEntry::new(
        text("ip_range")?.parse().ok()?,
        text("created_by")?,
        created_at,
    );
    let entry = entry.with_id(text("id")?).described(text("description")?);
    match of.get("is_active")? {
        Value::Bool(true) => Some(entry),
        Value::Bool(false) => Some(entry.switched_off()),
        _ => None,
    }
}

fn text(lists: &Lists) -> String {
    let mut accounts = ObjectWriter::new();
    for (account, list) in lists {
        let entries = list.entries().iter().map(|entry| {
            let mut member = ObjectWriter::new();
            member
                .string("id", &entry.id)
                .string("ip_range", &entry.ip_range.to_string())
                .string("description", &entry.description)
                .boolean("is_active", entry.is_active)
                .string("created_by", &entry.created_by)
                .string("created_at", &entry.created_at.to_string());
            member
        });
        if !list.entries().is_empty() {
            accounts.objects(account.as_str(), entries);
        }
    }
    let mut file = ObjectWriter::new();
    file.object(LISTS, accounts);
    file.finish()
}

impl AllowlistStore for AllowlistFiles {
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        let (files, account) = (Arc::clone(&self.files), account.clone());
        let loaded = on_a_thread(move || {
            let mut lists = files.read()?;
            Ok(lists.remove(&account).unwrap_or_default())
        });
        loaded.map(|done| done.unwrap_or_else(|error| Err(AllowlistStoreError::new(error))))
    }

    fn change(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        let (files, account) = (Arc::clone(&self.files), account.clone());
        let changed = on_a_thread(move || files.change(account, &change, &by));
        changed.map(|done| done.unwrap_or_else(|error| Err(AllowlistStoreError::new(error).into())))
    }

    fn remove(&self, account: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        let (files, account) = (Arc::clone(&self.files), account.clone());
        let removed = on_a_thread(move || files.remove(&account));
        removed.map(|done| done.unwrap_or_else(|error| Err(AllowlistStoreError::new(error))))
    }
}

/// Says where, and not what.
impl fmt::Debug for AllowlistFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AllowlistFiles")
            .field(&self.files.folder)
            .finish()
    }
}
