//! Requests per second over loopback, side by side.
//!
//! The load generator is two threads of hyper's client, which keep their connections alive and have one request on its way on each
//! of them. Generator and server share the machine, as they do where one tries a server out at home; what the server alone
//! computes for a request is told beside. The servers take turns in slices of time, the bare one before or after each of the others, and what counts is
//! how many requests one got answered to how many the bare one did beside it.

use std::io;
use std::net::SocketAddr;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::{JoinSet, LocalSet};

/// How many connections a server has, each with one request on its way.
pub const CONNECTIONS: usize = 32;

/// How many threads they are driven by.
const THREADS: usize = 2;

/// How often every server gets its turn.
pub(crate) const TURNS: usize = 26;

/// How long a turn lasts.
pub(crate) const TURN: Duration = Duration::from_millis(40);

/// A server that is there, and what it is to answer.
#[derive(Debug, Clone)]
pub struct Target {
    /// What it is.
    pub name: &'static str,
    /// The one that it is compared to, by name.
    pub bare: &'static str,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub process: u32,
    /// What it answers each request with.
    pub status: u16,
}

/// What one server did, or one way to ask.
#[derive(Debug, Clone)]
pub struct Throughput {
    /// What it is.
    pub name: &'static str,
    /// Requests per second, the median turn.
    pub per_second: f64,
    /// Nanoseconds that the server computed for each, the median turn; none where it is not told.
    pub nanoseconds: Option<f64>,
    /// The share of what the bare server did in the turns beside: the lower quartile, the median and the upper one.
    pub share: [f64; 3],
}

/// Drives all of them, in turns.
///
/// # Errors
/// Where a connection fails, or an answer is another than the one to come.
pub fn drive(targets: &[Target]) -> io::Result<Vec<Throughput>> {
    let step = &Step {
        barrier: Barrier::new(THREADS),
        is_over: AtomicBool::new(false),
    };
    let parts = thread::scope(|scope| {
        let threads = [(); THREADS].map(|()| {
            let open = || step.taken_with(Generator::open(targets));
            scope.spawn(move || open()?.take_turns(targets, step))
        });
        let done = threads.map(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a thread panicked")))
        });
        done.into_iter().collect::<io::Result<Vec<_>>>()
    })?;
    let names = names(targets);
    let of_pair = |pair: usize| -> Vec<[Turn; 2]> {
        let mine = parts.iter().filter_map(|part| part.get(pair));
        mine.cloned().reduce(together).unwrap_or_default()
    };
    let pairs: Vec<_> = (0..plan(&names).len()).map(of_pair).collect();
    Ok(summed_up(&names, &pairs))
}

fn names(targets: &[Target]) -> Vec<Names> {
    let names = targets.iter().map(|target| [target.name, target.bare]);
    names.collect()
}

/// What one that takes turns is called, and the bare one that it is compared to.
pub(crate) type Names = [&'static str; 2];

/// What came of all turns of all pairs.
pub(crate) fn summed_up(names: &[Names], pairs: &[Vec<[Turn; 2]>]) -> Vec<Throughput> {
    let plan = plan(names);
    let figure = |(place, [name, _]): (usize, &Names)| {
        let (mut turns, mut shares) = (Vec::new(), Vec::new());
        for ([bare, mine], done) in plan.iter().zip(pairs) {
            for [of_bare, of_mine] in done {
                if *bare == place {
                    turns.push(*of_bare);
                    shares.push(1.0);
                } else if *mine == place {
                    turns.push(*of_mine);
                    shares.push(of_mine.per_second() / of_bare.per_second());
                }
            }
        }
        let computed: Option<Vec<f64>> = turns.iter().map(Turn::nanoseconds).collect();
        let mut per_second: Vec<f64> = turns.iter().map(Turn::per_second).collect();
        Throughput {
            name,
            per_second: quantile(&mut per_second, 2),
            nanoseconds: computed.map(|mut all| quantile(&mut all, 2)),
            share: [1, 2, 3].map(|quarter| quantile(&mut shares, quarter)),
        }
    };
    names.iter().enumerate().map(figure).collect()
}

/// Who takes turns with whom: the bare one of each that is none, and it, by their places.
pub(crate) fn plan(names: &[Names]) -> Vec<[usize; 2]> {
    let place = |wanted: &str| names.iter().position(|[name, _]| *name == wanted);
    let pair = |(mine, [_, bare]): (usize, &Names)| {
        let bare = place(bare).filter(|bare| *bare != mine)?;
        Some([bare, mine])
    };
    names.iter().enumerate().filter_map(pair).collect()
}

/// A pair as it is in every second turn, the other way round in the others: whoever comes first finds what another one left behind,
/// so each does as often. Twice is as it was.
pub(crate) fn alternating<T>(turn: usize, [one, other]: [T; 2]) -> [T; 2] {
    if turn.is_multiple_of(2) {
        [one, other]
    } else {
        [other, one]
    }
}

/// Where the threads wait for each other; a failure of one is the end of all.
struct Step {
    barrier: Barrier,
    is_over: AtomicBool,
}

impl Step {
    /// What a thread has, once all have theirs.
    fn taken_with<T>(&self, mine: io::Result<T>) -> io::Result<T> {
        self.is_over.fetch_or(mine.is_err(), Ordering::Relaxed);
        self.barrier.wait();
        if mine.is_ok() && self.is_over.load(Ordering::Relaxed) {
            return Err(io::Error::other("another thread failed"));
        }
        mine
    }
}

/// What came of a turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) answers: u32,
    pub(crate) took: Duration,
    /// The nanoseconds that the server computed meanwhile.
    pub(crate) computed: Option<f64>,
}

