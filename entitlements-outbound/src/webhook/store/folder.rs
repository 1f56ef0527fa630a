use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use entitlements_core::Reply;

use super::{DeliveryStore, DeliveryStoreError, StoredDelivery};

/// More than any message has with all that is said of it.
const MOST_BYTES: u64 = 1024 * 1024;

const SUFFIX: &str = ".json";

/// Keeps each message in a file of a folder that is for nothing else, readable by its owner only.
///
/// A file is written beside its place and renamed, file and folder synced, so that a loss of power leaves the old one or the new
/// one. Links are not followed. What is damaged is set aside as `*.damaged`, and said in the log. One process at a time has the
/// folder: a second one is refused, or it would send everything a second time.
///
/// Calls block while the disk is at work.
#[derive(Debug)]
pub struct DeliveryFolder {
    folder: PathBuf,
    /// Held until it is dropped.
    _lock: File,
}

impl DeliveryFolder {
    /// Opens the folder, and makes it where it is not there.
    ///
    /// # Errors
    /// Where it cannot be made or written to, or another process has it.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, DeliveryStoreError> {
        let folder = folder.into();
        let lock = make_folder(&folder).and_then(|()| lock(&folder));
        match lock {
            Ok(lock) => Ok(Self {
                folder,
                _lock: lock,
            }),
            Err(error) => Err(failed(&folder, &error)),
        }
    }

    fn path(&self, id: &str) -> Result<PathBuf, DeliveryStoreError> {
        if is_id(id) {
            Ok(self.folder.join(format!("{id}{SUFFIX}")))
        } else {
            Err(DeliveryStoreError::new("the id of a message is malformed"))
        }
    }

    fn read_all(&self) -> io::Result<Vec<StoredDelivery>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let id = name.and_then(|name| name.strip_suffix(SUFFIX));
            let Some(id) = id.filter(|id| is_id(id)) else {
                // What a kill left of a file that was being written.
                if name.is_some_and(|name| name.ends_with(".new")) {
                    let _ = fs::remove_file(&path);
                }
                continue;
            };
            match read(&path) {
                Ok(value) => found.push(StoredDelivery {
                    id: id.to_owned(),
                    value,
                }),
                Err(error) => set_aside(&path, &error.to_string()),
            }
        }
        Ok(found)
    }
}

impl DeliveryStore for DeliveryFolder {
    fn load(&self) -> Reply<Result<Vec<StoredDelivery>, DeliveryStoreError>> {
        Reply::Now(
            self.read_all()
                .map_err(|error| failed(&self.folder, &error)),
        )
    }

    fn put(&self, delivery: StoredDelivery) -> Reply<Result<(), DeliveryStoreError>> {
        Reply::Now(self.path(&delivery.id).and_then(|path| {
            replace(&self.folder, &path, &delivery.value).map_err(|error| failed(&path, &error))
        }))
    }

    fn remove(&self, id: &str) -> Reply<Result<(), DeliveryStoreError>> {
        Reply::Now(self.path(id).and_then(|path| match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&path, &error)),
            _ => sync_folder(&self.folder).map_err(|error| failed(&path, &error)),
        }))
    }
}

/// Only what was made here is a file's name: an id leads nowhere else.
fn is_id(id: &str) -> bool {
    let digits = id.strip_prefix("msg_");
    digits.is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn lock(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let lock = private(&mut options).open(folder.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(io::Error::other("another process has this folder")),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn read(path: &Path) -> io::Result<String> {
    // A pipe must not be waited for, and a link not be followed.
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    File::open(path)?
        .take(MOST_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn replace(folder: &Path, path: &Path, content: &str) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let _ = fs::remove_file(&unfinished);
    let written = private(OpenOptions::new().write(true).create_new(true))
        .open(&unfinished)
        .and_then(|mut file| {
            file.write_all(content.as_bytes())?;
            file.sync_all()
        });
    let placed = written.and_then(|()| fs::rename(&unfinished, path));
    if placed.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    placed?;
    sync_folder(folder)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    File::open(folder)?.sync_all()
}

fn set_aside(path: &Path, why: &str) {
    let aside = path.with_extension("damaged");
    let is_aside = fs::rename(path, &aside).is_ok();
    tracing::error!(file = ?path, is_set_aside = is_aside, "a kept webhook message cannot be read: {why}");
}

fn failed(path: &Path, error: &io::Error) -> DeliveryStoreError {
    DeliveryStoreError::new(format_args!("{path:?}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_0123456789abcdef0123456789abcdef";

    fn stored(value: &str) -> StoredDelivery {
        StoredDelivery {
            id: ID.to_owned(),
            value: value.to_owned(),
        }
    }

    fn load(store: &DeliveryFolder) -> Vec<StoredDelivery> {
        store.read_all().unwrap()
    }

    #[tokio::test]
    async fn what_is_kept_is_there_when_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("made/for/it");
        let store = DeliveryFolder::open(&folder).unwrap();
        store.put(stored("1")).await.unwrap();
        store.put(stored("2")).await.unwrap();
        drop(store);
        let store = DeliveryFolder::open(&folder).unwrap();
        assert_eq!(load(&store), [stored("2")]);
        store.remove(ID).await.unwrap();
        store.remove(ID).await.unwrap();
        assert_eq!(load(&store), []);
    }

    #[tokio::test]
    async fn no_id_leads_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = DeliveryFolder::open(folder.path()).unwrap();
        for id in ["", "../x", "msg_../../etc", "msg_", "msg_é"] {
            let mut outside = stored("1");
            id.clone_into(&mut outside.id);
            assert!(store.put(outside).await.is_err(), "{id}");
            assert!(store.remove(id).await.is_err(), "{id}");
        }
    }

    #[test]
    fn a_second_process_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let first = DeliveryFolder::open(folder.path()).unwrap();
        let refused = DeliveryFolder::open(folder.path()).unwrap_err().to_string();
        assert!(refused.ends_with("another process has this folder"));
        drop(first);
        assert!(DeliveryFolder::open(folder.path()).is_ok());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn files_are_their_owners_and_links_are_not_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let store = DeliveryFolder::open(folder.path()).unwrap();
        store.put(stored("1")).await.unwrap();
        let file = folder.path().join(format!("{ID}.json"));
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let outside = folder.path().join("outside");
        fs::write(&outside, "theirs").unwrap();
        fs::remove_file(&file).unwrap();
        symlink(&outside, &file).unwrap();
        assert_eq!(load(&store), []);
        assert!(fs::symlink_metadata(file.with_extension("damaged")).is_ok());
        symlink(&outside, &file).unwrap();
        store.put(stored("2")).await.unwrap();
        assert_eq!(fs::read_to_string(&outside).unwrap(), "theirs");
    }

    #[test]
    fn what_a_kill_left_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let store = DeliveryFolder::open(folder.path()).unwrap();
        let unfinished = folder.path().join(format!("{ID}.new"));
        fs::write(&unfinished, "hal").unwrap();
        assert_eq!(load(&store), []);
        assert!(!unfinished.exists());
    }
}
