use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistEntry, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy,
};
use crate::files::{Damaged, KeptFile, Seen, on_a_thread};
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
/// What was read is held, and read again where the file is another one: loading asks the system whether it is, and no more than that where it is not.
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
    file: KeptFile,
    /// Held by whoever changes the file: the lock of the folder is one process's, not one thread's.
    turn: Mutex<()>,
    /// Whether there was a file when it was looked for last.
    was_there: AtomicBool,
    /// Held by whoever reads the file, so that others who find it another one wait for that.
    reading: Mutex<()>,
    /// Where the file is no longer as it was seen, it is of no use.
    held: Mutex<Option<Arc<Held>>>,
}

/// Lists by account.
type Lists = BTreeMap<AccountId, Arc<Allowlist>>;

/// What a file says, or what is wrong with it (W11), for as long as it is as it was seen.
struct Held {
    seen: Seen,
    lists: Result<Arc<Lists>, AllowlistStoreError>,
}

impl AllowlistFiles {
    /// The folder is made with the first entry that is kept.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            files: Arc::new(Files {
                file: KeptFile::new(folder.into(), FILE, MOST_BYTES),
                turn: Mutex::default(),
                was_there: AtomicBool::default(),
                reading: Mutex::default(),
                held: Mutex::default(),
            }),
        }
    }
}

impl Files {
    fn error(&self, cause: impl fmt::Display) -> AllowlistStoreError {
        let file = self.file.path();
        AllowlistStoreError::new(format_args!("{}: {cause}", shown_path(&file)))
    }

    /// What the file says, where that is known without reading it: nothing is there, or what was read before.
    fn known(&self) -> Option<Result<Arc<Lists>, AllowlistStoreError>> {
        let held = locked(&self.held).clone();
        match self.file.found() {
            Ok(None) => Some(self.absent()),
            Ok(Some(found)) => {
                self.was_there.store(true, Ordering::Relaxed);
                held.filter(|held| held.seen.is(&found))
                    .map(|held| held.lists.clone())
            }
            // Nothing that is to be read, so nobody waits for a thread to read it.
            Err(damaged) => Some(Err(self.unreadable(&damaged))),
        }
    }

    /// W11: what it means that there is no file. An operator takes the file away, and not its folder, which goes with a disk or by mistake.
    fn absent(&self) -> Result<Arc<Lists>, AllowlistStoreError> {
        let has_folder = self.file.has_folder();
        let has_folder = has_folder.map_err(|damaged| self.error(damaged))?;
        if !has_folder && self.was_there.load(Ordering::Relaxed) {
            return Err(self.error(
                "its folder is gone; bring it back, or make an empty one to start without lists",
            ));
        }
        if self.was_there.swap(false, Ordering::Relaxed) {
            *locked(&self.held) = None;
            tracing::warn!(
                "{}: the file was taken away, and no list restricts any account now",
                shown_path(&self.file.path())
            );
        }
        Ok(Arc::default())
    }

    /// Before anything is made there: a folder that is gone is not to be made anew, with nothing in it.
    fn check_folder(&self) -> Result<(), AllowlistStoreError> {
        match self.known() {
            Some(Err(error)) => Err(error),
            _ => Ok(()),
        }
    }

    fn read(&self) -> Result<Arc<Lists>, AllowlistStoreError> {
        let _reading = locked(&self.reading);
        if let Some(lists) = self.known() {
            return lists;
        }
        // Two of them need not be in memory at once.
        *locked(&self.held) = None;
        let (bytes, seen) = match self.file.read_seen() {
            Ok(None) => return self.absent(),
            Ok(Some(read)) => read,
            Err(damaged) => return Err(self.unreadable(&damaged)),
        };
        let lists = lists(&bytes).map(Arc::new);
        let lists = lists.ok_or_else(|| self.unreadable(&Damaged::Foreign));
        *locked(&self.held) = seen.map(|seen| {
            let lists = lists.clone();
            Arc::new(Held { seen, lists })
        });
        lists
    }

    /// W11
    fn unreadable(&self, damaged: &Damaged) -> AllowlistStoreError {
        match damaged {
            Damaged::Passing(_) => self.error(damaged),
            _ => self.error(format_args!(
                "{damaged}; put a whole one there, or take it away to start without lists"
            )),
        }
    }

    fn change(
        &self,
        account: AccountId,
        change: &AllowlistChange,
        by: &ChangedBy,
    ) -> Result<AllowlistChanged, AllowlistError> {
        let _turn = locked(&self.turn);
        self.check_folder()?;
        let _turn_of_this_process = self.file.lock().map_err(|cause| self.error(cause))?;
        let mut lists = self.read()?;
        let list = list_of(&lists, &account);
        let changed = change.applied_to(&list, by)?;
        if changed.change.is_some() {
            // A list with nothing in it is as good as none.
            let lists = Arc::make_mut(&mut lists);
            if changed.list.entries().is_empty() {
                lists.remove(&account);
            } else {
                lists.insert(account, Arc::clone(&changed.list));
            }
            self.write(lists)?;
        }
        Ok(changed)
    }

    fn remove(&self, account: &AccountId) -> Result<bool, AllowlistStoreError> {
        let _turn = locked(&self.turn);
        self.check_folder()?;
        let _turn_of_this_process = self.file.lock().map_err(|cause| self.error(cause))?;
        let mut lists = self.read()?;
        let is_gone = lists.contains_key(account);
        if is_gone {
            Arc::make_mut(&mut lists).remove(account);
            self.write(&lists)?;
        }
        Ok(is_gone)
    }

    /// Only whoever has the turn may.
    fn write(&self, lists: &Lists) -> Result<(), AllowlistStoreError> {
        let text = text(lists);
        if text.len() > MOST_BYTES {
            let most = MOST_BYTES / 1024 / 1024;
            return Err(self.error(format_args!("there is room for {most} MiB, and no more")));
        }
        self.file.tidy();
        self.file.write(&text).map_err(|cause| self.error(cause))
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn list_of(lists: &Lists, account: &AccountId) -> Arc<Allowlist> {
    lists.get(account).cloned().unwrap_or_default()
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
    let entry = AllowlistEntry::kept(
        text("id")?,
        text("ip_range")?.parse().ok()?,
        text("created_by")?,
        created_at,
    );
    let entry = entry.described(text("description")?);
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
        accounts.objects(account.as_str(), entries);
    }
    let mut file = ObjectWriter::new();
    file.object(LISTS, accounts);
    file.finish()
}

impl AllowlistStore for AllowlistFiles {
    fn load(&self, account: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        if let Some(lists) = self.files.known() {
            return Reply::Now(lists.map(|lists| list_of(&lists, account)));
        }
        let (files, account) = (Arc::clone(&self.files), account.clone());
        let loaded = on_a_thread(move || Ok(list_of(&*files.read()?, &account)));
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
            .field(&self.files.file.path())
            .finish()
    }
}
