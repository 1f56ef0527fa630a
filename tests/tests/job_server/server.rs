//! The job server as a process: started on a free port, asked while it runs, and ended with its test.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use entitlements_core::{Clock as _, SystemClock};
use entitlements_tests::wire::{PATIENCE, Response, exchange, request};
use serde_json::{Value, json};

use crate::pipe::Pipe;
use crate::program::command;
use crate::vendor::{public_key, shows_a_key};

/// A day of the year for which keys are issued.
pub(crate) const SOME_DAY: &str = "2027-03-01T10:00:30Z";

const TOKEN: &str = "0b8f7e2a4c6d4e5fa1b2c3d4";

/// A start, before it happens.
pub(crate) struct Start(Command);

impl Start {
    pub(crate) fn at(now: &str, data: &Path) -> Self {
        let mut command = command();
        command
            .args(["--listen", "127.0.0.1:0", "--now", now, "--data"])
            .arg(data)
            .arg("--trusted-key")
            .arg(public_key())
            .args(["--admin-token", TOKEN]);
        Self(command)
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// What it says when it cannot start.
    pub(crate) fn fails(mut self) -> String {
        let command = self.0.stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = Pipe::of(child.stderr.take().unwrap());
        let has_ended = log.wait_for_end();
        let _ = child.kill();
        assert!(has_ended && !child.wait().unwrap().success(), "it starts");
        log.text()
    }

    /// Waits until it serves.
    pub(crate) fn serve(mut self) -> Server {
        let command = self.0.stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = Pipe::of(child.stderr.take().unwrap());
        let is_up = log.wait(|text| text.contains("listening on ") && text.ends_with('\n'));
        assert!(is_up, "the start failed: {}", log.text());
        let text = log.text();
        // The upkeep may have said something since.
        let (_, address) = text.rsplit_once("listening on http://").unwrap();
        let address = address.lines().next().unwrap();
        Server {
            address: address.trim().parse().unwrap(),
            child,
            log,
        }
    }
}

/// A job server that serves. It ends with this value, and must not have panicked or told a secret until then.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    pub(crate) log: Pipe,
}

impl Server {
    /// As whoever runs it.
    pub(crate) fn send(&self, route: &str, body: &Value) -> Response {
        self.send_with(
            route,
            &[("authorization", &format!("Bearer {TOKEN}"))],
            body,
        )
    }

    /// As whoever runs it, in a namespace.
    pub(crate) fn send_in(&self, namespace: &str, route: &str, body: &Value) -> Response {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("x-namespace", namespace),
        ];
        self.send_with(route, &headers, body)
    }

    /// As whoever has this token.
    pub(crate) fn send_as(&self, token: &str, route: &str, body: &Value) -> Response {
        self.send_with(
            route,
            &[("authorization", &format!("Bearer {token}"))],
            body,
        )
    }

    pub(crate) fn send_with(
        &self,
        route: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Response {
        let (method, path) = route.split_once(' ').unwrap();
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let answer = exchange(
            self.address,
            &request(method, path, headers, body.as_bytes()),
        );
        Response::read(&answer).unwrap_or_else(|| panic!("{route}: no answer"))
    }

    /// What a request gives that must succeed.
    pub(crate) fn ok(&self, route: &str, body: &Value) -> Value {
        succeeded(route, &self.send(route, body))
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.ok(&format!("GET {path}"), &Value::Null)
    }

    /// Asks until the answer is as it should be: what time does is done a moment later.
    pub(crate) fn until(&self, path: &str, is_there: impl Fn(&Value) -> bool) -> Value {
        let since = SystemClock::new();
        loop {
            let answer = self.get(path);
            if is_there(&answer) {
                return answer;
            }
            assert!(since.monotonic() < PATIENCE, "{path} stays {answer}");
        }
    }

    pub(crate) fn enqueue(&self, queue: &str, body: &Value) -> Value {
        self.ok(&format!("POST /queues/{queue}/jobs"), body)
    }

    /// The next job of a queue, if it lets one out.
    pub(crate) fn fetch(&self, queue: &str) -> Option<Value> {
        let fetched = self.send(
            &format!("POST /queues/{queue}/fetch"),
            &json!({ "worker": "w1" }),
        );
        (fetched.status != 204).then(|| succeeded("fetch", &fetched))
    }

    pub(crate) fn activate(&self, key: &str) -> Value {
        self.ok("POST /api/v1/license", &json!({ "key": key }))
    }
}

pub(crate) fn succeeded(what: &str, response: &Response) -> Value {
    let text = response.text();
    assert!(
        (200..300).contains(&response.status),
        "{what}: {} {text}",
        response.status
    );
    if text.is_empty() {
        Value::Null
    } else {
        response.json()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("what it said: {}", self.log.text());
            return;
        }
        self.log.wait_for_end();
        let said = self.log.text();
        assert!(!said.contains("panicked"), "{said}");
        assert!(!said.contains(" ERROR job_server"), "{said}");
        assert!(!shows_a_key(&said), "a license key shows: {said}");
        assert!(!said.contains(TOKEN), "the token shows: {said}");
    }
}
