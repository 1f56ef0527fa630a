use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Larger seeds slow the fuzzer down more than they show it.
pub(crate) const MOST_BYTES: usize = 4096;

/// The seeds of one target.
pub(crate) struct Folder {
    path: PathBuf,
    names: BTreeSet<String>,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Ok(Self {
            path: path.to_owned(),
            names: BTreeSet::new(),
        })
    }

    /// Writes a seed, unless it is too large.
    pub(crate) fn add(&mut self, seed: &[u8]) -> io::Result<()> {
        if seed.len() > MOST_BYTES {
            return Ok(());
        }
        let digest = Sha256::digest(seed);
        let name: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        std::fs::write(self.path.join(&name), seed)?;
        self.names.insert(name);
        Ok(())
    }

    pub(crate) fn seeds(&self) -> usize {
        self.names.len()
    }
}
