//! Whether a file is still the one that was read.

use std::fs::{File, Metadata};

/// A file as it was when it was read.
///
/// INVARIANT: it is held open, so that no other file gets its number: one that takes its place is told from it even where both
/// are of one size and of one tick of the clock.
#[derive(Debug)]
pub(crate) struct Seen {
    stamp: Stamp,
    _held: File,
}

impl Seen {
    /// None where the system numbers no files: then nothing is known of what comes next.
    pub(super) fn of(file: File, found: &Metadata) -> Option<Self> {
        let stamp = Stamp::of(found)?;
        Some(Self { stamp, _held: file })
    }

    /// Whether what is found now is that file, as it was.
    pub(crate) fn is(&self, found: &Metadata) -> bool {
        Stamp::of(found).is_some_and(|stamp| stamp == self.stamp)
    }
}

/// What the system says of a file that changes when its content does: where it is, its size, and when it was written to and changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "there is no such number"))]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    #[cfg(unix)]
    fn of(found: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        Some(Self {
            device: found.dev(),
            inode: found.ino(),
            size: found.size(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        })
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Self> {
        None
    }
}
