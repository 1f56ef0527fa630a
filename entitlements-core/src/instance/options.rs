use std::path::PathBuf;

use super::{DEFAULT_SALT, Machine};

/// How the fingerprint of this instance is made: the salt, the data folder, and the machine. See the
/// [module](super) for what each does.
#[derive(Debug, Clone)]
#[must_use]
pub struct InstanceOptions {
    pub(super) salt: String,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) machine: Machine,
}

impl InstanceOptions {
    /// This machine, [`DEFAULT_SALT`] and no data folder: what `entitlements fingerprint` without arguments uses.
    pub fn new() -> Self {
        Self {
            salt: DEFAULT_SALT.to_owned(),
            data_dir: None,
            machine: Machine::this(),
        }
    }

    /// Sets the salt. With one of its own a vendor's fingerprints cannot be matched with another vendor's; changing it
    /// changes every fingerprint, and so unbinds every bound license.
    pub fn salt(mut self, salt: impl Into<String>) -> Self {
        self.salt = salt.into();
        self
    }

    /// Names the folder whose `instance-id` stands in for a missing machine id.
    pub fn data_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(folder.into());
        self
    }

    /// Replaces the machine that this runs on with one that a test describes.
    pub fn machine(mut self, machine: Machine) -> Self {
        self.machine = machine;
        self
    }
}

impl Default for InstanceOptions {
    fn default() -> Self {
        Self::new()
    }
}
