//! What the first start makes, and later starts find.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use entitlements_core::TrustedKey;
use entitlements_core::license::SigningKey;

use crate::failure::Failure;

/// The catalog that the first start writes.
const CATALOG: &str = include_str!("entitlements.toml");

/// Whatever is kept here is far smaller; whatever is larger is not what was made here.
const MOST_BYTES: u64 = 64 * 1024;

/// The folder, and the names of what is in it.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    folder: PathBuf,
}

/// What a file holds, and whether this start made it.
pub(crate) struct Kept {
    pub(crate) text: String,
    pub(crate) is_new: bool,
}

impl DataFolder {
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(folder)
            .map_err(|error| Failure::of_file(folder, &error))?;
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
        let path = self.catalog_path();
        // What is there is the engine's to read, and to refuse.
        if fs::symlink_metadata(&path).is_err() {
            self.keep(&path, || Ok(CATALOG.into()))?;
        }
        Ok(path)
    }

    /// The public key of the development vendor; the pair is made where there is none.
    ///
    /// Whoever can read this folder can issue licenses for it, which is what development wants and production must not
    /// have: with `--trusted-key` this is never called.
    pub(crate) fn development_vendor(&self) -> Result<TrustedKey, Failure> {
        let path = self.private_key_path();
        let pem = self
            .keep(&path, || {
                let key = SigningKey::generate();
                let key = key.map_err(|error| Failure::of_file(&path, &error))?;
                Ok(key.private_key_pem().to_string())
            })?
            .text;
        let key = SigningKey::from_pem(&pem).map_err(|error| Failure::of_key(&path, &error))?;
        let path = self.public_key_path();
        let pem = self.keep(&path, || Ok(key.public_key_pem()))?.text;
        let public = TrustedKey::from_pem(pem).map_err(|error| Failure::of_key(&path, &error))?;
        if public == *key.trusted_key() {
            Ok(public)
        } else {
            let why = "not the public half of the private key beside it; remove it to have that made again";
            Err(Failure::of_file(&path, &why))
        }
    }

    /// The admin token; it is made where there is none.
    pub(crate) fn admin_token(&self) -> Result<Kept, Failure> {
        let path = self.token_path();
        let token = self.keep(&path, || random_hex(&path))?;
        Ok(Kept {
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
    ) -> Result<Kept, Failure> {
        let failure = |error: io::Error| Failure::of_file(path, &error);
        match read(path) {
            Ok(text) => {
                return Ok(Kept {
                    text,
                    is_new: false,
                });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failure(error)),
        }
        let text = make()?;
        // Random: in a container every start has the same process id, and what a killed one left must not be in the way.
        let new = path.with_extension(format!("new-{}", random_hex(path)?));
        let linked = write_private(&new, &text).and_then(|()| fs::hard_link(&new, path));
        // Also of a file that could not be written whole. If that fails the file stays, and harms nobody.
        let _ = fs::remove_file(&new);
        match linked {
            Ok(()) => Ok(Kept { text, is_new: true }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Kept {
                text: read(path).map_err(failure)?,
                is_new: false,
            }),
            Err(error) => Err(failure(error)),
        }
    }
}

fn random_hex(what_for: &Path) -> Result<String, Failure> {
    let mut random = [0; 24];
    getrandom::fill(&mut random).map_err(|error| Failure::of_file(what_for, &error))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Reads a text file, if it is one: a folder or a pipe is an error, not a wait.
fn read(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    let mut file = File::open(path)?.take(MOST_BYTES + 1);
    file.read_to_string(&mut text)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidData => io::Error::other("it is not text"),
            _ => error,
        })?;
    if text.len() as u64 > MOST_BYTES {
        return Err(io::Error::other("it is larger than 64 KiB"));
    }
    Ok(text)
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
