//! Files that somebody else wrote, and files that must not be anybody else's.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// The most bytes that a key file may have.
const MAX_KEY_FILE_BYTES: usize = 64 * 1024;

/// Modes of new files.
pub(crate) const PRIVATE: u32 = 0o600;
const PUBLIC: u32 = 0o644;

/// Opens a regular file. A pipe or a device is refused rather than waited for.
pub(crate) fn open_regular(path: &Path) -> Result<File, String> {
    let metadata = fs::metadata(path).map_err(|error| why(&error))?;
    if metadata.is_dir() {
        return Err("it is a directory".to_owned());
    }
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    File::open(path).map_err(|error| why(&error))
}

/// Reads what has at most `most` bytes, and a byte more of what has more, so that whoever asks sees that it is too long.
///
/// The memory is set aside first, so that no copy of a key is left behind.
pub(crate) fn read_bounded(source: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let enough = most + 1;
    let mut bytes = Vec::with_capacity(enough);
    source.take(enough as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a regular file as [`read_bounded`] does.
pub(crate) fn read_regular(path: &Path, most: usize) -> Result<Vec<u8>, String> {
    read_bounded(open_regular(path)?, most).map_err(|error| why(&error))
}

/// Reads a key file.
pub(crate) fn read_key_file(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = read_regular(path, MAX_KEY_FILE_BYTES)?;
    if bytes.len() > MAX_KEY_FILE_BYTES {
        return Err("it is larger than 64 KiB, which no key file is".to_owned());
    }
    Ok(bytes)
}

/// Makes a file that only its owner can read, from its first moment.
pub(crate) fn write_private(path: &Path, content: &str) -> io::Result<()> {
    write_linked(path, content, PRIVATE)
}

/// Makes a file that everybody can read.
pub(crate) fn write_public(path: &Path, content: &str) -> io::Result<()> {
    write_linked(path, content, PUBLIC)
}

/// Written beside its place and linked there when it is whole (I11): a kill leaves no half of a key under its name.
fn write_linked(path: &Path, content: &str, mode: u32) -> io::Result<()> {
    let unfinished = unfinished_name(path)?;
    let written = write_new(&unfinished, content, mode);
    let linked = written.and_then(|()| fs::hard_link(&unfinished, path));
    // If that fails the file stays, as private as the key's own, and is in nobody's way.
    let _ = fs::remove_file(&unfinished);
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            // Some file systems, such as those of memory sticks, have no links.
            write_new(path, content, mode)
        }
        linked => linked,
    }
}

/// A name beside `path` that nobody else uses.
pub(crate) fn unfinished_name(path: &Path) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| io::Error::other("no randomness"))?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{:016x}", u64::from_be_bytes(random)));
    Ok(path.with_file_name(name))
}

/// Makes a file. Where it cannot be written whole, what there is of it is removed.
pub(crate) fn write_new(path: &Path, content: &str, mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    // INVARIANT: `create_new`, so that no key is ever written over, nor through a link.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    let written = file
        .write_all(content.as_bytes())
        .and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// An error of the operating system in the words of this program.
pub(crate) fn why(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::AlreadyExists => "it exists already".to_owned(),
        _ => error.to_string(),
    }
}
