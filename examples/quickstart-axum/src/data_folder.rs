//! What the first start makes, and later starts find.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use entitlements_axum::TrustedKey;
use entitlements_axum::license::SigningKey;

use crate::setup::Failure;

/// The catalog that the first start writes.
const CATALOG: &str = include_str!("entitlements.toml");

/// The folder, and the names of what is in it.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    folder: PathBuf,
}

/// A token, and whether this start made it.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) is_new: bool,
}

impl DataFolder {
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::of_file(folder, &error))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    pub(crate) fn catalog_path(&self) -> PathBuf {
        self.folder.join("entitlements.toml")
    }

    pub(crate) fn token_path(&self) -> PathBuf {
        self.folder.join("admin-token")
    }

    pub(crate) fn private_key_path(&self) -> PathBuf {
        self.folder.join("development-vendor.private.pem")
    }

    fn public_key_path(&self) -> PathBuf {
        self.folder.join("development-vendor.public.pem")
    }

    /// The catalog's path; the file is made where there is none.
    pub(crate) fn catalog(&self) -> Result<PathBuf, Failure> {
        self.keep(&self.catalog_path(), || Ok(CATALOG.into()))?;
        Ok(self.catalog_path())
    }

    /// The public key of the development vendor; the pair is made where there is none.
    ///
    /// Whoever can read this folder can issue licenses for it, which is what development wants and production must not
    /// have: with `--trusted-key` this is never called.
    pub(crate) fn development_vendor(&self) -> Result<TrustedKey, Failure> {
        let path = self.private_key_path();
        let pem = self
            .keep(&path, || {
                Ok(SigningKey::generate().private_key_pem().to_string())
            })?
            .text;
        let key = SigningKey::from_pem(&pem).map_err(|error| Failure::of_file(&path, &error))?;
        self.keep(&self.public_key_path(), || Ok(key.public_key_pem()))?;
        Ok(key.trusted_key().clone())
    }

    /// The admin token; it is made where there is none.
    pub(crate) fn admin_token(&self) -> Result<Token, Failure> {
        let path = self.token_path();
        let token = self.keep(&path, || {
            let mut random = [0; 24];
            getrandom::fill(&mut random).map_err(|error| Failure::of_file(&path, &error))?;
            Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
        })?;
        Ok(Token {
            text: token.text.trim().to_owned(),
            ..token
        })
    }

    /// Reads a file, or makes it with mode 0600. It is complete as soon as it is there: a start that was killed, or
    /// that runs at the same time, leaves no half of one.
    fn keep(
        &self,
        path: &Path,
        make: impl FnOnce() -> Result<String, Failure>,
    ) -> Result<Token, Failure> {
        let failure = |error: std::io::Error| Failure::of_file(path, &error);
        match read(path) {
            Ok(text) => {
                return Ok(Token {
                    text,
                    is_new: false,
                });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failure(error)),
        }
        let text = make()?;
        let new = path.with_extension(format!("new-{}", std::process::id()));
        write_private(&new, &text).map_err(failure)?;
        let linked = fs::hard_link(&new, path);
        fs::remove_file(&new).map_err(failure)?;
        match linked {
            Ok(()) => Ok(Token { text, is_new: true }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Token {
                text: read(path).map_err(failure)?,
                is_new: false,
            }),
            Err(error) => Err(failure(error)),
        }
    }
}

/// Reads a text file, if it is one: a folder or a pipe is an error, not a wait.
fn read(path: &Path) -> std::io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is not a regular file"));
    }
    fs::read_to_string(path)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
