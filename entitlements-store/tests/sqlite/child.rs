//! This test program again, as a process that can be killed.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

/// What a child was told, in a test that a parent started; none where the test runs by itself and has nothing to do.
pub(crate) fn told() -> Option<String> {
    std::env::var("ENTITLEMENTS_STORE_TEST").ok()
}

/// Says a line to the parent.
pub(crate) fn say(line: &str) {
    println!("{SAID}{line}");
}

const SAID: &str = "said: ";

/// A test of this program alone, and what it is told.
pub(crate) fn command(test: &str, told: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    prepare(&mut command, test, told);
    command
}

pub(crate) fn prepare(command: &mut Command, test: &str, told: &str) {
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env("ENTITLEMENTS_STORE_TEST", told);
}

/// A child at work. Dropped, it is killed.
pub(crate) struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// What it says next; none once it is gone.
    pub(crate) fn says(&mut self) -> Option<String> {
        // The test harness speaks too, and its words may stand before the child's.
        self.lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once(SAID)?.1.to_owned()))
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Kill -9.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Lets it go on that waits for the end of its input, and waits for its own.
    pub(crate) fn end(mut self) {
        drop(self.child.stdin.take());
        while self.says().is_some() {}
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
