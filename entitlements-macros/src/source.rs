//! The catalog's file: where it is, what it says, and how the compiler comes to watch it.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The file that `path` means: itself when absolute, else below the calling crate's folder.
pub(crate) fn locate(path: &str, manifest_dir: Option<OsString>) -> Result<PathBuf, String> {
    if path.trim().is_empty() {
        return Err(
            "the catalog's path is empty: name the file, as in `entitlements.toml`".to_owned(),
        );
    }
    if Path::new(path).is_absolute() {
        return Ok(path.into());
    }
    let folder = manifest_dir.ok_or_else(|| {
        format!("`{path}` is relative to `CARGO_MANIFEST_DIR`, which is not set: give an absolute path or build with cargo")
    })?;
    Ok(Path::new(&folder).join(path))
}

pub(crate) fn read(path: &str, file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!(
            "`{path}` is not at `{}`: the path counts from the folder of the crate's `Cargo.toml`",
            file.display()
        ),
        ErrorKind::InvalidData => format!("`{path}` is not TOML: it is not UTF-8 text"),
        _ => format!("cannot read `{}`: {error}", file.display()),
    })
}

/// An item that has the compiler depend on the file, so that a change to it rebuilds the crate.
pub(crate) fn tracked(file: &Path) -> Result<String, String> {
    let file = file.to_str().ok_or_else(|| {
        format!(
            "the path `{}` is not UTF-8, which the compiler needs: move the crate",
            file.display()
        )
    })?;
    Ok(format!(
        "const _: &[u8] = ::core::include_bytes!({file:?});"
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{locate, read, tracked};

    #[test]
    fn a_relative_path_counts_from_the_manifest_and_an_absolute_one_does_not() {
        let located = |path| locate(path, Some("/crates/acme".into())).unwrap();
        assert_eq!(
            located("entitlements.toml"),
            Path::new("/crates/acme/entitlements.toml")
        );
        assert_eq!(
            located("../shared/x.toml"),
            Path::new("/crates/acme/../shared/x.toml")
        );
        #[cfg(unix)]
        assert_eq!(located("/etc/x.toml"), Path::new("/etc/x.toml"));
    }

    #[test]
    fn a_relative_path_without_cargo_is_refused_with_a_way_on() {
        assert!(
            locate("x.toml", None)
                .unwrap_err()
                .contains("give an absolute path")
        );
        assert!(
            locate("  ", Some("/crates/acme".into()))
                .unwrap_err()
                .contains("name the file")
        );
    }

    #[test]
    fn a_missing_file_says_where_it_was_sought() {
        let refusal = read("nowhere.toml", Path::new("/no/such/folder/nowhere.toml")).unwrap_err();
        assert!(
            refusal.contains("`nowhere.toml` is not at `/no/such/folder/nowhere.toml`"),
            "{refusal}"
        );
        assert!(!refusal.contains('\n'));
    }

    #[test]
    fn the_tracking_item_quotes_the_path() {
        assert_eq!(
            tracked(Path::new(r#"C:\a "b"\x.toml"#)).unwrap(),
            r#"const _: &[u8] = ::core::include_bytes!("C:\\a \"b\"\\x.toml");"#
        );
    }
}
