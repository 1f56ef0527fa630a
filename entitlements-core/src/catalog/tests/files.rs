use std::fs;
use std::path::PathBuf;

use super::GOOD;
use crate::catalog::{Catalog, Place};

/// A directory of one test's own, removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!(
            "entitlements-catalog-{test}-{}",
            std::process::id()
        ));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn c1_a_file_is_read_by_its_ending() {
    let folder = Folder::new("ending");
    let toml = Catalog::read_file(folder.file("a.toml", GOOD)).unwrap();
    assert_eq!(toml, Catalog::from_toml(GOOD).unwrap());
    let json = r#"{"schema":1,"product":{"name":"A","default_plan":"a"},"plans":{"a":{}}}"#;
    assert!(Catalog::read_file(folder.file("a.JSON", json)).is_ok());
}

#[test]
fn c1_what_is_no_catalog_file_is_refused_by_name() {
    let folder = Folder::new("refused");
    let large = vec![b'#'; (1 << 20) + 1];
    for (path, fragment) in [
        (
            folder.0.join("missing.toml"),
            "there is no such file, check the path",
        ),
        (
            folder.0.clone(),
            "a catalog's file name must end in `.toml` or `.json`",
        ),
        (
            folder.file("a.yaml", GOOD),
            "a catalog's file name must end in `.toml` or `.json`",
        ),
        (
            folder.file("latin1.toml", b"schema = 1\n# \xe9\n"),
            "not utf-8 text (line 2), save it as utf-8",
        ),
        (folder.file("large.toml", &large), "larger than 1 MiB"),
    ] {
        let error = Catalog::read_file(&path).unwrap_err();
        assert_eq!(error.path(), Some(path.as_path()));
        assert_eq!(error.mistakes()[0].place(), &Place::Whole);
        assert_eq!(
            error.to_string(),
            format!("{}: {}", path.display(), error.mistakes()[0].message())
        );
        assert!(error.to_string().contains(fragment), "{error}");
    }
    let directory = folder.0.join("dir.toml");
    fs::create_dir(&directory).unwrap();
    let error = Catalog::read_file(&directory).unwrap_err().to_string();
    assert!(
        error.ends_with("this is a directory, name the file in it"),
        "{error}"
    );

    let error = Catalog::read_file(folder.file("b.toml", "schema = 2"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("b.toml: line 1, column 10: `schema` must be"),
        "{error}"
    );
}

#[test]
#[cfg(unix)]
fn c1_a_device_is_refused_unread() {
    let folder = Folder::new("device");
    let path = folder.0.join("endless.toml");
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    let error = Catalog::read_file(&path).unwrap_err().to_string();
    assert!(error.contains("this is not a regular file"), "{error}");
}

#[test]
fn c1_text_has_a_size_and_an_encoding() {
    let most = format!("{GOOD}{}", " ".repeat((1 << 20) - GOOD.len()));
    assert!(Catalog::from_toml(&most).is_ok());
    let error = Catalog::from_toml(&(most + " ")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the catalog: larger than 1 MiB, the most that a catalog may be"
    );
    let error = Catalog::from_json(b"\n\xff").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the catalog: not utf-8 text (line 2), save it as utf-8"
    );
}
