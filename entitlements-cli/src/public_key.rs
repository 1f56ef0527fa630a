//! `--public-key`: which keys are trusted.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use entitlements_core::license::{KeyError, LicenseVerifier, TrustedKey};

use crate::failure::Failure;
use crate::files::read_key_file;
use crate::input::path_of;
use crate::quote::{self, quoted};

/// One `--public-key PATH` or `--public-key KID=PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    kid: Option<String>,
    path: PathBuf,
}

impl Named {
    /// What begins with `/` or `.` is a path, whatever follows, and so is what as a whole is the path of a file; else a `kid`
    /// ends at the first `=`.
    fn parse(argument: &OsStr) -> Self {
        let bytes = argument.as_encoded_bytes();
        let equals = bytes.iter().position(|byte| *byte == b'=');
        let is_path = matches!(bytes, [b'/' | b'.', ..]) || Path::new(argument).is_file();
        let split = equals.filter(|_| !is_path);
        let parts = split.and_then(|at| Some((bytes.get(..at)?, bytes.get(at + 1..)?)));
        match parts.and_then(|(kid, path)| Some((String::from_utf8(kid.to_vec()).ok()?, path))) {
            Some((kid, path)) => Self {
                kid: Some(kid),
                path: path_of(path),
            },
            None => Self {
                kid: None,
                path: argument.into(),
            },
        }
    }

    fn read(&self) -> Result<TrustedKey, Failure> {
        let bytes = read_key_file(&self.path).map_err(|why| {
            let message = format!(
                "cannot read the public key {}: {why}",
                quote::path(&self.path)
            );
            Failure::usage(
                "public_key",
                message,
                "name the `.public.pem` file that `keygen` wrote",
            )
        })?;
        let key = TrustedKey::from_bytes(bytes).map_err(|error| refused(&self.path, &error))?;
        match &self.kid {
            Some(kid) => key
                .with_kid(kid)
                .map_err(|error| refused(&self.path, &error)),
            None => Ok(key),
        }
    }
}

/// A verifier that trusts the keys that the arguments name.
pub(crate) fn verifier<'a>(
    arguments: impl IntoIterator<Item = &'a OsStr>,
) -> Result<LicenseVerifier, Failure> {
    let keys: Result<Vec<TrustedKey>, Failure> = arguments
        .into_iter()
        .map(|argument| Named::parse(argument).read())
        .collect();
    LicenseVerifier::new(keys?).map_err(|error| {
        let message = match &error {
            KeyError::DuplicateKeyId(kid) => {
                format!("two public keys have the `kid` {}", quoted(kid))
            }
            error => error.to_string(),
        };
        Failure::usage(
            "public_key",
            message,
            "name one of them otherwise, as `--public-key KID=PATH`",
        )
    })
}

fn refused(path: &Path, error: &KeyError) -> Failure {
    let message = format!("cannot use {} as a public key: {error}", quote::path(path));
    let action = match error {
        KeyError::EmptyKeyId => "write something before the `=`, or leave it out",
        _ => {
            "name one public key: the `.public.pem` that `keygen` wrote, or PEM, DER, JWK or 32 raw bytes"
        }
    };
    Failure::usage("public_key", message, action)
}

#[cfg(test)]
mod tests {
    use super::Named;
    use std::ffi::OsStr;

    #[test]
    fn a_kid_ends_at_the_first_equals_sign_unless_it_is_plainly_a_path() {
        for (argument, kid, path) in [
            ("acme.public.pem", None, "acme.public.pem"),
            ("2026=acme.pem", Some("2026"), "acme.pem"),
            ("2026=a=b.pem", Some("2026"), "a=b.pem"),
            ("=acme.pem", Some(""), "acme.pem"),
            ("./a=b.pem", None, "./a=b.pem"),
            ("/keys/a=b.pem", None, "/keys/a=b.pem"),
        ] {
            let named = Named::parse(OsStr::new(argument));
            assert_eq!(
                (named.kid.as_deref(), named.path.to_str()),
                (kid, Some(path)),
                "{argument}"
            );
        }
    }
}
