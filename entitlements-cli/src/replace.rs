//! Files that are replaced whole, and by one process at a time.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

use crate::files::{PRIVATE, unfinished_name, write_new};

/// Puts `content` in the place of a file, whole or not at all: whenever this is killed, the old or the new one is there.
///
/// Who may read and write it stays as it is. Through a link, the file that it leads to is replaced.
pub(crate) fn replace(path: &Path, content: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let metadata = fs::metadata(&path)?;
    let unfinished = unfinished_name(&path)?;
    // Nobody else's until it is whole.
    let replaced = write_new(&unfinished, content, PRIVATE).and_then(|()| {
        give_to_owner_of(&unfinished, &metadata);
        fs::set_permissions(&unfinished, metadata.permissions())?;
        fs::rename(&unfinished, &path)
    });
    match replaced {
        // So that the new name outlives a power cut; where that cannot be asked for, it comes in the system's own time.
        Ok(()) => drop(open_folder_of(&path).and_then(|folder| folder.sync_all())),
        Err(_) => drop(fs::remove_file(&unfinished)),
    }
    replaced
}

/// Waits until no other process holds this for a file in the same folder, and holds it until it is dropped. What is read and
/// then replaced under it is not what another process replaces meanwhile.
///
/// The file itself cannot be locked, because another takes its place. Where folders cannot be locked there is none.
pub(crate) fn lock_folder_of(path: &Path) -> Option<File> {
    // Through a link, the folder of what it leads to.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = open_folder_of(&path).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

fn open_folder_of(path: &Path) -> io::Result<File> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder),
        _ => File::open("."),
    }
}

/// The root user may replace what is another's. Whoever may not give files away replaces what is their own.
#[cfg(unix)]
fn give_to_owner_of(file: &Path, metadata: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let _ = chown(file, Some(metadata.uid()), Some(metadata.gid()));
}

#[cfg(not(unix))]
fn give_to_owner_of(_: &Path, _: &Metadata) {}
