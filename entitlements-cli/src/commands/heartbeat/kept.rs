//! The ledger's file: written whole, beside its place first.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use entitlements_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::ledger::Seen;
use crate::files::{PRIVATE, read_regular, unfinished_name, write_new};

/// More than a full ledger has.
const MOST_BYTES: usize = 256 * 1024 * 1024;

type Licenses = BTreeMap<String, BTreeMap<String, Seen>>;

/// A folder that is this process's alone while this is held.
#[derive(Debug)]
pub(super) struct Kept {
    file: PathBuf,
    /// Held until it is dropped.
    _lock: File,
}

#[derive(Serialize)]
struct Written<'a> {
    licenses: &'a Licenses,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    licenses: Licenses,
}

/// What was found when opening.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) licenses: Licenses,
    /// What the operator should know.
    pub(super) note: Option<String>,
}

impl Kept {
    /// Opens the folder, made where it is missing, and reads what is there. What is damaged is set aside.
    pub(super) fn open(folder: &Path, now: Timestamp) -> io::Result<(Self, Found)> {
        fs::create_dir_all(folder)?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join("beats.lock"))?;
        lock.try_lock()
            .map_err(|_| io::Error::other("another process has this folder"))?;
        let kept = Self {
            file: folder.join("beats.json"),
            _lock: lock,
        };
        let found = kept.read(now)?;
        Ok((kept, found))
    }

    fn read(&self, now: Timestamp) -> io::Result<Found> {
        if let Err(error) = fs::symlink_metadata(&self.file) {
            return match error.kind() {
                io::ErrorKind::NotFound => Ok(Found::default()),
                _ => Err(error),
            };
        }
        let why = match read_regular(&self.file, MOST_BYTES) {
            Ok(bytes) => match serde_json::from_slice::<Read>(&bytes) {
                Ok(read) => {
                    return Ok(Found {
                        licenses: read.licenses,
                        note: None,
                    });
                }
                Err(_) => "it is damaged".to_owned(),
            },
            Err(why) => why,
        };
        let aside = format!("beats.json.damaged-{}", now.unix_seconds());
        fs::rename(&self.file, self.file.with_file_name(&aside))?;
        Ok(Found {
            licenses: Licenses::new(),
            note: Some(format!(
                "`beats.json` cannot be read ({why}): it is set aside as `{aside}`, and nothing was seen before now"
            )),
        })
    }

    pub(super) fn write(&self, licenses: &Licenses) -> io::Result<()> {
        let text = serde_json::to_string(&Written { licenses })?;
        let unfinished = unfinished_name(&self.file)?;
        let placed = write_new(&unfinished, &text, PRIVATE)
            .and_then(|()| fs::rename(&unfinished, &self.file));
        if placed.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        placed?;
        match self.file.parent() {
            Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn licenses() -> Licenses {
        let seen = Seen {
            first_seen: 1,
            last_seen: 2,
            nodes: 3,
            product: "Acme".to_owned(),
            version: "1.0".to_owned(),
            features: vec!["sso".to_owned()],
        };
        let clusters = BTreeMap::from([("c".to_owned(), seen)]);
        BTreeMap::from([("sha256:x".to_owned(), clusters)])
    }

    #[test]
    fn what_was_written_is_there_when_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("made");
        let (kept, found) = Kept::open(&folder, Timestamp::UNIX_EPOCH).unwrap();
        assert!(found.licenses.is_empty());
        kept.write(&licenses()).unwrap();
        let second = Kept::open(&folder, Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(second.to_string(), "another process has this folder");
        drop(kept);
        let (_kept, found) = Kept::open(&folder, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(found.licenses, licenses());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    }

    #[test]
    fn what_is_damaged_is_set_aside() {
        for damage in ["", "{", "{}", "{\"licenses\":{},\"x\":1}", "\0\0\0"] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("beats.json"), damage).unwrap();
            let (kept, found) = Kept::open(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
            assert!(found.note.unwrap().contains("beats.json.damaged-0"));
            let aside = folder.path().join("beats.json.damaged-0");
            assert_eq!(fs::read_to_string(aside).unwrap(), damage);
            kept.write(&licenses()).unwrap();
        }
    }
}
