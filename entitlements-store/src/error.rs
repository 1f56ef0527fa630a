use std::fmt;

/// Why a database cannot be used, in words for the operator. Never with what is kept in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}; {}", .kind.action())]
pub struct StoreError {
    kind: StoreErrorKind,
    cause: String,
}

/// What is the matter with a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// What was named is no database that this build can open.
    Address,
    /// It is to be there, and is not.
    Missing,
    /// A link, a folder, a pipe or a device is in its place.
    NotAFile,
    /// The file is empty, cut off, or holds something else.
    Damaged,
    /// It is a database whose tables of these names were made by something else.
    Foreign,
    /// A newer version of this library made its tables.
    Newer,
    /// The file was removed, or another one took its place, while it was in use.
    Replaced,
    /// It can only be read, or not even that.
    NoPermission,
    /// The disk is full.
    Full,
    /// Others kept it busy for longer than can be waited for.
    Busy,
    /// Anything else.
    Failed,
}

impl StoreErrorKind {
    /// One snake_case word, for scripts and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Missing => "missing",
            Self::NotAFile => "not_a_file",
            Self::Damaged => "damaged",
            Self::Foreign => "foreign",
            Self::Newer => "newer",
            Self::Replaced => "replaced",
            Self::NoPermission => "no_permission",
            Self::Full => "full",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Address => "name a file, as `sqlite:data.db` or `sqlite:///var/lib/acme/data.db`",
            Self::Missing => "check the path, or leave out `mode=rw` for a new database",
            Self::NotAFile => "name the file itself, in a folder of the program's own",
            Self::Damaged => {
                "move it away, with those beside it that end with `-wal` and `-shm`; then put back a backup, or start with a new one"
            }
            Self::Foreign => "name another file, or put back a backup",
            Self::Newer => "run the version of the program that made it, or a newer one",
            Self::Replaced => "put back the file, and start the program again",
            Self::NoPermission => {
                "let the program's user read and write the file and the folder that it is in"
            }
            Self::Full => "make room on the disk, and try again",
            Self::Busy => "try again, and see what else holds the database",
            Self::Failed => "check the disk and the file, or put back a backup",
        }
    }
}

impl StoreError {
    pub(crate) fn new(kind: StoreErrorKind, cause: impl fmt::Display) -> Self {
        Self {
            kind,
            cause: cause.to_string(),
        }
    }

    /// What is the matter.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Which database it is, and what is the matter with it.
    #[must_use]
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// What the operator can do about it.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        self.kind.action()
    }
}
