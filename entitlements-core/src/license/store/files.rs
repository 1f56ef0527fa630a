use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{LicenseStore, LicenseStoreError, StoredLicense};
use crate::Reply;
use crate::files::{Damaged, KeptFile};
use crate::strict::json::{self, ObjectWriter, Value};
use crate::strict::text::shown_path;

/// Room for a thousand keys of the largest size.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Keeps licenses in the file `licenses.json` of a folder, which only its owner can read.
///
/// Each change is written to a new file that takes the old one's place, so that a loss of power leaves the one or the other. A file that
/// holds something else is set aside under another name before anything is written, and a link is not followed. Several
/// processes may share the folder: they take turns.
///
/// Calls block while the disk is at work.
///
/// ```
/// use entitlements_core::license::{LicenseFile, LicenseStore, StoredLicense};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path();
/// let store = LicenseFile::in_folder(folder);
/// let license = StoredLicense { id: "lic_1".into(), key: "eyJ…".into() };
/// store.put(license.clone()).await?;
/// assert_eq!(LicenseFile::in_folder(folder).load().await?, [license]);
/// # Ok::<(), entitlements_core::license::LicenseStoreError>(())
/// # }).unwrap();
/// ```
pub struct LicenseFile {
    file: KeptFile,
    /// Keys by id, as this process last saw them.
    known: Mutex<Keys>,
}

type Keys = BTreeMap<String, String>;

impl LicenseFile {
    /// The folder is made with the first license that is kept.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            file: KeptFile::new(folder.into(), "licenses.json", MOST_BYTES),
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Keys> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> Result<Keys, Damaged> {
        match self.file.read()? {
            None => Ok(Keys::new()),
            Some(bytes) => keys(&bytes).ok_or(Damaged::Foreign),
        }
    }

    /// Changes what is there. Where that is damaged, what was last known is changed in its place, so that no license in use gets lost.
    fn change(&self, change: impl FnOnce(&mut Keys)) -> Result<(), LicenseStoreError> {
        let mut known = self.known();
        let _turn = self.file.lock().map_err(|error| self.error(error))?;
        let (mut keys, is_damaged) = match self.read() {
            Ok(keys) => (keys, false),
            Err(_) => (known.clone(), true),
        };
        let before = keys.clone();
        change(&mut keys);
        if is_damaged {
            self.file.set_aside().map_err(|error| self.error(error))?;
        }
        if is_damaged || keys != before {
            self.file.tidy();
            let written = self.file.write(&text(&keys));
            written.map_err(|error| self.error(error))?;
        }
        *known = keys;
        Ok(())
    }

    fn error(&self, cause: impl fmt::Display) -> LicenseStoreError {
        LicenseStoreError::new(format_args!("{}: {cause}", shown_path(&self.file.path())))
    }
}

fn keys(file: &[u8]) -> Option<Keys> {
    let file = json::read(file).ok()?;
    let licenses = file.get("licenses").and_then(Value::as_object)?;
    let license = |(id, key): &json::Member<'_>| Some((id.to_string(), key.as_str()?.to_owned()));
    licenses.iter().map(license).collect()
}

fn text(keys: &Keys) -> String {
    let mut licenses = ObjectWriter::new();
    for (id, key) in keys {
        licenses.string(id, key);
    }
    let mut file = ObjectWriter::new();
    file.object("licenses", licenses);
    file.finish()
}

impl LicenseStore for LicenseFile {
    fn load(&self) -> Reply<Result<Vec<StoredLicense>, LicenseStoreError>> {
        let read = self.read().map_err(|damaged| self.error(damaged));
        Reply::Now(read.map(|keys| {
            self.known().clone_from(&keys);
            let licenses = keys.into_iter();
            licenses
                .map(|(id, key)| StoredLicense { id, key })
                .collect()
        }))
    }

    fn put(
        &self,
        StoredLicense { id, key }: StoredLicense,
    ) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(self.change(|keys| {
            keys.insert(id, key);
        }))
    }

    fn remove(&self, id: &str) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(self.change(|keys| {
            keys.remove(id);
        }))
    }

    fn clear(&self) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(self.change(Keys::clear))
    }
}

/// Says where, and not which keys.
impl fmt::Debug for LicenseFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LicenseFile")
            .field(&self.file.path())
            .finish()
    }
}
