//! Where a license key or a revocation list may be, and what is found there.

use std::fmt;
use std::path::{Path, PathBuf};

use super::variable::Variable;
use crate::files::read_regular;
use crate::license::{MAX_INPUT_BYTES, MAX_REVOCATIONS_BYTES};
use crate::resolve::LicenseSource;
use crate::strict::text::shown_path;
use crate::{Catalog, Environment};

/// A place to look for a signed token.
pub(in crate::engine) enum TokenSource {
    /// The token itself.
    Text(String),
    /// A file.
    File(PathBuf),
    /// The variable of such tokens, or the one with `_FILE` behind it.
    Variable,
}

/// What is looked for.
pub(super) struct Sought<'a> {
    /// `key` or `list`.
    pub(super) what: &'static str,
    /// The variable that holds one.
    pub(super) variable: &'a str,
    pub(super) most_bytes: usize,
}

impl<'a> Sought<'a> {
    /// A license key, in the variable that the catalog names.
    pub(super) fn key(catalog: &'a Catalog) -> Self {
        Self {
            what: "key",
            variable: catalog.license().env(),
            most_bytes: MAX_INPUT_BYTES,
        }
    }

    /// A revocation list.
    pub(super) const fn list() -> Self {
        Self {
            what: "list",
            variable: super::revocations::VARIABLE,
            most_bytes: MAX_REVOCATIONS_BYTES,
        }
    }
}

/// What was found, nothing of it checked.
pub(super) struct Found {
    pub(super) source: LicenseSource,
    /// The token's text, or why it cannot be read.
    pub(super) text: Result<Vec<u8>, String>,
}

impl TokenSource {
    /// Whether what is there can change while the program runs: in a file, or in one that a variable names.
    pub(super) const fn can_change(&self) -> bool {
        matches!(self, Self::File(_) | Self::Variable)
    }

    /// Looks; what is told of a variable that is passed over goes to `ignored`.
    pub(super) fn look(
        &self,
        sought: &Sought<'_>,
        environment: &Environment,
        ignored: &mut Vec<String>,
    ) -> Option<Found> {
        match self {
            // A flag that is given and blank is how scripts say that there is none.
            Self::Text(text) if text.trim().is_empty() => None,
            Self::Text(text) => Some(Found::text(LicenseSource::Flag, text.as_bytes())),
            Self::File(path) => Some(Found::in_file(path, LicenseSource::Flag, sought)),
            Self::Variable => {
                let variable = Variable::read(sought.variable, environment);
                ignored.extend(variable.ignored());
                let source = |name: &str| LicenseSource::Variable(name.to_owned());
                match (&variable.value, &variable.path) {
                    (Some(text), _) => {
                        let text = text.as_encoded_bytes();
                        Some(Found::text(source(variable.name), text))
                    }
                    (None, Some(path)) => {
                        let named_by = source(&variable.file_name);
                        Some(Found::in_file(Path::new(path), named_by, sought))
                    }
                    (None, None) => None,
                }
            }
        }
    }
}

/// Says the place, never the token.
impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(..)"),
            Self::File(path) if is_like_a_token(path) => f.write_str("File(..)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Variable => f.write_str("Variable"),
        }
    }
}

impl Found {
    fn text(source: LicenseSource, text: &[u8]) -> Self {
        Self {
            source,
            text: Ok(text.to_vec()),
        }
    }

    fn in_file(path: &Path, named_by: LicenseSource, sought: &Sought<'_>) -> Self {
        let file = LicenseSource::File(shown_path(path));
        match read_regular(path, sought.most_bytes) {
            Ok(text) => Self {
                source: file,
                text: Ok(text),
            },
            // I9: what cannot be read is named, and a key must not be.
            Err(_) if is_like_a_token(path) => Self {
                source: named_by,
                text: Err(format!(
                    "it holds a {}, not the path of a file",
                    sought.what
                )),
            },
            Err(error) => Self {
                source: file,
                text: Err(error.to_string()),
            },
        }
    }
}

/// How many characters of a token are enough to know one by.
const TELLING: usize = 16;

/// Whether this is a token, or holds one, where the path of its file belongs: an easy mistake, as the variables' names are so
/// alike. Whoever makes it may have put quotes or an `@` before the token, or lost the end of it.
fn is_like_a_token(path: &Path) -> bool {
    let text = path.as_os_str().as_encoded_bytes().iter();
    let text: Vec<u8> = text
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let of_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let of_three_parts = text.split(|byte| *byte == b'.').count() == 3;
    // `eyJ` is how base64url of `{"` begins.
    (text.starts_with(b"ey") && of_three_parts)
        || text.split(|byte| !of_token(byte)).any(|run| {
            let begins = run.windows(3).position(|here| here == b"eyJ");
            begins.is_some_and(|begins| run.len() - begins >= TELLING)
        })
}
