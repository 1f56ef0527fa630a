use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use super::beat::{hashed, is_hex};

const FILE: &str = "cluster-id";
const DIGITS: usize = 32;

/// Which deployment beats, as a number that says nothing of it: so that a vendor can tell two deployments with one license from one
/// that beats twice.
#[derive(Clone, PartialEq, Eq)]
pub struct ClusterId(String);

/// Why there is no cluster id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterIdError {
    /// The file holds something else. It is left as it is.
    #[error(
        "`{path}` is no cluster id: restore it from a backup, or remove it and be counted as a new deployment"
    )]
    Damaged {
        /// Which file.
        path: String,
    },
    /// The file cannot be read or made.
    #[error("`{path}`: {cause}")]
    File {
        /// Which file.
        path: String,
        /// What the operating system says.
        cause: String,
    },
    /// The system has no randomness.
    #[error("the system has no randomness")]
    NoRandomness,
}

impl ClusterId {
    /// The random id in the file `cluster-id` of a folder, made where it is not there. Several processes that share the folder are one
    /// deployment. In a container it must be on a volume, or each rebuild is counted as a new one.
    ///
    /// # Errors
    /// Where the file holds something else, or cannot be read or made.
    pub fn in_folder(folder: impl AsRef<Path>) -> Result<Self, ClusterIdError> {
        let folder = folder.as_ref();
        let path = folder.join(FILE);
        let failed = |error: &io::Error| ClusterIdError::File {
            path: shown(&path),
            cause: error.to_string(),
        };
        if let Some(text) = read(&path).map_err(|error| failed(&error))? {
            return Self::of_file(&text, &path);
        }
        let made = Self(random()?);
        match place(folder, &path, &made.0) {
            Ok(()) => Ok(made),
            // Another process was first.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let text = read(&path).map_err(|error| failed(&error))?;
                Self::of_file(&text.unwrap_or_default(), &path)
            }
            Err(error) => Err(failed(&error)),
        }
    }

    /// An id from the deployment's own, for nodes that share no folder. Only a hash of it is sent.
    #[must_use]
    pub fn of_deployment(deployment_id: &str) -> Self {
        let mut hash = hashed("entitlements-heartbeat-cluster", deployment_id);
        hash.truncate(DIGITS);
        Self(hash)
    }

    /// 32 digits in hex.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of_file(text: &str, path: &Path) -> Result<Self, ClusterIdError> {
        let id = text.trim_end();
        if is_hex(id, DIGITS) {
            Ok(Self(id.to_owned()))
        } else {
            Err(ClusterIdError::Damaged { path: shown(path) })
        }
    }
}

impl fmt::Debug for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClusterId").field(&self.0).finish()
    }
}

fn random() -> Result<String, ClusterIdError> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|_| ClusterIdError::NoRandomness)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bits)))
}

fn shown(path: &Path) -> String {
    path.display().to_string().escape_debug().to_string()
}

/// What the file says, if it is there. A pipe is not waited for and a link not followed.
fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.is_file() => {
            return Err(io::Error::other("it is not a regular file"));
        }
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut bytes)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Makes the file whole, or not at all where one is there.
fn place(folder: &Path, path: &Path, id: &str) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let unfinished = folder.join(format!("{FILE}.new-{id}"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&unfinished).and_then(|mut file| {
        writeln!(file, "{id}")?;
        file.sync_all()
    });
    let placed = written.and_then(|()| fs::hard_link(&unfinished, path));
    let _ = fs::remove_file(&unfinished);
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_id_whoever_asks_first() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("made");
        let ids: Vec<_> = std::thread::scope(|scope| {
            let asking = || scope.spawn(|| ClusterId::in_folder(&folder).unwrap());
            let asked: Vec<_> = (0..8).map(|_| asking()).collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
        assert!(is_hex(ids[0].as_str(), 32));
        let other = tempfile::tempdir().unwrap();
        assert_ne!(ClusterId::in_folder(other.path()).unwrap(), ids[0]);
        let files = fs::read_dir(&folder).unwrap().count();
        assert_eq!(files, 1, "nothing is left behind");
    }

    #[test]
    fn what_is_damaged_is_said_and_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        for damage in ["", "abc", "0123456789ABCDEF0123456789ABCDEF", "\u{0}\u{0}"] {
            fs::write(&file, damage).unwrap();
            let error = ClusterId::in_folder(folder.path()).unwrap_err();
            assert!(matches!(error, ClusterIdError::Damaged { .. }), "{damage}");
            assert_eq!(fs::read_to_string(&file).unwrap(), damage);
        }
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        let error = ClusterId::in_folder(folder.path()).unwrap_err();
        assert!(matches!(error, ClusterIdError::File { .. }));
    }

    #[test]
    fn nodes_with_one_deployment_id_are_one_cluster() {
        let id = ClusterId::of_deployment("acme-prod");
        assert_eq!(id, ClusterId::of_deployment("acme-prod"));
        assert_ne!(id, ClusterId::of_deployment("acme-test"));
        assert!(is_hex(id.as_str(), 32));
    }
}
