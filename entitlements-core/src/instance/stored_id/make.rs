use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use super::{StoredId, read};
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
    let id = random_digits()?;
    // I11: written beside its place and put there when it is whole, so that a kill leaves no half of an id.
    let unfinished = folder.join(format!("{}.new-{}", StoredId::FILE_NAME, random_digits()?));
    let written = write_new(&unfinished, &format!("{id}\n"));
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

/// 128 random bits in hex.
fn random_digits() -> Result<String, FingerprintError> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|_| FingerprintError::NoRandomness)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bits)))
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn write_new(path: &Path, content: &str) -> io::Result<()> {
    let mut file = private_file().create_new(true).open(path)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
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

/// Makes the new name last over a loss of power, where folders can be synced.
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
