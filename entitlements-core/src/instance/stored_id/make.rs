use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{StoredId, read};
use crate::files::{make_folder, new_private_file, private_file, random_digits, sync_folder};
use crate::instance::FingerprintError;

/// Gives a file a second name, unless that is taken: [`link`], or what a test puts into its place.
pub(super) type Link = fn(&Path, &Path) -> io::Result<()>;

pub(super) fn link(file: &Path, name: &Path) -> io::Result<()> {
    fs::hard_link(file, name)
}

/// Makes an id, unless somebody else is first: then theirs is the answer.
pub(super) fn make(folder: &Path, path: &Path, link: Link) -> Result<StoredId, FingerprintError> {
    let failed = |error: io::Error| FingerprintError::not_stored(path, &error);
    make_folder(folder).map_err(failed)?;
    let id = digits()?;
    // I11: written beside its place and put there when it is whole, so that a kill leaves no half of an id.
    let unfinished = folder.join(format!("{}.new-{}", StoredId::FILE_NAME, digits()?));
    let written = new_private_file(&unfinished, &format!("{id}\n"));
    let placed = written.and_then(|()| place(folder, &unfinished, path, link));
    // Where that fails it stays, readable by its owner only and in nobody's way.
    let _ = fs::remove_file(&unfinished);
    placed.map_err(failed)?;
    sync_folder(folder).map_err(failed)?;
    // Whoever was first: the answer is what is there now, and will be at the next start.
    match read::read(path)? {
        Some(id) => Ok(id),
        None => Err(failed(ErrorKind::NotFound.into())),
    }
}

fn digits() -> Result<String, FingerprintError> {
    random_digits().map_err(|_| FingerprintError::NoRandomness)
}

/// Gives the finished file its name, unless that is taken.
fn place(folder: &Path, finished: &Path, path: &Path, link: Link) -> io::Result<()> {
    match link(finished, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            rename_alone(folder, finished, path)
        }
        _ => Ok(()),
    }
}

/// What stands in for a link where the file system has none, as on some network volumes: renaming writes over what is
/// there, so that looking and renaming are one process's at a time.
fn rename_alone(folder: &Path, finished: &Path, path: &Path) -> io::Result<()> {
    let lock = folder.join(format!("{}.lock", StoredId::FILE_NAME));
    let lock = private_file().create(true).truncate(false).open(lock)?;
    match lock.lock() {
        // Without locks either, what is left is not to start two for the first time at once.
        Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error),
        _ => {}
    }
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => fs::rename(finished, path),
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
    // Dropping the file ends the lock.
}
