use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use crate::Reply;
use crate::files::{Damaged, KeptFile, on_a_thread};
use crate::strict::json::{self, ObjectWriter, Value};
use crate::strict::text::shown_path;

/// Room for a thousand keys of the largest size.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Keeps each collection in a file of its own in one folder, such as `licenses.json`, which only its owner can read.
///
/// Each change is written to a new file that takes the old one's place, so that a loss of power leaves the one or the other. A file that
/// holds something else is set aside under another name before anything is written, and a link is not followed. Several
/// processes may share the folder: they take turns.
///
/// Reading blocks for as long as the disk takes; changes are made on a thread of their own, whether or not anybody waits for them.
///
/// ```
/// use entitlements_core::license::{Collection, LicenseFiles, LicenseStore, StoredEntry};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path();
/// let store = LicenseFiles::in_folder(folder);
/// let license = StoredEntry::new("lic_1", "eyJ…");
/// store.put(Collection::Licenses, license.clone()).await?;
/// assert_eq!(LicenseFiles::in_folder(folder).load(Collection::Licenses).await?, [license]);
/// # Ok::<(), entitlements_core::license::LicenseStoreError>(())
/// # }).unwrap();
/// ```
pub struct LicenseFiles {
    files: Arc<Files>,
}

struct Files {
    folder: PathBuf,
    /// What this process last saw of each collection.
    known: Mutex<BTreeMap<Collection, Entries>>,
}

/// Values by id.
type Entries = BTreeMap<String, String>;

impl LicenseFiles {
    /// The folder is made with the first entry that is kept.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            files: Arc::new(Files {
                folder: folder.into(),
                known: Mutex::default(),
            }),
        }
    }

    fn change(
        &self,
        collection: Collection,
        change: impl FnOnce(&mut Entries) + Send + 'static,
    ) -> Reply<Result<(), LicenseStoreError>> {
        let files = Arc::clone(&self.files);
        let changed = on_a_thread(move || files.change(collection, change));
        changed.map(|done| done.unwrap_or_else(|error| Err(LicenseStoreError::new(error))))
    }
}

impl Files {
    fn file(&self, collection: Collection) -> KeptFile {
        KeptFile::new(self.folder.clone(), collection.file_name(), MOST_BYTES)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Collection, Entries>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, collection: Collection) -> Result<Entries, Damaged> {
        match self.file(collection).read()? {
            None => Ok(Entries::new()),
            Some(bytes) => entries(collection, &bytes).ok_or(Damaged::Foreign),
        }
    }

    /// Changes what is there. Where that is damaged, what was last known is changed in its place, so that nothing in use gets lost.
    fn change(
        &self,
        collection: Collection,
        change: impl FnOnce(&mut Entries),
    ) -> Result<(), LicenseStoreError> {
        let file = self.file(collection);
        let error = |cause: &dyn fmt::Display| told(&file, cause);
        let mut known = self.known();
        let _turn = file.lock().map_err(|cause| error(&cause))?;
        let (mut entries, is_damaged) = match self.read(collection) {
            Ok(entries) => (entries, false),
            // It is whole for all that is known, and must not be set aside.
            Err(passing @ Damaged::Passing(_)) => return Err(error(&passing)),
            Err(_) => (known.get(&collection).cloned().unwrap_or_default(), true),
        };
        let before = entries.clone();
        change(&mut entries);
        if is_damaged {
            file.set_aside().map_err(|cause| error(&cause))?;
        }
        if is_damaged || entries != before {
            file.tidy();
            let written = file.write(&text(collection, &entries));
            written.map_err(|cause| error(&cause))?;
        }
        known.insert(collection, entries);
        Ok(())
    }
}

fn told(file: &KeptFile, cause: &dyn fmt::Display) -> LicenseStoreError {
    LicenseStoreError::new(format_args!("{}: {cause}", shown_path(&file.path())))
}

fn entries(collection: Collection, file: &[u8]) -> Option<Entries> {
    let file = json::read(file).ok()?;
    let entries = file.get(collection.name()).and_then(Value::as_object)?;
    let entry = |(id, value): &json::Member<'_>| Some((id.to_string(), value.as_str()?.to_owned()));
    entries.iter().map(entry).collect()
}

fn text(collection: Collection, entries: &Entries) -> String {
    let mut members = ObjectWriter::new();
    for (id, value) in entries {
        members.string(id, value);
    }
    let mut file = ObjectWriter::new();
    file.object(collection.name(), members);
    file.finish()
}

impl LicenseStore for LicenseFiles {
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        // One after the other, so that what is known is not older than what was read.
        let mut known = self.files.known();
        let read = self.files.read(of);
        let read = read.map_err(|damaged| told(&self.files.file(of), &damaged));
        Reply::Now(read.map(|entries| {
            known.insert(of, entries.clone());
            let entries = entries.into_iter();
            entries
                .map(|(id, value)| StoredEntry { id, value })
                .collect()
        }))
    }

    fn put(
        &self,
        collection: Collection,
        StoredEntry { id, value }: StoredEntry,
    ) -> Reply<Result<(), LicenseStoreError>> {
        self.change(collection, |entries| {
            entries.insert(id, value);
        })
    }

    fn remove(&self, from: Collection, id: &str) -> Reply<Result<(), LicenseStoreError>> {
        let id = id.to_owned();
        self.change(from, move |entries| {
            entries.remove(&id);
        })
    }

    fn clear(&self, collection: Collection) -> Reply<Result<(), LicenseStoreError>> {
        self.change(collection, Entries::clear)
    }
}

/// Says where, and not what.
impl fmt::Debug for LicenseFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LicenseFiles")
            .field(&self.files.folder)
            .finish()
    }
}
