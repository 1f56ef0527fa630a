//! A random id in a file, for where there is no machine id.

mod make;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

use super::FingerprintError;

/// A random id of 128 bits that stands in for a missing machine id: 32 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredId(String);

impl StoredId {
    /// The name of its file in the data folder.
    pub const FILE_NAME: &str = "instance-id";

    /// Reads the id from exactly its 32 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() == 32
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_id.then(|| Self(text.to_owned()))
    }

    /// The id stored in this folder. Where there is none, one is made, and the folder too; of several processes that
    /// do so at once, all get the same.
    ///
    /// The file is read only if it is a regular one of the exact form, and never written over: an id that was lost
    /// silently would unbind every license bound to it. Its mode is 0600 and that of a new folder 0700; one that was
    /// widened since is read all the same, as volumes of clusters come with modes of their own.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds something else.
    pub fn of_folder(folder: &Path) -> Result<Self, FingerprintError> {
        let path = folder.join(Self::FILE_NAME);
        match read::read(&path)? {
            Some(id) => Ok(id),
            None => make::make(folder, &path, make::link),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id is not shown: whoever knows it can pass for this instance.
impl fmt::Debug for StoredId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredId").finish_non_exhaustive()
    }
}
