use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::{Program, folder};

/// Both are tried, as not every release has both.
const PACKAGES: [&str; 2] = ["redis-server", "valkey-server"];

/// Makes sure that there is a server program: takes the one that is there, or unpacks the system's packages of it into the target folder.
///
/// Nothing is installed and no service is started, so it needs no rights. It is for Debian and what descends from it; elsewhere whoever
/// runs the tests installs one of the two. Tells what it did, in a line.
///
/// # Errors
/// Where there is none and none can be had, in a line for whoever runs the tests.
pub fn install(target: &Path) -> Result<String, String> {
    if let Some(program) = Program::found_for(target) {
        return Ok(told(&program));
    }
    if !has("apt-get") || !has("dpkg") {
        return Err("there is no `redis-server` or `valkey-server` on PATH, and no `apt-get` to take one from: install either of them".into());
    }
    let apt = Apt::with_lists_of_system();
    let packages = apt.unpack(target).or_else(|_| {
        // They may be missing, or so old that what they name is gone.
        let own = Apt::with_own_lists(target)?;
        let packages = own.update().and_then(|()| own.unpack(target));
        let _ = std::fs::remove_dir_all(own_folder(target));
        packages
    });
    let packages = packages.map_err(|why| {
        format!("there is no `redis-server` or `valkey-server` on PATH, and none could be unpacked ({why}): install either of them")
    })?;
    let program = Program::found_for(target)
        .ok_or("what was unpacked of `redis-server` does not run here: install it")?;
    Ok(format!(
        "{}, just unpacked from the packages {} (nothing was installed or started)",
        told(&program),
        packages.join(", ")
    ))
}

fn told(program: &Program) -> String {
    let version = program.version().unwrap_or_default();
    format!("{}: {version}", program.path().display())
}

fn has(command: &str) -> bool {
    run(Command::new(command).arg("--version")).is_ok()
}

/// How the package manager is called, so that it changes nothing of the system.
struct Apt {
    options: Vec<String>,
}

impl Apt {
    fn with_lists_of_system() -> Self {
        // Nothing is changed, so whoever holds the lock does not disturb.
        let options = ["Debug::NoLocking=1", "APT::Sandbox::User="];
        Self {
            options: options.map(str::to_owned).to_vec(),
        }
    }

    fn with_own_lists(target: &Path) -> Result<Self, String> {
        let folder = own_folder(target);
        let (lists, cache) = (folder.join("lists"), folder.join("cache"));
        for folder in [lists.join("partial"), cache.join("archives/partial")] {
            make(&folder)?;
        }
        let mut apt = Self::with_lists_of_system();
        apt.options.extend([
            format!("Dir::State::lists={}", absolute(&lists).display()),
            format!("Dir::Cache={}", absolute(&cache).display()),
        ]);
        Ok(apt)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("apt-get");
        for option in &self.options {
            command.args(["-o", option]);
        }
        command.env("LC_ALL", "C");
        command
    }

    fn update(&self) -> Result<(), String> {
        run(self.command().args(["-q", "update"])).map(drop)
    }

    /// Fetches the packages and lays out what is in them; says which they were.
    fn unpack(&self, target: &Path) -> Result<Vec<String>, String> {
        let missing = PACKAGES.map(|package| self.missing_for(package));
        let mut reasons = missing.iter().filter_map(|missing| missing.clone().err());
        let reason = reasons.next().unwrap_or_default();
        let packages = missing.into_iter().find_map(Result::ok).ok_or(reason)?;

        // Under a name of its own until it is whole: another run may be doing the same.
        let place = folder(target);
        let beside = place.with_extension(format!("{}.new", std::process::id()));
        let debs = beside.join("packages");
        make(&debs)?;
        let mut download = self.command();
        download.args(["-q", "download"]).args(&packages);
        let result = run(download.current_dir(&debs))
            .and_then(|_| lay_out(&debs, &beside))
            .and_then(|()| Program::in_tree(&beside).ok_or("it does not run".to_owned()));
        if result.is_ok() {
            let _ = std::fs::remove_dir_all(&debs);
            // What is in its place does not run, or is another run's.
            let _ = std::fs::remove_dir_all(&place);
            let _ = std::fs::rename(&beside, &place);
        }
        let _ = std::fs::remove_dir_all(&beside);
        result.map(|_| packages)
    }

    /// A package and what it needs that the system lacks.
    fn missing_for(&self, package: &str) -> Result<Vec<String>, String> {
        let said = run(self.command().args([
            "--simulate",
            "--no-install-recommends",
            "install",
            package,
        ]))?;
        let lines = said.lines().filter_map(|line| line.strip_prefix("Inst "));
        let names = lines.filter_map(|line| line.split(' ').next());
        let names: Vec<String> = names.map(str::to_owned).collect();
        if names.is_empty() {
            return Err(format!("`{package}` is said to be installed"));
        }
        Ok(names)
    }
}

/// Where lists are, for as long as it takes.
fn own_folder(target: &Path) -> PathBuf {
    target.join("services").join("apt")
}

fn lay_out(debs: &Path, root: &Path) -> Result<(), String> {
    let entries = std::fs::read_dir(debs).map_err(|error| error.to_string())?;
    for entry in entries.flatten() {
        run(Command::new("dpkg").arg("-x").arg(entry.path()).arg(root))?;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make `{}`: {error}", folder.display()))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// What it printed; else the last line of what it complained of.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = complaint.lines().rev().find(|line| line.starts_with("E: "));
    Err(last.unwrap_or("it failed").to_owned())
}
