//! The example as a process: built once, started on free ports, and ended with its test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use entitlements_tests::root;
use tonic_gated::client::Client;

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(build);

/// With the profile and into the folder of this test: `target[/triple]/debug/deps/tonic_gated-…`.
fn build() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let above = profile.parent().unwrap();
    let is_target = above.join("CACHEDIR.TAG").is_file();
    let target = if is_target {
        above
    } else {
        above.parent().unwrap()
    };
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(root())
        .args(["build", "-q", "-p", "tonic-gated", "--target-dir"])
        .arg(target);
    match name(profile).as_str() {
        "debug" => {}
        other => drop(command.args(["--profile", other])),
    }
    if !is_target {
        command.args(["--target", &name(above)]);
    }
    let output = command.output().expect("cargo can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cannot build the example: {said}");
    profile.join("tonic-gated")
}

/// The program, with what it is told.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(&*PROGRAM);
    command.args(arguments).env_remove("DEPLOYMENT_MODE");
    command
}

/// One that serves, until this value ends.
pub(crate) struct Server {
    child: Child,
    /// tonic's server.
    pub(crate) grpc: String,
    /// The axum router.
    pub(crate) http: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(more: &[&str]) -> Self {
        let arguments = ["serve", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        let mut child = program(&arguments)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example can be run");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |before: &str| {
            let line = lines.next().expect("the example says where").unwrap();
            line.strip_prefix(before).expect(&line).to_owned()
        };
        Self {
            grpc: address("gRPC on "),
            http: address("HTTP and gRPC on "),
            child,
        }
    }

    /// Where somebody speaks HTTP by hand.
    pub(crate) fn http_address(&self) -> std::net::SocketAddr {
        self.http.strip_prefix("http://").unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Of this process, and no other.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) async fn client(of: &str, key: &str) -> Client {
    let key = (!key.is_empty()).then_some(key);
    Client::connect(of, key)
        .await
        .expect("the server takes connections")
}
