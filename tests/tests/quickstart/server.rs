//! The quickstart as a process: started on a free port, read while it runs, and ended with its test.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use entitlements_tests::root;
use entitlements_tests::wire::{Response, exchange, request};
use serde_json::{Value, json};

use crate::pipe::Pipe;
use crate::programs::Program;
use crate::vendor::{Vendor, file_text, issued_key_in, private_key_in};

/// Variables of whoever runs the tests, which the program would read too.
const READ: [&str; 8] = [
    "ENTITLEMENTS_LICENSE_KEY",
    "ENTITLEMENTS_LICENSE_KEY_FILE",
    "ENTITLEMENTS_DEPLOYMENT_ID",
    "ENTITLEMENTS_REVOCATIONS",
    "ENTITLEMENTS_REVOCATIONS_FILE",
    "DEPLOYMENT_MODE",
    "REDIS_URL",
    "RUST_LOG",
];

/// A start, before it happens.
pub(crate) struct Start {
    pub(crate) command: Command,
    data: PathBuf,
}

impl Program {
    /// A start on a free port.
    pub(crate) fn start(self, data: &Path) -> Start {
        let mut command = self.command();
        command
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data);
        Start::of(command, data)
    }
}

impl Start {
    /// A start with nothing but what the command says.
    pub(crate) fn of(mut command: Command, data: &Path) -> Self {
        command.current_dir(root()).stdin(Stdio::null());
        for variable in READ {
            command.env_remove(variable);
        }
        Self {
            command,
            data: data.to_owned(),
        }
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Waits until it serves.
    pub(crate) fn serve(self) -> Server {
        let server = self.spawn();
        let is_up = server.stdout.wait(|text| text.ends_with("/sso\n\n"));
        assert!(is_up, "the start failed: {}", server.stderr.text());
        server
    }

    /// Waits until it ends, as a start that cannot succeed must.
    pub(crate) fn end(self) -> Ended {
        let mut server = self.spawn();
        let status = server.wait();
        Ended {
            code: status.code(),
            stdout: server.stdout.text(),
            stderr: server.stderr.text(),
        }
    }

    /// Ends with exactly one line that says why; gives that line.
    pub(crate) fn fails(self) -> String {
        let Ended {
            code,
            stdout,
            stderr,
        } = self.end();
        assert_eq!(code, Some(1), "{stdout}{stderr}");
        assert_eq!(stdout, "");
        let errors: Vec<_> = stderr.lines().filter(|line| !is_log(line)).collect();
        match errors.as_slice() {
            [line] if line.starts_with("error: ") && line.len() < 700 => (*line).to_owned(),
            _ => panic!("not one `error:` line: {stderr}"),
        }
    }

    fn spawn(mut self) -> Server {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the quickstart can be run");
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        Server {
            stdout: Pipe::of(stdout.unwrap()),
            stderr: Pipe::of(stderr.unwrap()),
            child,
            data: self.data,
        }
    }
}

/// Lines of the log begin with the time.
fn is_log(line: &str) -> bool {
    line.starts_with("20") && line.contains("Z ")
}

/// How a start that failed ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A quickstart that serves. It ends with this value, and must not have panicked or told a secret until then.
pub(crate) struct Server {
    child: Child,
    pub(crate) stdout: Pipe,
    pub(crate) stderr: Pipe,
    data: PathBuf,
}

impl Server {
    pub(crate) fn address(&self) -> SocketAddr {
        let text = self.stdout.text();
        let line = text.lines().next().unwrap();
        let address = line.strip_prefix("listening on http://").expect(line);
        address.parse().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its admin token, from the file.
    pub(crate) fn token(&self) -> String {
        let token = std::fs::read_to_string(self.data.join("admin-token")).unwrap();
        token.trim().to_owned()
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        let answer = exchange(self.address(), &request(method, path, headers, body));
        Response::read(&answer)
            .unwrap_or_else(|| panic!("{method} {path}: {}", String::from_utf8_lossy(&answer)))
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.send("GET", path, &[], b"")
    }

    /// With the admin token.
    pub(crate) fn admin(&self, method: &str, path: &str, body: &[u8]) -> Response {
        let bearer = format!("Bearer {}", self.token());
        self.send(method, path, &[("authorization", &bearer)], body)
    }

    pub(crate) fn activate(&self, key: &str) -> Response {
        let body = json!({ "key": key }).to_string();
        self.admin("POST", "/api/v1/license", body.as_bytes())
    }

    pub(crate) fn license_status(&self) -> Value {
        let answer = self.admin("GET", "/api/v1/license/status", b"");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Kills it, as nothing else than the machine's power can.
    pub(crate) fn kill(&self) {
        let killed = Command::new("kill")
            .args(["-9", &self.pid().to_string()])
            .status();
        assert!(killed.expect("a process can be killed").success());
    }

    /// Waits until the process ends.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let ended = self.stdout.wait_for_end() && self.stderr.wait_for_end();
        assert!(ended, "it hangs: {}", self.stderr.text());
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("what it said: {}", self.stderr.text());
            return;
        }
        self.stdout.wait_for_end();
        self.stderr.wait_for_end();
        let said = self.stdout.text() + &self.stderr.text();
        assert!(!said.contains("panicked"), "{said}");
        assert_eq!(issued_key_in(&said), None, "a license key shows: {said}");
        let private = Vendor::of_data(&self.data).private;
        assert!(
            !private_key_in(&said, &private),
            "a private key shows: {said}"
        );
        let log = self.stderr.text();
        let token = file_text(&self.data.join("admin-token"));
        let tells = token.len() > 16 && log.contains(token.trim());
        assert!(!tells, "the token shows: {log}");
    }
}
