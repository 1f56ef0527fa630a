use std::fmt;

use super::{FingerprintError, InstanceOptions, MachineId, StoredId};

/// What tells this installation from all others, before it is hashed.
#[derive(Clone, PartialEq, Eq)]
pub enum InstanceId {
    /// The machine's id, and its name.
    Machine {
        /// The id of the machine.
        id: MachineId,
        /// Its host name: clones of a machine that kept its id mostly have names of their own.
        host_name: String,
    },
    /// A stored random id. There is no host name here: a container's changes at each rebuild, while its volume stays.
    Stored(StoredId),
}

impl InstanceId {
    /// Finds out which installation this is: the machine id, else the stored id of the data folder, made if missing.
    ///
    /// # Errors
    /// When there is no machine id and no data folder, or when the one that counts cannot be read or made. An id that
    /// cannot be read is never passed over for another.
    pub fn of_this_instance(options: &InstanceOptions) -> Result<Self, FingerprintError> {
        if let Some(id) = options.machine.id()? {
            let host_name = options.machine.host_name();
            return Ok(Self::Machine { id, host_name });
        }
        match &options.data_dir {
            Some(folder) => StoredId::of_folder(folder).map(Self::Stored),
            None => Err(FingerprintError::NoId),
        }
    }
}

/// Which kind it is, and not the id.
impl fmt::Debug for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Machine { .. } => "InstanceId::Machine",
            Self::Stored(_) => "InstanceId::Stored",
        };
        f.debug_struct(kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::instance::{
        DEFAULT_SALT, Fingerprint, FingerprintError, InstanceId, InstanceOptions, Machine, StoredId,
    };

    const ID: &str = "6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8";

    fn options(id: &str, host_name: &str) -> InstanceOptions {
        InstanceOptions::new().machine(Machine::of(id, host_name))
    }

    fn fingerprint(options: &InstanceOptions) -> Fingerprint {
        Fingerprint::of_this_instance(options).unwrap()
    }

    #[test]
    fn a_machine_id_counts_before_a_folder_and_leaves_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let without = options(ID, "node-1");
        let with = without.clone().data_dir(folder.path());
        assert_eq!(fingerprint(&without), fingerprint(&with));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn machine_id_host_name_and_salt_each_make_another_fingerprint() {
        let base = fingerprint(&options(ID, "node-1"));
        let explicit = options(ID, "node-1").salt(DEFAULT_SALT);
        assert_eq!(base, fingerprint(&explicit));
        for other in [
            options("7b3e4cd01f0f4b1c9a3f5a1be0c2d4e8", "node-1"),
            options(ID, "node-2"),
            options(ID, "node-1").salt("acme-panel"),
            options(ID, "node-1").salt(""),
        ] {
            assert_ne!(base, fingerprint(&other));
        }
    }

    #[test]
    fn a_stored_id_survives_a_rebuild_under_another_host_name() {
        let volume = tempfile::tempdir().unwrap();
        let run = |none: &str, host_name: &str| {
            fingerprint(&options(none, host_name).data_dir(volume.path()))
        };
        let first = run("", "3f1c9a7be2d4");
        assert_eq!(first, run("uninitialized\n", "b07d55a1c9e3"));
        let other = tempfile::tempdir().unwrap();
        let elsewhere = options("", "3f1c9a7be2d4").data_dir(other.path());
        assert_ne!(first, fingerprint(&elsewhere));
        let salted = options("", "x").data_dir(volume.path()).salt("acme-panel");
        assert_ne!(first, fingerprint(&salted));
    }

    #[test]
    fn without_either_the_error_says_what_to_do() {
        let error = Fingerprint::of_this_instance(&options("", "node-1")).unwrap_err();
        assert_eq!(error, FingerprintError::NoId);
        let said = error.to_string();
        assert!(
            said.contains("data folder") && said.contains("/etc/machine-id"),
            "{said}"
        );
    }

    #[test]
    fn a_broken_stored_id_is_an_error_also_where_another_could_be_made() {
        let volume = tempfile::tempdir().unwrap();
        let file = volume.path().join("instance-id");
        std::fs::write(&file, "").unwrap();
        let options = options("", "node-1").data_dir(volume.path());
        let error = Fingerprint::of_this_instance(&options).unwrap_err();
        assert!(matches!(error, FingerprintError::StoredIdForm { .. }));
        assert_eq!(std::fs::read(&file).unwrap(), b"");
    }

    #[test]
    fn i9_debug_shows_no_id() {
        let stored = StoredId::parse(ID).unwrap();
        let machine = InstanceId::of_this_instance(&options(ID, "node-1")).unwrap();
        let shown = format!("{machine:?} {:?} {stored:?}", options(ID, "node-1"));
        assert!(!shown.contains(ID) && !shown.contains("node-1"), "{shown}");
    }
}
