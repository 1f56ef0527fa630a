use std::fmt;

use super::{FingerprintError, MachineId};

/// Where machine id and host name come from: this machine, or one that a test describes.
#[derive(Clone, Default)]
pub struct Machine {
    source: Source,
}

#[derive(Clone, Default)]
enum Source {
    #[default]
    ThisMachine,
    Described {
        id: Option<MachineId>,
        host_name: String,
    },
}

impl Machine {
    /// The machine that this runs on. Nothing is read until a fingerprint is asked for.
    #[must_use]
    pub const fn this() -> Self {
        Self {
            source: Source::ThisMachine,
        }
    }

    /// A machine that says this of itself; an `id` that is none (see [`MachineId::parse`]) makes one without.
    #[must_use]
    pub fn of(id: &str, host_name: impl Into<String>) -> Self {
        let (id, host_name) = (MachineId::parse(id), host_name.into());
        Self {
            source: Source::Described { id, host_name },
        }
    }

    pub(super) fn id(&self) -> Result<Option<MachineId>, FingerprintError> {
        match &self.source {
            Source::ThisMachine => system::machine_id(),
            Source::Described { id, .. } => Ok(id.clone()),
        }
    }

    pub(super) fn host_name(&self) -> String {
        match &self.source {
            Source::ThisMachine => gethostname::gethostname().to_string_lossy().into_owned(),
            Source::Described { host_name, .. } => host_name.clone(),
        }
    }
}

/// What it says of itself is not shown.
impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").finish_non_exhaustive()
    }
}

/// Read here rather than through `machine-uid`, which asks the file of D-Bus first: that one is often baked into an
/// image, and would win over the machine id that an operator mounted. machine-id(5) names `/etc/machine-id` as the one.
#[cfg(target_os = "linux")]
mod system {
    use std::io::{self, ErrorKind};
    use std::path::Path;

    use super::super::{FingerprintError, MachineId};
    use crate::files::{Unreadable, read_regular};

    const FILES: [&str; 2] = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
    const MOST_BYTES: usize = 256;

    pub(super) fn machine_id() -> Result<Option<MachineId>, FingerprintError> {
        first_of(FILES)
    }

    /// The id of the first file that has one.
    pub(super) fn first_of<P: AsRef<Path>>(
        files: impl IntoIterator<Item = P>,
    ) -> Result<Option<MachineId>, FingerprintError> {
        for file in files {
            let file = file.as_ref();
            let text = match read(file) {
                Ok(text) => text,
                Err(error) if is_absence(&error) => continue,
                // A fingerprint that depends on a bad moment would unbind a license: better none at all.
                Err(error) => return Err(FingerprintError::machine_id(file, &error)),
            };
            if let Some(id) = text.as_deref().and_then(MachineId::parse) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The file's text; `None` where it is no text, too long for an id, or not a regular file.
    fn read(file: &Path) -> io::Result<Option<String>> {
        match read_regular(file, MOST_BYTES) {
            Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
            Err(Unreadable::Io(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Whether there is no such file for this process, and will be none the next time.
    fn is_absence(error: &io::Error) -> bool {
        matches!(
            error.kind(),
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::PermissionDenied
        )
    }
}

#[cfg(any(
    windows,
    target_os = "macos",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "openbsd",
    target_os = "netbsd",
    target_os = "illumos",
))]
mod system {
    use super::super::{FingerprintError, MachineId};

    pub(super) fn machine_id() -> Result<Option<MachineId>, FingerprintError> {
        Ok(machine_uid::get().ok().and_then(|id| MachineId::parse(&id)))
    }
}

/// Systems whose machine id nobody here knows how to read.
#[cfg(not(any(
    windows,
    target_os = "linux",
    target_os = "macos",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "openbsd",
    target_os = "netbsd",
    target_os = "illumos",
)))]
mod system {
    use super::super::{FingerprintError, MachineId};

    pub(super) fn machine_id() -> Result<Option<MachineId>, FingerprintError> {
        Ok(None)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;

    use super::system::first_of;
    use super::{Machine, MachineId};
    use crate::instance::FingerprintError;

    const ID: &str = "6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8";

    #[test]
    fn the_first_file_with_an_id_counts() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            path
        };
        let missing = folder.path().join("missing");
        let under_a_file = file("plain", b"x y").join("machine-id");
        let id = file("id", format!("{ID}\n").as_bytes());
        let other = file("other", b"0123456789abcdef0123456789abcdef\n");
        let empty = file("empty", b"");
        let new = file("new", b"uninitialized\n");
        let bytes = file("bytes", &[0xff; 32]);
        let long = file("long", &[b'a'; 4096]);
        let folder = folder.path().to_owned();

        for none in [
            &missing,
            &under_a_file,
            &empty,
            &new,
            &bytes,
            &long,
            &folder,
        ] {
            assert_eq!(first_of([none]).unwrap(), None, "{none:?}");
            assert_eq!(first_of([none, &id]).unwrap(), MachineId::parse(ID));
        }
        assert_eq!(first_of([&id, &other]).unwrap(), MachineId::parse(ID));
    }

    #[test]
    fn what_cannot_be_read_for_the_moment_is_an_error_and_not_a_missing_id() {
        // A name that is too long is neither missing nor forbidden, as a failing disk is.
        let error = first_of(["x".repeat(5000)]).unwrap_err();
        assert!(matches!(error, FingerprintError::MachineId { .. }));
    }

    #[test]
    fn i9_debug_shows_neither_id_nor_host_name() {
        let shown = format!("{:?}", Machine::of(ID, "node-1"));
        assert!(!shown.contains(ID) && !shown.contains("node-1"), "{shown}");
    }

    #[test]
    fn this_machine_can_be_asked() {
        assert!(Machine::this().id().is_ok());
        let _ = Machine::this().host_name();
    }
}
