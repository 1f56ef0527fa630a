//! Which installation this is: a fingerprint that a license can be bound to (claim `instance`).
//!
//! 1. The machine has an id: the fingerprint is the SHA-256 of that id, the host name and a salt.
//! 2. It has none, and there is a data folder: the SHA-256 of a random id stored there, and the salt. The id is made on
//!    first use.
//! 3. Neither: an error that says what to do.
//!
//! ```
//! use entitlements_core::instance::{Fingerprint, InstanceOptions, Machine};
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! // A machine with an id. Leave out `machine` for the one that this runs on.
//! let server = Machine::of("6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8", "node-1");
//! let options = InstanceOptions::new().salt("acme-panel").machine(server);
//! let fingerprint = Fingerprint::of_this_instance(&options)?;
//! assert_eq!(fingerprint.as_str().len(), 64);
//!
//! // A container without one: the same after a rebuild, under whatever host name, for the folder is on a volume.
//! let first = InstanceOptions::new().machine(Machine::of("", "3f1c9a7be2d4")).data_dir(folder);
//! let rebuilt = InstanceOptions::new().machine(Machine::of("", "b07d55a1c9e3")).data_dir(folder);
//! assert_eq!(Fingerprint::of_this_instance(&first)?, Fingerprint::of_this_instance(&rebuilt)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # In containers
//! Most images have no machine id, and a container's host name is another one after each rebuild. So give the engine a
//! data folder on a volume: the stored id is what the fingerprint is made of then, and the host name is left out.
//! Where `/etc/machine-id` of the host is mounted into the container, rule 1 holds: fix the host name too (`hostname:`
//! in a compose file), or the fingerprint changes with it. A machine id that was baked into an image is the same in all
//! its containers; empty the file when the image is built. Whoever copies the data folder copies the stored id.
//!
//! # Privacy
//! Nothing is read until a fingerprint is asked for, and then only this:
//!
//! | what | where |
//! |---|---|
//! | the machine id | Linux: `/etc/machine-id`, else `/var/lib/dbus/machine-id`; macOS: `gethostuuid`; Windows: `MachineGuid` in the registry; BSD: `/etc/hostid`, else `kenv smbios.system.uuid`; illumos: `gethostid` |
//! | the host name | `uname`, or `GetComputerNameExW` on Windows; only where there is a machine id |
//! | the stored id | `instance-id` in the data folder; only where there is no machine id |
//!
//! Machine id, host name and stored id stay in the process: they are in no message, log or `Debug`, and the fingerprint
//! is a hash of them. Nothing is sent anywhere. With a salt of its own a vendor's fingerprints cannot be matched with
//! another vendor's.
//!
//! Reading is blocking, and short; call it where blocking is allowed.

mod error;
mod fingerprint;
mod instance_id;
mod machine;
mod machine_id;
mod options;
mod stored_id;

pub use error::FingerprintError;
pub use fingerprint::{DEFAULT_SALT, Fingerprint};
pub use instance_id::InstanceId;
pub use machine::Machine;
pub use machine_id::MachineId;
pub use options::InstanceOptions;
pub use stored_id::StoredId;
