use std::fmt;

use sha2::{Digest as _, Sha256};

use super::{FingerprintError, InstanceId, InstanceOptions};

/// The salt of engines and command lines that were given none. It is one for all, so that `entitlements fingerprint`
/// and an engine without settings agree.
pub const DEFAULT_SALT: &str = "entitlements";

/// A hash that stands for one installation: 64 lower-case hexadecimal digits.
///
/// It is the SHA-256 of these fields, each written as a netstring (its length in bytes, `:`, itself, `,`), so that no
/// two lists of fields read alike:
///
/// | for | fields |
/// |---|---|
/// | a machine id | `entitlements/fingerprint/1/machine`, the machine id, the host name, the salt |
/// | a stored id | `entitlements/fingerprint/1/stored`, the stored id, the salt |
///
/// Others can compute it as well:
///
/// ```sh
/// printf %s '34:entitlements/fingerprint/1/machine,32:6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8,6:node-1,12:entitlements,' | sha256sum
/// printf %s '33:entitlements/fingerprint/1/stored,32:0f1e2d3c4b5a69788796a5b4c3d2e1f0,10:acme-panel,' | sha256sum
/// ```
///
/// ```
/// use entitlements_core::instance::{DEFAULT_SALT, Fingerprint, InstanceId, MachineId, StoredId};
///
/// let id = MachineId::parse("6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8").ok_or("no id")?;
/// let machine = InstanceId::Machine { id, host_name: "node-1".to_owned() };
/// assert_eq!(
///     Fingerprint::of(&machine, DEFAULT_SALT).as_str(),
///     "b35c04da39813ef457fb57ab92cb1545d60589bce28cbc02bcf7d085205d4bf2",
/// );
///
/// let stored = StoredId::parse("0f1e2d3c4b5a69788796a5b4c3d2e1f0").ok_or("no id")?;
/// assert_eq!(
///     Fingerprint::of(&InstanceId::Stored(stored), "acme-panel").as_str(),
///     "bd96f1aa3c79c734ec16530e1f09058bcf9b4dfe7e1fa71bb8558e0997cb123b",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of the installation that this runs in. Reads files, and may make one: see the [module](super).
    ///
    /// # Errors
    /// As [`InstanceId::of_this_instance`].
    pub fn of_this_instance(options: &InstanceOptions) -> Result<Self, FingerprintError> {
        let id = InstanceId::of_this_instance(options)?;
        Ok(Self::of(&id, &options.salt))
    }

    /// The fingerprint that stands for `id` with this salt.
    #[must_use]
    pub fn of(id: &InstanceId, salt: &str) -> Self {
        match id {
            InstanceId::Machine { id, host_name } => Self::hash(&[
                "entitlements/fingerprint/1/machine",
                id.as_str(),
                host_name,
                salt,
            ]),
            InstanceId::Stored(id) => {
                Self::hash(&["entitlements/fingerprint/1/stored", id.as_str(), salt])
            }
        }
    }

    /// The hexadecimal digits, as the claim `instance` holds them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn hash(fields: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for field in fields {
            hash.update(format!("{}:{field},", field.len()));
        }
        let digest = hash.finalize();
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Fingerprint {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;
    use crate::instance::{InstanceId, MachineId, StoredId};

    const ID: &str = "6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8";

    fn machine(id: &str, host_name: &str, salt: &str) -> Fingerprint {
        let id = MachineId::parse(id).unwrap();
        let host_name = host_name.to_owned();
        Fingerprint::of(&InstanceId::Machine { id, host_name }, salt)
    }

    #[test]
    fn no_character_can_be_moved_from_one_field_to_the_next() {
        assert_ne!(machine("ab", "c", "d"), machine("a", "bc", "d"));
        assert_ne!(machine("a", "bc", "d"), machine("a", "b", "cd"));
        assert_ne!(machine("a", "", "b"), machine("a", "b", ""));
        assert_ne!(machine("a", "1:b,", "c"), machine("a", "1:b", ",c"));
    }

    #[test]
    fn a_stored_id_is_not_a_machine_id_of_the_same_digits() {
        let stored = InstanceId::Stored(StoredId::parse(ID).unwrap());
        assert_ne!(Fingerprint::of(&stored, "s"), machine(ID, "", "s"));
    }

    #[test]
    fn it_is_64_lower_case_digits_in_every_form() {
        let fingerprint = machine(ID, "knoten-ä", "");
        let text = fingerprint.as_str();
        assert_eq!(text.len(), 64);
        assert!(
            text.bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        );
        assert_eq!(fingerprint.to_string(), text);
        assert_eq!(fingerprint.as_ref(), text);
    }
}
