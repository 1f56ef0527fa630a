//! Runs the real program in a directory of its own.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "helpers of tests, of which each test file uses some"
)]

pub(crate) mod base64;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;

use serde_json::Value;

pub(crate) const CATALOG: &str = include_str!("catalog.toml");

/// A directory with the key pair `acme` and the catalog `catalog.toml`.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn new() -> Self {
        let desk = Self::empty();
        desk.write("catalog.toml", CATALOG);
        desk.run(["keygen", "--out", ".", "--kid", "acme"]).exits(0);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of all files, sorted.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn command<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_entitlements"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command.env_remove("CLICOLOR_FORCE").env_remove("NO_COLOR");
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// Runs with `input` on stdin; the program need not read all of it.
    pub(crate) fn pipe<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        input: impl Into<Vec<u8>>,
    ) -> Ran {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut stdin, input) = (child.stdin.take().unwrap(), input.into());
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran::of(output)
    }

    /// A key for Acme on the plan business with these arguments on top.
    pub(crate) fn issue<'a>(&self, more: impl IntoIterator<Item = &'a str>) -> String {
        self.try_issue(more).exits(0).stdout.trim_end().to_owned()
    }

    pub(crate) fn try_issue<'a>(&self, more: impl IntoIterator<Item = &'a str>) -> Ran {
        let base = [
            "issue",
            "--key",
            "acme.private.pem",
            "--customer",
            "Acme GmbH",
        ];
        self.run(base.into_iter().chain(more))
    }

    /// Checks a key with the public key `acme`.
    pub(crate) fn verify<'a>(&self, more: impl IntoIterator<Item = &'a str>) -> Ran {
        self.run(
            ["verify", "--public-key", "acme.public.pem"]
                .into_iter()
                .chain(more),
        )
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ended by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// Nothing on stdout; a line of cause that says `cause` and a line of what to do on stderr.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, cause: &str) -> Self {
        let ran = self.exits(code);
        assert_eq!(ran.stdout, "", "{ran:?}");
        ran.explains(cause)
    }

    /// What `verify` says of a key that is not genuine: the status and why on stdout, the cause and what to do on stderr.
    #[track_caller]
    pub(crate) fn rejects(self, cause: &str) -> Self {
        let ran = self.exits(4);
        assert_eq!(ran.row("status"), "invalid", "{ran:?}");
        assert!(ran.stderr.contains(&ran.value("why")), "{ran:?}");
        assert!(ran.stdout.lines().all(|line| line.len() <= 80), "{ran:?}");
        ran.explains(cause)
    }

    #[track_caller]
    pub(crate) fn explains(self, cause: &str) -> Self {
        let lines: Vec<&str> = self.stderr.lines().collect();
        assert_eq!(lines.len(), 2, "{self:?}");
        assert!(
            lines[0].starts_with("error: ") && lines[0].contains(cause),
            "{self:?}"
        );
        assert!(
            lines[1].starts_with("  help: ") && lines[1].len() > 12,
            "{self:?}"
        );
        self
    }

    /// stdout as the one line of JSON that it is.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The error on stderr as the one line of JSON that it is.
    #[track_caller]
    pub(crate) fn json_error(&self) -> Value {
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        let envelope: Value = serde_json::from_str(&self.stderr).unwrap();
        let error = &envelope["error"];
        for member in ["code", "message", "action"] {
            assert!(
                error[member].as_str().is_some_and(|text| !text.is_empty()),
                "{self:?}"
            );
        }
        error.clone()
    }

    /// The value behind a label, with the lines in which it goes on.
    #[track_caller]
    pub(crate) fn value(&self, label: &str) -> String {
        let mut lines = self.stdout.lines();
        let first = lines.find_map(|line| line.strip_prefix(&format!("{label}:")));
        let first = first.unwrap_or_else(|| panic!("no {label} in {self:?}"));
        let more = lines.take_while(|line| line.starts_with(' '));
        let words: Vec<&str> = [first].into_iter().chain(more).map(str::trim).collect();
        words.join(" ")
    }

    /// The value behind a label of the block that `verify` writes, as far as it is in one line.
    #[track_caller]
    pub(crate) fn row(&self, label: &str) -> &str {
        let label = format!("{label}:");
        let row = self
            .stdout
            .lines()
            .find_map(|line| line.strip_prefix(label.as_str()));
        row.unwrap_or_else(|| panic!("no {label} in {self:?}"))
            .trim()
    }
}