impl Turn {
    fn per_second(&self) -> f64 {
        f64::from(self.answers) / self.took.as_secs_f64()
    }

    fn nanoseconds(&self) -> Option<f64> {
        Some(self.computed? / f64::from(self.answers))
    }
}

/// The turns of two threads as one.
fn together(one: Vec<[Turn; 2]>, other: Vec<[Turn; 2]>) -> Vec<[Turn; 2]> {
    let as_one = |one: Turn, other: Turn| Turn {
        answers: one.answers + other.answers,
        took: one.took.max(other.took),
        computed: one.computed,
    };
    let pairs = one.into_iter().zip(other);
    let turns = pairs.map(|([a, b], [c, d])| [as_one(a, c), as_one(b, d)]);
    turns.collect()
}

/// One thread's connections to each server.
struct Generator {
    runtime: Runtime,
    local: LocalSet,
    open: Vec<(u32, Vec<Connection>)>,
}

impl Generator {
    fn open(targets: &[Target]) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()?;
        let local = LocalSet::new();
        let mut open = Vec::new();
        for target in targets {
            let mut connections = Vec::new();
            for _ in 0..CONNECTIONS / THREADS {
                connections.push(local.block_on(&runtime, Connection::open(target))?);
            }
            open.push((target.process, connections));
        }
        Ok(Self {
            runtime,
            local,
            open,
        })
    }

    /// All turns of each pair; the threads begin each of them together.
    fn take_turns(mut self, targets: &[Target], step: &Step) -> io::Result<Vec<Vec<[Turn; 2]>>> {
        let plan = plan(&names(targets));
        let mut turns: Vec<Vec<[Turn; 2]>> = plan.iter().map(|_| Vec::new()).collect();
        // The first is to get warm.
        for turn in 0..=TURNS {
            for ([bare, mine], turns) in plan.iter().zip(&mut turns) {
                let [first, second] = alternating(turn, [*bare, *mine]);
                let done = [self.turn(first, step)?, self.turn(second, step)?];
                let done = alternating(turn, done);
                if turn > 0 {
                    turns.push(done);
                }
            }
        }
        Ok(turns)
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    fn turn(&mut self, place: usize, step: &Step) -> io::Result<Turn> {
        let Some((process, open)) = self.open.get_mut(place) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let (process, connections) = (*process, std::mem::take(open));
        step.taken_with(Ok(()))?;
        let before = computed_by(process);
        let start = Instant::now();
        let asked = all_at_once(connections, start + TURN);
        let asked = self.local.block_on(&self.runtime, asked);
        let took = start.elapsed();
        let (back, answers) = step.taken_with(asked)?;
        let computed = computed_by(process).zip(before);
        *open = back;
        Ok(Turn {
            answers,
            took,
            computed: computed.map(|(after, before)| after - before),
        })
    }
}

async fn all_at_once(
    connections: Vec<Connection>,
    end: Instant,
) -> io::Result<(Vec<Connection>, u32)> {
    let mut tasks = JoinSet::new();
    for connection in connections {
        tasks.spawn_local(connection.ask_until(end));
    }
    let (mut back, mut answers) = (Vec::new(), 0);
    while let Some(done) = tasks.join_next().await {
        let (connection, count) = done.map_err(io::Error::other)??;
        back.push(connection);
        answers += count;
    }
    Ok((back, answers))
}

/// The nanoseconds that all threads of a process have computed, the system's part included.
fn computed_by(process: u32) -> Option<f64> {
    let mut sum = 0.0;
    for thread in std::fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let told = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        sum += told.split(' ').next()?.parse::<f64>().ok()?;
    }
    Some(sum)
}

/// A connection that is kept alive.
struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    host: String,
    status: u16,
}

impl Connection {
    async fn open(target: &Target) -> io::Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        tokio::task::spawn_local(connection);
        Ok(Self {
            sender,
            host: target.address.to_string(),
            status: target.status,
        })
    }

    /// Asks and reads the answer, again and again, and says how often.
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    async fn ask_until(mut self, end: Instant) -> io::Result<(Self, u32)> {
        let mut answers = 0;
        while Instant::now() < end {
            self.ask().await.map_err(io::Error::other)?;
            answers += 1;
        }
        Ok((self, answers))
    }

    async fn ask(&mut self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let request = Request::get("/ping").header(header::HOST, &self.host);
        self.sender.ready().await?;
        let answer = self
            .sender
            .send_request(request.body(Empty::new())?)
            .await?;
        let status = answer.status().as_u16();
        answer.into_body().collect().await?;
        if status == self.status {
            Ok(())
        } else {
            Err(format!("answered with {status}").into())
        }
    }
}

fn quantile(values: &mut [f64], quarter: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = values.len() * quarter / 4;
    values.get(place).copied().unwrap_or(f64::NAN)
}
