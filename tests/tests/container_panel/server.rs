//! The panel as a process: started on a free port, read while it runs, and ended with its test.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use entitlements_tests::wire::{Response, exchange, request};
use serde_json::{Value, json};

use crate::pipe::Pipe;
use crate::program;
use crate::vendor::Vendor;

/// When tests play that are about no time.
pub(crate) const SOME_DAY: &str = "2027-03-01T12:00:00Z";

const TOKEN: &str = "0b8f7e2a4c6d4e5fa1b2";

/// A start, before it happens.
pub(crate) struct Start(Command);

impl Start {
    /// On a free port, believing the test vendor's RSA key, at a time.
    pub(crate) fn at(now: &str, data: &Path) -> Self {
        let start = Self::anew(data).args(&["--admin-token", TOKEN, "--now", now]);
        start.args(&["--trusted-key", Vendor::Rsa.public().to_str().unwrap()])
    }

    /// On a free port, with nothing else said.
    pub(crate) fn anew(data: &Path) -> Self {
        let mut command = program::command();
        command
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data);
        Self(command)
    }

    pub(crate) fn args(mut self, arguments: &[&str]) -> Self {
        self.0.args(arguments);
        self
    }

    pub(crate) fn serve(mut self) -> Panel {
        let mut child = self
            .0
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the panel can be run");
        let panel = Panel {
            stdout: Pipe::of(child.stdout.take().unwrap()),
            stderr: Pipe::of(child.stderr.take().unwrap()),
            child,
        };
        let is_up = panel.stdout.wait(|text| text.contains("features/ldap\n\n"));
        assert!(is_up, "the start failed: {}", panel.stderr.text());
        panel
    }

    /// Ends with an error; gives what it says.
    pub(crate) fn fails(mut self) -> String {
        let output = self.0.output().expect("the panel can be run");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        let error = said.lines().find_map(|line| line.strip_prefix("error: "));
        error.expect(&said).to_owned()
    }
}

/// A panel that serves, until this value ends.
pub(crate) struct Panel {
    child: Child,
    pub(crate) stdout: Pipe,
    pub(crate) stderr: Pipe,
}

impl Panel {
    pub(crate) fn at(now: &str, data: &Path) -> Self {
        Start::at(now, data).serve()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let text = self.stdout.text();
        let line = text.lines().next().unwrap();
        let address = line.strip_prefix("listening on http://").expect(line);
        address.parse().unwrap()
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let answer = exchange(
            self.address(),
            &request(method, path, headers, body.as_bytes()),
        );
        Response::read(&answer)
            .unwrap_or_else(|| panic!("{method} {path}: {}", String::from_utf8_lossy(&answer)))
    }

    /// Below `/api/v1`.
    pub(crate) fn get(&self, path: &str) -> Response {
        self.send("GET", &format!("/api/v1{path}"), &[], "")
    }

    /// Below `/api/v1`.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Response {
        self.send("POST", &format!("/api/v1{path}"), &[], &body.to_string())
    }

    /// Below `/api/v1`.
    pub(crate) fn delete(&self, path: &str) -> Response {
        self.send("DELETE", &format!("/api/v1{path}"), &[], "")
    }

    /// With the admin token, below `/api/v1`.
    pub(crate) fn admin(&self, method: &str, path: &str, body: &str) -> Response {
        let bearer = [("authorization", format!("Bearer {TOKEN}"))];
        let headers = bearer
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        self.send(method, &format!("/api/v1{path}"), &headers, body)
    }

    pub(crate) fn activate(&self, key: &str) -> Response {
        self.admin("POST", "/license", &json!({ "key": key }).to_string())
    }

    pub(crate) fn license_status(&self) -> Value {
        let answer = self.admin("GET", "/license/status", "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub(crate) fn overview(&self) -> Value {
        self.send("GET", "/", &[], "").json()
    }

    /// Adds one of a kind.
    pub(crate) fn add(&self, kind: &str, name: &str) -> Response {
        self.post(&format!("/{kind}"), &json!({ "name": name }))
    }

    /// The names of all of a kind.
    pub(crate) fn names(&self, kind: &str) -> Vec<String> {
        let list = self.get(&format!("/{kind}")).json();
        let names = list[kind].as_array().unwrap().iter();
        names
            .map(|thing| thing["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        // This process, and no other.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.stdout.wait_for_end();
        self.stderr.wait_for_end();
        let said = self.stdout.text() + &self.stderr.text();
        if std::thread::panicking() {
            eprintln!("what it said: {said}");
            return;
        }
        assert!(!said.contains("panicked"), "{said}");
        assert!(!said.contains("eyJ"), "a license key shows: {said}");
        assert!(!said.contains(TOKEN), "the token shows: {said}");
    }
}

/// What a denial says: status, code, what was asked for.
#[track_caller]
pub(crate) fn assert_denied(answer: &Response, code: &str) -> Value {
    let problem = answer.json();
    assert_eq!(answer.status, 402, "{problem}");
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    // Upgrade guidance.
    assert_eq!(
        problem["upgrade_url"], "https://containers.example/pricing",
        "{problem}"
    );
    problem
}
