//! Reading files that somebody else wrote.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Why a file was not read. Says what it is, without its path.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("it is a folder, not a file")]
    Folder,
    #[error("it is not a regular file")]
    NotRegular,
    #[error("it is larger than {} KiB", .most_bytes / 1024)]
    TooLarge { most_bytes: usize },
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads a regular file of at most `most_bytes`. A pipe, a device or a folder is refused rather than waited for.
pub(crate) fn read_regular(path: &Path, most_bytes: usize) -> Result<Vec<u8>, Unreadable> {
    read_open(path, most_bytes).map(|(bytes, ..)| bytes)
}

/// As [`read_regular`], with the file that was read, still open, and what it was before that.
pub(super) fn read_open(
    path: &Path,
    most_bytes: usize,
) -> Result<(Vec<u8>, File, Metadata), Unreadable> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(Unreadable::Folder);
    }
    if !metadata.is_file() {
        return Err(Unreadable::NotRegular);
    }
    let mut file = File::open(path)?;
    let opened = file.metadata()?;
    let expected = usize::try_from(opened.len()).unwrap_or(usize::MAX);
    // Room for all of it at once, so that a private key leaves no copy behind where the memory grew.
    let mut bytes = Vec::with_capacity(expected.min(most_bytes).saturating_add(1));
    // The file may grow between the look and the reading, so the reading itself is bounded.
    let bound = (most_bytes as u64).saturating_add(1);
    (&mut file).take(bound).read_to_end(&mut bytes)?;
    if bytes.len() > most_bytes {
        return Err(Unreadable::TooLarge { most_bytes });
    }
    Ok((bytes, file, opened))
}
