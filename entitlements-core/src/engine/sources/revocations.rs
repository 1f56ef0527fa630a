//! Revocation lists that are there when the engine starts.

use std::path::{Path, PathBuf};

use super::is_like_a_key;
use super::variable::Variable;
use crate::files::read_regular;
use crate::license::{LicenseVerifier, MAX_REVOCATIONS_BYTES, Revocations, compact_revocations};
use crate::resolve::{LicenseSource, RejectedRevocations, RevocationsCause};
use crate::{Environment, Timestamp};

/// The variable that holds a list; with `_FILE` behind it, the one that holds a path.
const VARIABLE: &str = "ENTITLEMENTS_REVOCATIONS";

/// A place to look for a revocation list.
pub(in crate::engine) enum ListPlace {
    /// The list itself.
    List(String),
    /// A file.
    File(PathBuf),
}

/// Says the place, never what was given for a list: it may be a key.
impl std::fmt::Debug for ListPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::List(_) => f.write_str("List(..)"),
            Self::File(path) if is_like_a_key(path) => f.write_str("File(..)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// Lists that verify, those that do not, and what is told of the variables.
#[derive(Debug, Default)]
pub(in crate::engine) struct Loaded {
    pub(in crate::engine) revocations: Revocations,
    pub(in crate::engine) rejected: Vec<RejectedRevocations>,
    pub(in crate::engine) ignored: Vec<String>,
}

/// Reads and checks the lists of every place, and those of the variables.
pub(in crate::engine) fn load(
    places: &[ListPlace],
    environment: &Environment,
    verifier: &LicenseVerifier,
    now: Timestamp,
) -> Loaded {
    let mut loader = Loader {
        verifier,
        now,
        loaded: Loaded::default(),
    };
    for place in places {
        match place {
            ListPlace::List(list) if list.trim().is_empty() => {}
            ListPlace::List(list) => loader.take(LicenseSource::Flag, list.as_bytes()),
            ListPlace::File(path) => loader.take_file(path, LicenseSource::Flag),
        }
    }
    let variable = Variable::read(VARIABLE, environment);
    loader.loaded.ignored.extend(variable.ignored());
    match (&variable.value, &variable.path) {
        (Some(list), _) => {
            let source = LicenseSource::Variable(VARIABLE.to_owned());
            loader.take(source, list.as_encoded_bytes());
        }
        (None, Some(path)) => {
            let named_by = LicenseSource::Variable(variable.file_name);
            loader.take_file(Path::new(path), named_by);
        }
        (None, None) => {}
    }
    loader.loaded
}

struct Loader<'a> {
    verifier: &'a LicenseVerifier,
    now: Timestamp,
    loaded: Loaded,
}

impl Loader<'_> {
    fn take_file(&mut self, path: &Path, named_by: LicenseSource) {
        let source = LicenseSource::File(path.display().to_string());
        match read_regular(path, MAX_REVOCATIONS_BYTES) {
            Ok(list) => self.take(source, &list),
            Err(_) if is_like_a_key(path) => {
                let why = "it holds a list, not the path of a file".to_owned();
                self.reject(named_by, RevocationsCause::Unreadable(why));
            }
            Err(error) => self.reject(source, RevocationsCause::Unreadable(error.to_string())),
        }
    }

    fn take(&mut self, source: LicenseSource, list: &[u8]) {
        let verified = compact_revocations(list)
            .and_then(|list| self.verifier.verify_revocations(&list, self.now));
        match verified {
            Ok(list) => {
                self.loaded.revocations.add(list);
            }
            Err(error) => self.reject(source, RevocationsCause::List(error)),
        }
    }

    fn reject(&mut self, source: LicenseSource, cause: RevocationsCause) {
        self.loaded
            .rejected
            .push(RejectedRevocations { source, cause });
    }
}
