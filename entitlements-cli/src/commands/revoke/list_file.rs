//! The list so far, and the file that it is in.

use std::io::{self, ErrorKind};
use std::path::Path;

use entitlements_core::Timestamp;
use entitlements_core::license::{LicenseVerifier, RevocationList};

use crate::failure::Failure;
use crate::files::{self, NewFiles, why};
use crate::quote;
use crate::revocation_file;

/// A file with a list, or the place of one that is to be.
pub(super) struct ListFile<'a> {
    path: &'a Path,
    found: Option<Found>,
}

struct Found {
    content: Vec<u8>,
    list: RevocationList,
}

impl<'a> ListFile<'a> {
    pub(super) fn open(
        path: &'a Path,
        verifier: &LicenseVerifier,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        if is_missing(path)? {
            return Ok(Self { path, found: None });
        }
        let content = revocation_file::read(path)?;
        if content.trim_ascii().is_empty() {
            return Err(empty(path));
        }
        let list = revocation_file::verify(path, &content, verifier, now)?;
        let found = Some(Found { content, list });
        Ok(Self { path, found })
    }

    pub(super) const fn path(&self) -> &Path {
        self.path
    }

    /// What it says so far.
    pub(super) fn list(&self) -> Option<&RevocationList> {
        self.found.as_ref().map(|found| &found.list)
    }

    /// Puts the new list in its place.
    pub(super) fn replace(&self, token: &str) -> Result<(), Failure> {
        let content = format!("{token}\n");
        let Some(found) = &self.found else {
            return begin(self.path, &content).map_err(|error| not_written(self.path, &error));
        };
        // What somebody else has revoked in the meantime must not be lost.
        if revocation_file::read(self.path)? != found.content {
            return Err(changed(self.path));
        }
        files::replace(self.path, &content).map_err(|error| not_written(self.path, &error))
    }
}

/// A list is for everybody.
fn begin(path: &Path, content: &str) -> io::Result<()> {
    let mut files = NewFiles::default();
    files.public(path, content)?;
    files.keep();
    Ok(())
}

fn is_missing(path: &Path) -> Result<bool, Failure> {
    let missing =
        |found: io::Result<_>| found.is_err_and(|e: io::Error| e.kind() == ErrorKind::NotFound);
    if !missing(path.metadata()) {
        return Ok(false);
    }
    if missing(path.symlink_metadata()) {
        return Ok(true);
    }
    let message = format!("{} is a link that leads nowhere", quote::path(path));
    let action = "name the file itself, or remove the link";
    Err(Failure::usage("revocations_file", message, action))
}

fn empty(path: &Path) -> Failure {
    let message = format!("{} is empty", quote::path(path));
    let action = "put the list so far back (redirecting stdout onto the file of `--list` empties it first), \
                  or remove the file to begin a new list";
    Failure::usage("revocations_file", message, action)
}

fn changed(path: &Path) -> Failure {
    let message = format!(
        "{} was changed by somebody else in the meantime, so it was left as it is",
        quote::path(path)
    );
    Failure::failed("list_changed", message, "run the same command again")
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    if error.kind() == ErrorKind::AlreadyExists {
        return changed(path);
    }
    let message = format!("cannot write {}: {}", quote::path(path), why(error));
    let action = "nothing was revoked; name a file that can be written to";
    Failure::failed("output", message, action)
}
