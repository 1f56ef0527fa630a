//! How a database is named: a path, or a URL as `DATABASE_URL` has it.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::{StoreError, StoreErrorKind};

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) path: PathBuf,
    pub(super) if_missing: IfMissing,
}

/// What becomes of a database that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfMissing {
    Make,
    Refuse,
}

impl Address {
    /// What stands for a password in a URL of another kind is not repeated.
    pub(super) fn parse(database: &OsStr) -> Result<Self, StoreError> {
        if database.is_empty() {
            return Err(wrong("no database is named"));
        }
        let Some(text) = database.to_str() else {
            return Ok(Self::at(database.into()));
        };
        match scheme(text) {
            None if is_neither(text) => Err(wrong(
                "it is neither a URL nor a path; before a path with a colon write `./`",
            )),
            None => Ok(Self::at(database.into())),
            Some(("sqlite", rest)) => Self::from_url(rest),
            Some((other, _)) => Err(wrong(format_args!(
                "databases of the kind `{other}` cannot be opened by this version"
            ))),
        }
    }

    const fn at(path: PathBuf) -> Self {
        Self {
            path,
            if_missing: IfMissing::Make,
        }
    }

    /// What follows `sqlite:`. `//` is no part of the path, so that `sqlite://data.db` is beside the program and
    /// `sqlite:///data.db` is not, as sqlx has it.
    fn from_url(rest: &str) -> Result<Self, StoreError> {
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        if path.is_empty() {
            return Err(wrong("the URL `sqlite:` names no file"));
        }
        if path == ":memory:" {
            return Err(wrong(
                "a database in memory (`:memory:`) is gone when the process ends",
            ));
        }
        let path = percent_decoded(path).ok_or_else(|| {
            wrong("the path of the `sqlite:` URL has a `%` that does not stand for a byte")
        })?;
        let mut address = Self::at(path.into());
        for parameter in parameters.split('&').filter(|part| !part.is_empty()) {
            address.if_missing = match parameter {
                "mode=rwc" => IfMissing::Make,
                "mode=rw" => IfMissing::Refuse,
                _ => {
                    let name = parameter.split('=').next().unwrap_or_default();
                    return Err(wrong(format_args!(
                        "the `sqlite:` URL has the parameter `{}`, and only `mode=rwc` and `mode=rw` can be there",
                        name.escape_debug()
                    )));
                }
            };
        }
        Ok(address)
    }
}

fn wrong(cause: impl std::fmt::Display) -> StoreError {
    StoreError::new(StoreErrorKind::Address, cause)
}

/// The scheme of a URL and what follows it. One letter is a drive, and what is no scheme is part of a path.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme.then_some((scheme, rest))
}

/// Whether a colon makes it look like a URL of no kind that there is: a file of such a name would be made by mistake, and what was typed
/// may be a secret.
fn is_neither(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(before, _)| before.len() > 1 && !before.starts_with(['.', '/']))
}

/// None where a `%` is not followed by two hexadecimal digits, or stands for what no path has.
fn percent_decoded(text: &str) -> Option<OsString> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(
            u8::try_from(high * 16 + low)
                .ok()
                .filter(|byte| *byte != 0)?,
        );
    }
    String::from_utf8(bytes).ok().map(OsString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(database: &str) -> Result<(String, IfMissing), StoreError> {
        let address = Address::parse(database.as_ref())?;
        Ok((
            address.path.to_str().unwrap().to_owned(),
            address.if_missing,
        ))
    }

    #[test]
    fn paths_and_urls_name_files() {
        use IfMissing::{Make, Refuse};
        for (database, path, if_missing) in [
            ("data.db", "data.db", Make),
            ("/var/lib/acme/data.db", "/var/lib/acme/data.db", Make),
            (r"C:\acme\data.db", r"C:\acme\data.db", Make),
            ("./10:30.db", "./10:30.db", Make),
            ("100%.db", "100%.db", Make),
            ("sqlite:data.db", "data.db", Make),
            ("sqlite://data.db", "data.db", Make),
            ("sqlite:/srv/data.db", "/srv/data.db", Make),
            ("sqlite:///srv/data.db", "/srv/data.db", Make),
            ("sqlite:///srv/a%20b%3F.db?mode=rwc", "/srv/a b?.db", Make),
            ("sqlite:data.db?mode=rw", "data.db", Refuse),
        ] {
            assert_eq!(
                parsed(database),
                Ok((path.to_owned(), if_missing)),
                "{database}"
            );
        }
    }

    #[test]
    fn what_names_no_file_is_told_without_its_password() {
        for (database, said) in [
            ("", "no database is named"),
            ("sqlite:", "names no file"),
            ("sqlite://?mode=rwc", "names no file"),
            ("sqlite::memory:", "gone when the process ends"),
            ("sqlite:a%2.db", "does not stand for a byte"),
            ("sqlite:a%00.db", "does not stand for a byte"),
            ("sqlite:a%ff.db", "does not stand for a byte"),
            ("sqlite:a.db?mode=ro", "only `mode=rwc` and `mode=rw`"),
            ("sqlite:a.db?key=hunter2", "the parameter `key`"),
            ("postgres://acme:hunter2@db/acme", "of the kind `postgres`"),
            ("mysql:acme", "of the kind `mysql`"),
            ("10:30.db", "neither a URL nor a path"),
            ("hunter2+/==:db", "neither a URL nor a path"),
            ("file:data.db", "of the kind `file`"),
            ("https://acme:hunter2@example.test/", "of the kind `https`"),
        ] {
            let error = parsed(database).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Address);
            assert!(error.cause().contains(said), "{database}: {error}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
