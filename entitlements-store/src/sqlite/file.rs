//! The file of a database: what is in its place, and a new one that is never half there.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::{StoreError, StoreErrorKind};

/// What SQLite has beside the file while it is open, and opens by name.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Those of them that SQLite would write into a new database, though they are of an old one that was removed without them.
const HOLDS_CHANGES: [&str; 2] = ["-wal", "-journal"];

/// Which file it is, as long as it is there; none where the system does not tell.
pub(super) type Identity = Option<(u64, u64)>;

/// Whether there is a file. What is in its place and is none, or is empty, is refused: SQLite would make an empty file a new database.
pub(super) fn look(path: &Path) -> Result<Option<Identity>, StoreError> {
    let there = metadata(path)?;
    if let Some(found) = &there {
        refuse_no_file(path, found)?;
    }
    for suffix in BESIDE {
        let beside = with_suffix(path, suffix);
        let Some(found) = metadata(&beside)? else {
            continue;
        };
        refuse_no_file(&beside, &found)?;
        if there.is_none() && HOLDS_CHANGES.contains(&suffix) && found.len() > 0 {
            let what = "it holds changes of a database that is not there";
            return Err(at(&beside, StoreErrorKind::Damaged, what));
        }
    }
    let Some(found) = there else {
        return Ok(None);
    };
    if found.len() == 0 {
        return Err(at(path, StoreErrorKind::Damaged, "it is empty"));
    }
    Ok(Some(identity(&found)))
}

fn metadata(path: &Path) -> Result<Option<Metadata>, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, &error)),
    }
}

fn refuse_no_file(path: &Path, found: &Metadata) -> Result<(), StoreError> {
    let what = if found.is_symlink() {
        "it is a link"
    } else if found.is_dir() {
        "it is a folder"
    } else if !found.is_file() {
        "it is not a regular file"
    } else {
        return Ok(());
    };
    Err(at(path, StoreErrorKind::NotAFile, what))
}

/// Gives what SQLite left beside a file the file's own mode. It makes them so, and is stuck where they are of a time when the file could only be read.
#[cfg(unix)]
pub(super) fn level_modes(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(Some(mode)) = metadata(path).map(|found| found.map(|found| found.permissions())) else {
        return;
    };
    for suffix in BESIDE {
        let beside = with_suffix(path, suffix);
        let differs = metadata(&beside)
            .ok()
            .flatten()
            .is_some_and(|found| found.is_file() && found.permissions().mode() != mode.mode());
        if differs {
            // Where it is somebody else's, SQLite says what it cannot do.
            let _ = fs::set_permissions(&beside, mode.clone());
        }
    }
}

#[cfg(not(unix))]
pub(super) fn level_modes(_: &Path) {}

#[cfg(unix)]
fn identity(found: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {
    None
}

/// Makes an empty file beside the place of a new database, for its owner alone whatever the umask, and the folder where it is missing.
pub(super) fn begin(path: &Path) -> Result<PathBuf, StoreError> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits)
        .map_err(|_| at(path, StoreErrorKind::Failed, "the system has no randomness"))?;
    let suffix = format!(".new-{:032x}", u128::from_be_bytes(bits));
    let unfinished = with_suffix(path, &suffix);
    let made = make_folder(folder_of(path)).and_then(|()| make_private(&unfinished));
    made.map_err(|error| failed(path, &error))?;
    Ok(unfinished)
}

/// Gives a new database its name, unless another process has put one there meanwhile.
pub(super) fn finish(unfinished: &Path, path: &Path) -> Result<(), StoreError> {
    let placed = match fs::hard_link(unfinished, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Ok(()) => Ok(()),
        // Where files can have one name only.
        Err(_) => fs::rename(unfinished, path),
    };
    abandon(unfinished);
    placed
        .and_then(|()| sync_folder(folder_of(path)))
        .map_err(|error| failed(path, &error))
}

/// Removes a database that did not become one. What stays is in nobody's way.
pub(super) fn abandon(unfinished: &Path) {
    let _ = fs::remove_file(unfinished);
    for suffix in BESIDE {
        let _ = fs::remove_file(with_suffix(unfinished, suffix));
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// SQLite gives what it makes beside a database the database's own mode.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // A umask may have taken away from the owner too.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

/// Makes new names last over a loss of power, where folders can be synced.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        synced => synced,
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn failed(path: &Path, error: &io::Error) -> StoreError {
    let kind = match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreErrorKind::NoPermission,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreErrorKind::Full,
        ErrorKind::NotADirectory => StoreErrorKind::NotAFile,
        _ => StoreErrorKind::Failed,
    };
    at(path, kind, error)
}

/// An error that says which file it is about.
pub(super) fn at(path: &Path, kind: StoreErrorKind, what: impl std::fmt::Display) -> StoreError {
    StoreError::new(kind, format_args!("`{}`: {what}", shown(path)))
}

/// A path on one line, with nothing invisible in it.
fn shown(path: &Path) -> String {
    let mut shown = String::new();
    for c in path.to_string_lossy().chars() {
        if matches!(c, '\'' | '"' | '\\') {
            shown.push(c);
        } else {
            shown.extend(c.escape_debug());
        }
    }
    shown
}
