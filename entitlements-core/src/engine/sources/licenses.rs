//! License keys that are there when the engine starts.

use std::path::{Path, PathBuf};

use super::is_like_a_key;
use super::variable::Variable;
use crate::engine::state::Keys;
use crate::files::read_regular;
use crate::license::{License, LicenseVerifier, MAX_INPUT_BYTES, compact_key};
use crate::resolve::{HeldLicense, LicenseSource, RejectedCause, RejectedKey};
use crate::{Catalog, Environment};

/// A place to look for a license key.
pub(in crate::engine) enum KeyPlace {
    /// The key itself.
    Key(String),
    /// A file.
    File(PathBuf),
    /// The catalog's variable, or the one with `_FILE` behind it.
    Environment,
}

/// Says the place, never the key.
impl std::fmt::Debug for KeyPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(_) => f.write_str("Key(..)"),
            Self::File(path) if is_like_a_key(path) => f.write_str("File(..)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Environment => f.write_str("Environment"),
        }
    }
}

/// Reads and checks the keys of every place.
pub(in crate::engine) fn load(
    places: &[KeyPlace],
    environment: &Environment,
    catalog: &Catalog,
    verifier: &LicenseVerifier,
) -> Keys {
    let mut loader = Loader {
        verifier,
        keys: Keys::default(),
    };
    for place in places {
        match place {
            // A flag that is given and blank is how scripts say that there is none.
            KeyPlace::Key(key) if key.trim().is_empty() => {}
            KeyPlace::Key(key) => loader.take(LicenseSource::Flag, key.as_bytes()),
            KeyPlace::File(path) => loader.take_file(path, LicenseSource::Flag),
            KeyPlace::Environment => {
                loader.take_environment(catalog.license().env(), environment);
            }
        }
    }
    // I6: of two keys with one id and the same times the same one counts, whichever place was looked at first.
    loader
        .keys
        .managed
        .sort_by(|a, b| content(&a.license).cmp(&content(&b.license)));
    loader.keys
}

/// What tells apart licenses that have the same id and times: all else that they say.
fn content(license: &License) -> impl Ord + '_ {
    let grants = (
        license.plan(),
        license.features(),
        license.limits(),
        license.rates(),
        license.addons(),
    );
    let terms = (
        license.not_before(),
        license.grace_days(),
        license.deployments(),
        license.instance(),
        license.is_trial(),
    );
    (grants, terms, license.customer(), license.kid())
}

struct Loader<'a> {
    verifier: &'a LicenseVerifier,
    keys: Keys,
}

impl Loader<'_> {
    fn take_environment(&mut self, name: &str, environment: &Environment) {
        let variable = Variable::read(name, environment);
        self.keys.ignored.extend(variable.ignored());
        match (&variable.value, &variable.path) {
            (Some(key), _) => {
                let source = LicenseSource::Variable(name.to_owned());
                self.take(source, key.as_encoded_bytes());
            }
            (None, Some(path)) => {
                let named_by = LicenseSource::Variable(variable.file_name);
                self.take_file(Path::new(path), named_by);
            }
            (None, None) => {}
        }
    }

    fn take_file(&mut self, path: &Path, named_by: LicenseSource) {
        let source = LicenseSource::File(path.display().to_string());
        match read_regular(path, MAX_INPUT_BYTES) {
            Ok(key) => self.take(source, &key),
            // I9: what cannot be read is named, and a key must not be.
            Err(_) if is_like_a_key(path) => {
                let cause =
                    RejectedCause::Unreadable("it holds a key, not the path of a file".to_owned());
                self.keys.rejected.push(RejectedKey {
                    source: named_by,
                    cause,
                });
            }
            Err(error) => {
                let cause = RejectedCause::Unreadable(error.to_string());
                self.keys.rejected.push(RejectedKey { source, cause });
            }
        }
    }

    fn take(&mut self, source: LicenseSource, key: &[u8]) {
        match compact_key(key).and_then(|key| self.verifier.verify_held(&key)) {
            Ok(license) => self.keys.managed.push(HeldLicense { license, source }),
            Err(error) => {
                let cause = RejectedCause::License(error);
                self.keys.rejected.push(RejectedKey { source, cause });
            }
        }
    }
}
