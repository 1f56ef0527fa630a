//! Two programs on one Redis: together they let pass what one would, and nobody is turned away while it is gone.
#![expect(
    clippy::disallowed_methods,
    reason = "the programs and the server go by their own clocks"
)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use entitlements_test_services::Redis;
use tempfile::{TempDir, tempdir};

use crate::programs::Program;
use crate::server::Server;

/// What `community` has at once of rate `api`; it has one a second, too.
const BURST: usize = 100;

struct Both {
    _folders: [TempDir; 2],
    servers: [Server; 2],
}

impl Both {
    fn on(redis: &Redis) -> Self {
        let folders = [tempdir().unwrap(), tempdir().unwrap()];
        let start = |program: Program, folder: &TempDir| {
            program
                .start(folder.path())
                .env("REDIS_URL", redis.url())
                .serve()
        };
        Self {
            servers: [
                start(Program::Axum, &folders[0]),
                start(Program::Actix, &folders[1]),
            ],
            _folders: folders,
        }
    }

    /// Waits until both have logged it.
    fn wait_for(&self, line: &str) {
        for server in &self.servers {
            assert!(
                server.stderr.wait(|log| log.contains(line)),
                "no `{line}`: {}",
                server.stderr.text()
            );
        }
    }
}

/// Requests of several clients, to both in turn.
#[derive(Default)]
struct Load {
    is_over: AtomicBool,
    sent: AtomicUsize,
    passed: AtomicUsize,
    others: Mutex<Vec<String>>,
}

impl Load {
    fn run(&self, both: &Both, clients: usize, meanwhile: impl FnOnce()) -> Duration {
        let began = Instant::now();
        thread::scope(|threads| {
            for client in 0..clients {
                threads.spawn(move || {
                    for number in client.. {
                        if self.is_over.load(Ordering::SeqCst) {
                            break;
                        }
                        self.count(&both.servers[number % 2]);
                    }
                });
            }
            meanwhile();
            self.is_over.store(true, Ordering::SeqCst);
        });
        began.elapsed()
    }

    fn count(&self, server: &Server) {
        let answer = server.get("/ping");
        self.sent.fetch_add(1, Ordering::SeqCst);
        match answer.status {
            200 => drop(self.passed.fetch_add(1, Ordering::SeqCst)),
            429 => {}
            _ => self
                .others
                .lock()
                .unwrap()
                .push(format!("{}: {}", answer.status, answer.text())),
        }
    }

    /// Waits until so many more were answered.
    fn wait(&self, requests: usize) {
        let enough = self.sent.load(Ordering::SeqCst) + requests;
        while self.sent.load(Ordering::SeqCst) < enough {
            thread::yield_now();
        }
    }

    /// Goes on for so long.
    fn wait_for(&self, time: Duration) {
        let began = Instant::now();
        while began.elapsed() < time {
            self.wait(1);
        }
    }

    fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }
}

/// Whole seconds that have begun.
fn refilled(time: Duration) -> usize {
    usize::try_from(time.as_secs()).unwrap() + 1
}

#[test]
fn together_they_let_pass_what_one_would() {
    let redis = Redis::start();
    let both = Both::on(&redis);
    let load = Load::default();
    let took = load.run(&both, 6, || load.wait(3 * BURST));
    assert_eq!(*load.others.lock().unwrap(), [""; 0]);
    assert!(load.passed() >= BURST, "{}", load.passed());
    assert!(
        load.passed() <= BURST + refilled(took),
        "{} in {took:?}",
        load.passed()
    );
}

#[test]
fn where_redis_is_killed_no_request_is_lost_and_the_rate_holds() {
    let mut redis = Redis::start();
    let both = Both::on(&redis);
    let load = Load::default();
    let mut back = None;
    let took = load.run(&both, 6, || {
        load.wait(2 * BURST);
        // Each says once a second that it is there: by now both know of both.
        load.wait_for(Duration::from_secs(2));
        redis.kill();
        both.wait_for("the store of rates does not answer");
        load.wait(2 * BURST);
        redis.restart();
        both.wait_for("the store of rates answers again");
        back = Some((load.passed(), Instant::now()));
        load.wait(3 * BURST);
    });
    assert_eq!(*load.others.lock().unwrap(), [""; 0]);
    // Q28: the store's burst, the shares', and that of a store that knows nothing any more.
    let passed = load.passed();
    assert!(passed > BURST, "{passed}");
    assert!(passed <= 3 * BURST + refilled(took), "{passed} in {took:?}");
    let (before, since) = back.unwrap();
    let after = passed - before;
    assert!(after <= BURST + refilled(since.elapsed()), "{after}");
    let keys = redis.ask(&["DBSIZE"]).unwrap();
    assert_ne!(keys, ":0", "what is spent is in the store again");
}

#[test]
fn where_redis_is_away_at_the_start_it_starts_and_finds_it_later() {
    let mut redis = Redis::start();
    redis.kill();
    let both = Both::on(&redis);
    let load = Load::default();
    load.run(&both, 2, || {
        load.wait(20);
        redis.restart();
        both.wait_for("the store of rates answers again");
    });
    assert_eq!(*load.others.lock().unwrap(), [""; 0]);
}
