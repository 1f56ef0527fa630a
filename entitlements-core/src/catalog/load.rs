//! The ways in: text, files and code, all to the same checks.

use std::io::ErrorKind;
use std::path::Path;

use super::Catalog;
use super::check::check;
use super::document::{self, Node};
use super::error::{CatalogError, Mistake};
use crate::files::{Unreadable, read_regular};

/// No catalog that people wrote is larger, and checking one takes time for every byte.
const MAX_BYTES: usize = 1 << 20;

type Reader = fn(&str) -> Result<Node, Vec<Mistake>>;

impl Catalog {
    /// Reads a catalog from TOML.
    ///
    /// # Errors
    /// When the text is over 1 MiB, is not TOML, or breaks a rule of `spec/catalog.md`; the error holds every mistake
    /// with its line.
    pub fn from_toml(text: &str) -> Result<Self, CatalogError> {
        read(text.as_bytes(), document::read_toml)
    }

    /// Reads a catalog from JSON, which has the same shape as the TOML.
    ///
    /// ```
    /// use entitlements_core::Catalog;
    ///
    /// let catalog = Catalog::from_json(r#"{
    ///     "schema": 1,
    ///     "product": {"name": "Acme Panel", "default_plan": "community"},
    ///     "plans": {"community": {}}
    /// }"#)?;
    /// assert_eq!(catalog.plan_at(catalog.default_plan()).name(), "community");
    ///
    /// let error = Catalog::from_json(r#"{"schema": 2}"#).unwrap_err();
    /// assert!(error.to_string().contains("/schema: `schema` must be the integer 1, not `2`"));
    /// # Ok::<(), entitlements_core::CatalogError>(())
    /// ```
    ///
    /// # Errors
    /// When the text is over 1 MiB, is not UTF-8 or not JSON, has duplicate members, or breaks a rule of
    /// `spec/catalog.md`; the error holds every mistake with its JSON pointer.
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self, CatalogError> {
        read(text.as_ref(), document::read_json)
    }

    /// Reads a catalog from a file whose name ends in `.toml` or `.json`.
    ///
    /// # Errors
    /// When the file is not a regular one of at most 1 MiB that can be read, has another ending, or does not hold a
    /// catalog; the error names the file.
    pub fn read_file(path: impl AsRef<Path>) -> Result<Self, CatalogError> {
        let path = path.as_ref();
        read_path(path).map_err(|error| error.in_file(path))
    }
}

fn read_path(path: &Path) -> Result<Catalog, CatalogError> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    let reader: Reader = match extension.to_ascii_lowercase().as_str() {
        "toml" => document::read_toml,
        "json" => document::read_json,
        _ => {
            return Err(CatalogError::whole(
                "a catalog's file name must end in `.toml` or `.json`",
            ));
        }
    };
    let bytes = read_regular(path, MAX_BYTES).map_err(|error| unreadable(&error))?;
    read(&bytes, reader)
}

fn unreadable(error: &Unreadable) -> CatalogError {
    let advice = match error {
        Unreadable::Folder => "this is a directory, name the file in it",
        Unreadable::NotRegular => "this is not a regular file, copy the catalog into one",
        Unreadable::TooLarge { .. } => return too_large(),
        Unreadable::Io(error) => match error.kind() {
            ErrorKind::NotFound => "there is no such file, check the path",
            ErrorKind::PermissionDenied => "reading it is not permitted, check its owner and mode",
            _ => return CatalogError::whole(format!("the file cannot be read: {error}")),
        },
    };
    CatalogError::whole(advice)
}

fn read(bytes: &[u8], reader: Reader) -> Result<Catalog, CatalogError> {
    if bytes.len() > MAX_BYTES {
        return Err(too_large());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes
            .iter()
            .take(error.valid_up_to())
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        CatalogError::whole(format!("not utf-8 text (line {line}), save it as utf-8"))
    })?;
    check(&reader(text).map_err(CatalogError::new)?, text)
}

fn too_large() -> CatalogError {
    CatalogError::whole("larger than 1 MiB, the most that a catalog may be")
}
