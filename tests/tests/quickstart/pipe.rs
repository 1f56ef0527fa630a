//! What a process writes, read while it runs.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex};

use entitlements_tests::wire::PATIENCE;

/// What a process writes, while it does.
pub(crate) struct Pipe {
    shared: Arc<(Mutex<Written>, Condvar)>,
}

#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    is_complete: bool,
}

impl Pipe {
    pub(crate) fn of(mut pipe: impl Read + Send + 'static) -> Self {
        let shared: Arc<(Mutex<Written>, Condvar)> = Arc::default();
        let writer = Arc::clone(&shared);
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            loop {
                let length = pipe.read(&mut part).unwrap_or(0);
                let mut written = writer.0.lock().unwrap();
                written.bytes.extend_from_slice(&part[..length]);
                written.is_complete = length == 0;
                writer.1.notify_all();
                if length == 0 {
                    return;
                }
            }
        });
        Self { shared }
    }

    pub(crate) fn text(&self) -> String {
        let written = self.shared.0.lock().unwrap();
        String::from_utf8_lossy(&written.bytes).into_owned()
    }

    /// What is written once there are this many whole lines. The process wrote them before it answered a request, and
    /// they may still be on their way here.
    pub(crate) fn after_lines(&self, least: usize) -> String {
        self.wait(|text| text.matches('\n').count() >= least);
        self.text()
    }

    /// Whether it comes to hold what is asked for, before its end and in time.
    pub(crate) fn wait(&self, is_there: impl Fn(&str) -> bool) -> bool {
        self.wait_until(|written| {
            let there = is_there(&String::from_utf8_lossy(&written.bytes));
            (there || written.is_complete).then_some(there)
        })
    }

    pub(crate) fn wait_for_end(&self) -> bool {
        self.wait_until(|written| written.is_complete.then_some(true))
    }

    fn wait_until(&self, verdict: impl Fn(&Written) -> Option<bool>) -> bool {
        let written = self.shared.0.lock().unwrap();
        let undecided = |written: &mut Written| verdict(written).is_none();
        let waited = self
            .shared
            .1
            .wait_timeout_while(written, PATIENCE, undecided);
        verdict(&waited.unwrap().0).unwrap_or(false)
    }
}
