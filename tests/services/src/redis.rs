use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::program::Program;
use crate::wire;

/// How often it is looked whether a server is ready, 5 ms apart.
const LOOKS: u32 = 2000;

/// Another program may be faster with a port that was free.
const PORTS_TRIED: u32 = 5;

/// What a server proves with who it is: PEM.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Its certificate.
    pub certificate: String,
    /// The private key of that.
    pub key: String,
    /// Whose certificates it believes.
    pub authority: String,
    /// Whether clients have to show one.
    pub of_clients: bool,
}

/// A server of the test's own, on a free port of the loopback device and on a socket in a folder of its own; killed when it is dropped.
#[derive(Debug)]
pub struct Redis {
    program: Program,
    port: u16,
    /// The one with TLS, where it has one.
    tls_port: Option<u16>,
    folder: TempDir,
    options: Vec<String>,
    child: Option<Child>,
}

impl Redis {
    /// Starts one, and waits until it answers.
    ///
    /// # Panics
    /// Where there is no program to start, or it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// As [`start`](Self::start), with more options of the program, such as `["--requirepass", "secret"]`.
    ///
    /// # Panics
    /// Where there is no program to start, or it does not start.
    #[must_use]
    pub fn start_with(options: &[&str]) -> Self {
        Self::start_on(options, None)
    }

    /// As [`start_with`](Self::start_with), also on a port with TLS.
    ///
    /// # Panics
    /// Where there is no program to start, or it does not start, as one that was built without TLS.
    #[must_use]
    pub fn start_with_tls(options: &[&str], proof: &Proof) -> Self {
        Self::start_on(options, Some(proof))
    }

    fn start_on(options: &[&str], proof: Option<&Proof>) -> Self {
        let program = Program::found().unwrap_or_else(|| {
            panic!("there is no `redis-server` or `valkey-server` to test with: run `cargo xtask services`")
        });
        let mut redis = Self {
            program,
            port: 0,
            tls_port: None,
            folder: tempfile::tempdir().expect("a folder for the server"),
            options: options.iter().map(ToString::to_string).collect(),
            child: None,
        };
        if let Some(proof) = proof {
            redis.show(proof);
        }
        for _ in 0..PORTS_TRIED {
            redis.port = free_port();
            redis.tls_port = proof.map(|_| free_port());
            if redis.run() {
                return redis;
            }
        }
        let log = redis.log();
        match proof {
            // It ends before it has a log.
            Some(_) if log.is_empty() => panic!(
                "{} does not start with TLS: it was built without it, so TLS cannot be tested with it",
                redis.program.path().display()
            ),
            _ => panic!("the server does not start: {log}"),
        }
    }

    fn show(&mut self, proof: &Proof) {
        for (option, pem) in [
            ("--tls-cert-file", &proof.certificate),
            ("--tls-key-file", &proof.key),
            ("--tls-ca-cert-file", &proof.authority),
        ] {
            let path = self.folder.path().join(option.trim_start_matches('-'));
            std::fs::write(&path, pem).expect("a file for the server");
            let path = path.display().to_string();
            self.options.extend([option.to_owned(), path]);
        }
        let is_asked = if proof.of_clients { "yes" } else { "no" };
        let is_asked = ["--tls-auth-clients", is_asked];
        self.options.extend(is_asked.map(str::to_owned));
    }

    /// The port it listens on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Where to connect to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Where to connect to with TLS.
    ///
    /// # Panics
    /// Where it was started without.
    #[must_use]
    pub fn tls_url(&self) -> String {
        let port = self.tls_port.expect("a server that has TLS");
        format!("rediss://localhost:{port}/")
    }

    /// The port that others of a cluster know it by.
    pub(crate) fn own_port(&self) -> u16 {
        self.tls_port.unwrap_or(self.port)
    }

    /// Where to connect to without a network.
    #[must_use]
    pub fn unix_url(&self) -> String {
        format!("unix://{}", self.socket())
    }

    /// Stops it where it stands: connections stay, and are taken, and nothing is answered.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// Lets it go on after [`pause`](Self::pause).
    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Ends it without a word. What was in it is gone.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // One that has ended by itself cannot be killed, and need not be.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it again after [`kill`](Self::kill), on the same port and empty.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.kill();
        assert!(
            self.run(),
            "the server does not start again: {}",
            self.log()
        );
    }

    /// Sends a command on a connection of its own, and says the answer; `-` stands before an error. None where there is none.
    #[must_use]
    pub fn ask(&self, words: &[&str]) -> Option<String> {
        wire::ask(self.port, words).ok()
    }

    /// Waits until something is so.
    ///
    /// # Panics
    /// Where it is not after a long time.
    pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
        for _ in 0..LOOKS {
            if is_so() {
                return;
            }
            sleep(Duration::from_millis(5));
        }
        panic!("waited for long, and still not so: {what}")
    }

    /// Whether it came up.
    fn run(&mut self) -> bool {
        let mut command = self.program.command();
        command
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &self.port.to_string()])
            .args(["--unixsocket", &self.socket()])
            .args(["--dir", &self.folder.path().display().to_string()])
            .args(["--logfile", "log"])
            .args(
                self.tls_port
                    .iter()
                    .flat_map(|port| ["--tls-port".to_owned(), port.to_string()]),
            )
            .args(&self.options)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.child = command.spawn().ok();
        for _ in 0..LOOKS {
            if self.has_ended() {
                return false;
            }
            // Any answer will do, also that a password is missing.
            if self.ask(&["PING"]).is_some_and(|said| !said.is_empty()) {
                return !self.has_ended();
            }
            sleep(Duration::from_millis(5));
        }
        false
    }

    fn has_ended(&mut self) -> bool {
        match &mut self.child {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => true,
        }
    }

    fn signal(&self, signal: Signal) {
        let child = self.child.as_ref().expect("a server that runs");
        let id = i32::try_from(child.id()).expect("the id of a process");
        kill(Pid::from_raw(id), signal).expect("a signal to a child");
    }

    fn socket(&self) -> String {
        let path = self.folder.path().join("socket");
        path.display().to_string()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One that nobody has, and whose cluster port, ten thousand above, there is.
fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its number").port();
        let above = port.checked_add(10_000);
        let above = above.map(|above| TcpListener::bind((Ipv4Addr::LOCALHOST, above)));
        if matches!(above, Some(Ok(_))) {
            return port;
        }
    }
}

/// For what does no harm to others: the server that `ENT_TEST_REDIS_URL` names, else one of the test's own.
#[derive(Debug)]
pub struct SharedRedis {
    url: String,
    _own: Option<Redis>,
}

impl SharedRedis {
    /// Where the variable names none, starts one.
    ///
    /// # Panics
    /// As [`Redis::start`].
    #[must_use]
    pub fn find() -> Self {
        if let Ok(url) = std::env::var("ENT_TEST_REDIS_URL") {
            return Self { url, _own: None };
        }
        let own = Redis::start();
        Self {
            url: own.url(),
            _own: Some(own),
        }
    }

    /// Where to connect to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}
