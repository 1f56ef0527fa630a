use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use super::StoredId;
use crate::instance::FingerprintError;

/// More than the 33 that it has: enough to tell what a foreign file is.
const MOST_BYTES: u64 = 64;

/// The id in this file, or `None` where there is no file.
pub(super) fn read(path: &Path) -> Result<Option<StoredId>, FingerprintError> {
    let form = |fault| FingerprintError::stored_id_form(path, fault);
    let failed = |error: io::Error| FingerprintError::stored_id(path, &error);
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        // A folder that is a file is the making's to report.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(error)),
    };
    // Before it is opened: opening a pipe waits for somebody to write to it.
    if found.is_symlink() {
        return Err(form("it is a symbolic link"));
    }
    if !found.is_file() {
        return Err(form("it is not a regular file"));
    }
    let file = File::open(path).map_err(failed)?;
    let opened = file.metadata().map_err(failed)?;
    if !is_same(&found, &opened) {
        return Err(form("it was replaced while it was read"));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.is_empty() {
        return Err(form("it is empty"));
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(form("it is larger than 64 bytes"));
    }
    // Some editors and some backups drop the line break at the end.
    let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let id = std::str::from_utf8(line).ok().and_then(StoredId::parse);
    id.map(Some)
        .ok_or_else(|| form("it does not hold 32 lower-case hexadecimal digits"))
}

/// Whether what was looked at is what was opened, rather than something that a link put into its place leads to.
#[cfg(unix)]
fn is_same(found: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (found.dev(), found.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}
