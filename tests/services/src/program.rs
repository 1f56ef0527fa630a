use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Either does: they speak the same protocol.
const NAMES: [&str; 2] = ["redis-server", "valkey-server"];

/// A server program that can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    /// Where the libraries are that it needs, if not where the system has them.
    libraries: Vec<PathBuf>,
}

impl Program {
    /// The one on `PATH`, or what [`install`](crate::install()) unpacked into the target folder that the running program is in.
    #[must_use]
    pub fn found() -> Option<Self> {
        let running = std::env::current_exe().unwrap_or_default();
        Self::on_path().or_else(|| running.ancestors().find_map(Self::unpacked))
    }

    /// The one on `PATH`, or what was unpacked into this target folder.
    #[must_use]
    pub fn found_for(target: &Path) -> Option<Self> {
        Self::on_path().or_else(|| Self::unpacked(target))
    }

    fn on_path() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let programs = NAMES
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        programs.map(Self::of_system).find(Self::works)
    }

    fn of_system(path: PathBuf) -> Self {
        Self {
            path,
            libraries: Vec::new(),
        }
    }

    fn unpacked(target: &Path) -> Option<Self> {
        Self::in_tree(&folder(target))
    }

    /// The one in a folder that is laid out as a whole system.
    pub(crate) fn in_tree(root: &Path) -> Option<Self> {
        let paths = NAMES.map(|name| root.join("usr/bin").join(name));
        let path = paths.into_iter().find(|path| path.is_file())?;
        let libraries = ["usr/lib", "lib"].map(|folder| library_folders(&root.join(folder)));
        let program = Self {
            path,
            libraries: libraries.concat(),
        };
        program.works().then_some(program)
    }

    /// What it says of itself; none where it cannot be run.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        let mut command = self.command();
        let output = command.arg("--version").stderr(Stdio::null()).output();
        let output = output.ok().filter(|output| output.status.success())?;
        let text = String::from_utf8_lossy(&output.stdout);
        Some(text.trim().to_owned())
    }

    fn works(&self) -> bool {
        self.path.is_file() && self.version().is_some()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.stdin(Stdio::null());
        if !self.libraries.is_empty() {
            command.env("LD_LIBRARY_PATH", joined(&self.libraries));
        }
        command
    }
}

/// Where it is unpacked.
pub(crate) fn folder(target: &Path) -> PathBuf {
    target.join("services").join("redis")
}

fn joined(folders: &[PathBuf]) -> OsString {
    std::env::join_paths(folders).unwrap_or_default()
}

/// The folder and those in it: a library of Debian is in one that is called after the machine.
fn library_folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let inner = entries.map(|entry| entry.path());
    let inner = inner.filter(|path| path.is_dir());
    inner.chain([folder.to_owned()]).collect()
}
