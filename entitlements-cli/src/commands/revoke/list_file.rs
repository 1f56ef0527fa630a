//! The list so far, and the file that it is in.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use entitlements_core::Timestamp;
use entitlements_core::license::{LicenseVerifier, RevocationList};

use crate::failure::Failure;
use crate::files::{why, write_public};
use crate::quote;
use crate::replace::{lock_folder_of, replace};
use crate::revocation_file;

/// A file with a list, or the place of one that is to be.
pub(super) struct ListFile<'a> {
    path: &'a Path,
    found: Option<Found>,
    /// Held from before it is read until after it is replaced, so that of two at once none loses what the other revokes.
    _lock: Option<File>,
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
        let lock = lock_folder_of(path);
        if is_missing(path)? {
            return Ok(Self {
                path,
                found: None,
                _lock: lock,
            });
        }
        let content = revocation_file::read(path)?;
        if content.trim_ascii().is_empty() {
            return Err(empty(path));
        }
        let list = revocation_file::verify(path, &content, verifier, now)?;
        let found = Some(Found { content, list });
        Ok(Self {
            path,
            found,
            _lock: lock,
        })
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
            // A list is for everybody.
            return write_public(self.path, &content)
                .map_err(|error| not_written(self.path, &error));
        };
        // By somebody who takes no locks, such as an editor or a copy: what they revoked must not be lost.
        if revocation_file::read(self.path)? != found.content {
            return Err(changed(self.path));
        }
        replace(self.path, &content).map_err(|error| not_written(self.path, &error))
    }
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
