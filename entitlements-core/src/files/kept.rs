//! A file of our own, in a folder of our own, that is always whole.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::read::read_open;
use super::{Seen, Unreadable, make_folder, random_digits, replace};

/// A file that this program, and nobody else, writes.
#[derive(Debug, Clone)]
pub(crate) struct KeptFile {
    folder: PathBuf,
    name: &'static str,
    most_bytes: usize,
}

/// What was read, and what tells another file from it, where the system has that.
type ReadAndSeen = (Vec<u8>, Option<Seen>);

/// Why what is there cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Damaged {
    #[error("it is a link")]
    Link,
    #[error("it is not what this program wrote there")]
    Foreign,
    #[error("{0}")]
    Unreadable(String),
    /// Nothing is wrong with the file, as far as is known.
    #[error("{0}; this may pass")]
    Passing(io::Error),
}

impl Damaged {
    /// What keeps a file from being read: something about the file, or something that is the matter with the machine just now.
    fn by(error: io::Error) -> Self {
        // Too many open files, in the system and in the process; no kind of error tells them.
        let no_handles = cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24));
        let passes = matches!(
            error.kind(),
            ErrorKind::OutOfMemory
                | ErrorKind::Interrupted
                | ErrorKind::TimedOut
                | ErrorKind::WouldBlock
                | ErrorKind::StaleNetworkFileHandle
                | ErrorKind::ResourceBusy
        );
        if no_handles || passes {
            Self::Passing(error)
        } else {
            Self::Unreadable(error.to_string())
        }
    }
}

impl KeptFile {
    pub(crate) const fn new(folder: PathBuf, name: &'static str, most_bytes: usize) -> Self {
        Self {
            folder,
            name,
            most_bytes,
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join(self.name)
    }

    /// What is there; none where nothing is. A link is not followed.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, Damaged> {
        Ok(self.read_seen()?.map(|(bytes, _)| bytes))
    }

    /// What the system says of it, without reading; none where nothing is.
    pub(crate) fn found(&self) -> Result<Option<Metadata>, Damaged> {
        match fs::symlink_metadata(self.path()) {
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(Damaged::by(error)),
            Ok(found) if found.is_symlink() => Err(Damaged::Link),
            Ok(found) if found.is_dir() => Err(Damaged::Unreadable(Unreadable::Folder.to_string())),
            Ok(found) if !found.is_file() => {
                Err(Damaged::Unreadable(Unreadable::NotRegular.to_string()))
            }
            Ok(found) => Ok(Some(found)),
        }
    }

    /// Whether the folder is there. What is in its place and is no folder is damage, and so is a link that leads nowhere, such as to a disk that is not
    /// mounted: whoever asks must not take either for a folder without files.
    pub(crate) fn has_folder(&self) -> Result<bool, Damaged> {
        let no_folder = || Damaged::Unreadable("its folder is not one".to_owned());
        match fs::metadata(&self.folder) {
            Ok(found) if found.is_dir() => Ok(true),
            Ok(_) => Err(no_folder()),
            Err(error) if error.kind() == ErrorKind::NotADirectory => Err(no_folder()),
            Err(error) if !is_absent(&error) => Err(Damaged::by(error)),
            Err(_) if self.folder.is_symlink() => Err(no_folder()),
            Err(_) => Ok(false),
        }
    }

    /// As [`read`](Self::read), with what tells another one from it.
    pub(crate) fn read_seen(&self) -> Result<Option<ReadAndSeen>, Damaged> {
        if self.found()?.is_none() {
            return Ok(None);
        }
        match read_open(&self.path(), self.most_bytes) {
            // Of before it was read: what is written meanwhile is another one.
            Ok((bytes, file, found)) => Ok(Some((bytes, Seen::of(file, &found)))),
            Err(Unreadable::Io(error)) => Err(Damaged::by(error)),
            Err(error) => Err(Damaged::Unreadable(error.to_string())),
        }
    }

    /// Writes the file whole or not at all.
    pub(crate) fn write(&self, content: &str) -> io::Result<()> {
        replace(&self.folder, self.name, content)
    }

    /// Removes what writers left that were killed. Only whoever holds the lock may: others may be at work on theirs.
    pub(crate) fn tidy(&self) {
        let unfinished = format!("{}.new-", self.name);
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        let names = entries.flatten().map(|entry| entry.file_name());
        let left = names.filter(|name| name.to_string_lossy().starts_with(&unfinished));
        for name in left {
            // What stays is in nobody's way.
            let _ = fs::remove_file(self.folder.join(name));
        }
    }

    /// Puts what is there out of the way under another name, so that nothing of it is lost.
    pub(crate) fn set_aside(&self) -> io::Result<()> {
        let aside = format!("{}.damaged-{}", self.name, random_digits()?);
        match fs::rename(self.path(), self.folder.join(aside)) {
            Err(error) if !is_absent(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Makes other processes wait that change files of the same folder, as long as the answer is held.
    ///
    /// It is the folder that is locked, where folders can be: no file is made for it that a link could stand for.
    pub(crate) fn lock(&self) -> io::Result<Option<File>> {
        make_folder(&self.folder)?;
        if cfg!(not(unix)) {
            return Ok(None);
        }
        let folder = File::open(&self.folder)?;
        match folder.lock() {
            Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
            locked => locked.map(|()| Some(folder)),
        }
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
