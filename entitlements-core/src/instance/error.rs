use std::fmt;
use std::io;
use std::path::Path;

use crate::strict::text::escaped_start;

/// Why there is no fingerprint. Says what to do, and never holds an id.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FingerprintError {
    /// The machine has no id, and no data folder was given.
    NoId,
    /// The machine id is there and cannot be read.
    MachineId {
        /// The file.
        path: String,
        /// What the operating system says.
        cause: String,
    },
    /// The stored id cannot be read.
    StoredId {
        /// The file.
        path: String,
        /// What the operating system says.
        cause: String,
    },
    /// What is in the place of the stored id is something else. It is never written over.
    StoredIdForm {
        /// The file.
        path: String,
        /// What it is, or what is wrong with it.
        fault: &'static str,
    },
    /// There is no stored id, and none can be made.
    NotStored {
        /// The file.
        path: String,
        /// What the operating system says.
        cause: String,
    },
    /// The operating system gave no randomness to make an id of.
    NoRandomness,
}

impl FingerprintError {
    /// What is wrong, without [what to do](Self::action).
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::NoId => "this machine has no machine id, and no data folder was given".to_owned(),
            Self::MachineId { path, cause } => {
                format!("cannot read the machine id `{path}`: {cause}")
            }
            Self::StoredId { path, cause } => {
                format!("cannot read the stored id `{path}`: {cause}")
            }
            Self::StoredIdForm { path, fault } => format!("`{path}` is no stored id: {fault}"),
            Self::NotStored { path, cause } => {
                format!("cannot make the stored id `{path}`: {cause}")
            }
            Self::NoRandomness => {
                "the operating system gives no randomness; no id was made".to_owned()
            }
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::NoId => {
                "give the engine a data folder that outlives restarts, or mount `/etc/machine-id` and fix the host name"
            }
            Self::MachineId { .. } => "see to it that the file can be read, and start again",
            Self::StoredId { .. } => "let the user that the product runs as read this file",
            Self::StoredIdForm { .. } => {
                "restore the file from a backup, or remove it for a new id, to which licenses then have to be bound anew"
            }
            Self::NotStored { .. } => {
                "let the user that the product runs as write to this folder, or give another data folder"
            }
            Self::NoRandomness => "start again when the operating system is up",
        }
    }

    #[cfg(target_os = "linux")]
    pub(super) fn machine_id(path: &Path, error: &io::Error) -> Self {
        let (path, cause) = (shown(path), error.to_string());
        Self::MachineId { path, cause }
    }

    pub(super) fn stored_id(path: &Path, error: &io::Error) -> Self {
        let (path, cause) = (shown(path), error.to_string());
        Self::StoredId { path, cause }
    }

    pub(super) fn stored_id_form(path: &Path, fault: &'static str) -> Self {
        let path = shown(path);
        Self::StoredIdForm { path, fault }
    }

    pub(super) fn not_stored(path: &Path, error: &io::Error) -> Self {
        let (path, cause) = (shown(path), error.to_string());
        Self::NotStored { path, cause }
    }
}

fn shown(path: &Path) -> String {
    escaped_start(&path.to_string_lossy(), 256)
}

impl fmt::Display for FingerprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.cause(), self.action())
    }
}

impl std::error::Error for FingerprintError {}
