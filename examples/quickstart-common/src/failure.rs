//! Why the start ends, in one line that shows no key.

use std::fmt;
use std::path::Path;

use entitlements_core::license::KeyError;

const HIDDEN: &str = "(a key, not shown)";

/// How much of a path is repeated.
const LONGEST_PATH: usize = 256;

/// Why the start ends, in one line.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// Several lines become one: the first, and how many more there are.
    pub(crate) fn new(cause: impl AsRef<str>) -> Self {
        let mut lines = cause.as_ref().lines();
        let first = lines.next().unwrap_or_default();
        Self(match lines.count() {
            0 => first.to_owned(),
            more => format!("{first} (and {more} more; `entitlements catalog check` lists them)"),
        })
    }

    pub(crate) fn of_file(path: &Path, cause: &dyn fmt::Display) -> Self {
        Self::new(format!("`{}`: {cause}", shown(path)))
    }

    /// A catalog's mistakes, which name the file themselves.
    pub(crate) fn of_catalog(path: &Path, mistakes: &dyn fmt::Display) -> Self {
        let typed = path.display().to_string();
        Self::new(mistakes.to_string().replace(&typed, &shown(path)))
    }

    pub(crate) fn of_key(path: &Path, error: &KeyError) -> Self {
        match error {
            KeyError::File { cause, .. } => Self::of_file(path, cause),
            error => Self::of_file(path, error),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A path on one line. What was typed where a path belongs may be a key.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if is_key(&text) {
        return HIDDEN.into();
    }
    let plain = text.chars().take(LONGEST_PATH);
    let mut shown: String = plain
        .map(|c| match c {
            c if c.is_control() => c.escape_unicode().to_string(),
            c => c.to_string(),
        })
        .collect();
    if text.chars().nth(LONGEST_PATH).is_some() {
        shown.push('…');
    }
    shown
}

/// `eyJ` is how a license key begins, `-----BEGIN` how a key file does.
pub(crate) fn is_key(text: &str) -> bool {
    let license = text.split_once("eyJ");
    license.is_some_and(|(_, rest)| rest.len() > 32 && rest.contains('.'))
        || text.contains("-----BEGIN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_without_keys() {
        let file = |path: &str| Failure::of_file(Path::new(path), &"cannot").to_string();
        assert_eq!(file("a/b.pem"), "`a/b.pem`: cannot");
        assert_eq!(file("a\nb\u{1b}"), "`a\\u{a}b\\u{1b}`: cannot");
        let key = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJBY21lIn0.c2lnbmF0dXJl";
        assert_eq!(file(key), "`(a key, not shown)`: cannot");
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4C";
        assert_eq!(file(pem), "`(a key, not shown)`: cannot");
        assert!(file(&"x".repeat(10_000)).len() < 300);
    }
}
