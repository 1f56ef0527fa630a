//! Requests per second over loopback, side by side.
//!
//! A server has a thread and this load generator another. It keeps its connections alive and has one request on its way on each
//! of them, the same bytes again and again, and reads no more of the answers than where they end: so it is the server that has to
//! be waited for, and not the generator. The servers take turns in slices of time, and what counts is how many requests one got
//! answered to how many the bare one did just before.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How many connections a server has, each with one request on its way.
pub const CONNECTIONS: usize = 32;

/// How often every server gets its turn.
const TURNS: usize = 31;

/// How long a turn lasts.
const TURN: Duration = Duration::from_millis(60);

/// A server that is there, and what it is to answer.
#[derive(Debug, Clone)]
pub struct Target {
    /// What it is.
    pub name: &'static str,
    /// The one that it is compared to, by name.
    pub bare: &'static str,
    /// Where it listens.
    pub address: SocketAddr,
    /// What it answers each request with.
    pub status: u16,
}

/// What one server did.
#[derive(Debug, Clone)]
pub struct Throughput {
    /// What it is.
    pub name: &'static str,
    /// Requests per second, the median turn.
    pub per_second: f64,
    /// The share of what the bare server did in the turns beside: the lower quartile, the median and the upper one.
    pub share: [f64; 3],
}

/// Drives all of them, in turns.
///
/// # Errors
/// Where a connection fails, or an answer is another than the one to come.
pub fn drive(targets: &[Target]) -> io::Result<Vec<Throughput>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let turns = runtime.block_on(take_turns(targets))?;
    let figures = targets.iter().zip(&turns).map(|(target, mine)| {
        let bare = targets
            .iter()
            .position(|other| other.name == target.bare)
            .and_then(|place| turns.get(place));
        let mut shares: Vec<f64> = mine
            .iter()
            .zip(bare.into_iter().flatten())
            .map(|(mine, bare)| mine / bare)
            .collect();
        Throughput {
            name: target.name,
            per_second: quantile(&mut mine.clone(), 2),
            share: [1, 2, 3].map(|quarter| quantile(&mut shares, quarter)),
        }
    });
    Ok(figures.collect())
}

/// Requests per second of each turn of each server.
async fn take_turns(targets: &[Target]) -> io::Result<Vec<Vec<f64>>> {
    let mut open = Vec::new();
    for target in targets {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(Connection::open(target).await?);
        }
        open.push(connections);
    }
    let mut turns = vec![Vec::with_capacity(TURNS); targets.len()];
    // The first is to get warm.
    for turn in 0..=TURNS {
        for (connections, turns) in open.iter_mut().zip(&mut turns) {
            let (back, per_second) = all_at_once(std::mem::take(connections)).await?;
            *connections = back;
            if turn > 0 {
                turns.push(per_second);
            }
        }
    }
    Ok(turns)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
async fn all_at_once(connections: Vec<Connection>) -> io::Result<(Vec<Connection>, f64)> {
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for connection in connections {
        tasks.spawn(connection.ask_until(start + TURN));
    }
    let (mut back, mut answers) = (Vec::new(), 0);
    while let Some(done) = tasks.join_next().await {
        let (connection, count) = done.map_err(io::Error::other)??;
        back.push(connection);
        answers += count;
    }
    Ok((back, f64::from(answers) / start.elapsed().as_secs_f64()))
}

/// A connection that is kept alive.
struct Connection {
    stream: TcpStream,
    request: String,
    /// How each answer starts.
    starts: String,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(target: &Target) -> io::Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            request: format!("GET /ping HTTP/1.1\r\nhost: {}\r\n\r\n", target.address),
            starts: format!("HTTP/1.1 {} ", target.status),
            buffer: vec![0; 4096],
        })
    }

    /// Asks and reads the answer, again and again, and says how often.
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    async fn ask_until(mut self, end: Instant) -> io::Result<(Self, u32)> {
        let mut answers = 0;
        while Instant::now() < end {
            self.stream.write_all(self.request.as_bytes()).await?;
            self.answer().await?;
            answers += 1;
        }
        Ok((self, answers))
    }

    async fn answer(&mut self) -> io::Result<()> {
        let mut length = 0;
        loop {
            let room = self.buffer.get_mut(length..).unwrap_or_default();
            let more = self.stream.read(room).await?;
            if more == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            length += more;
            let read = self.buffer.get(..length).unwrap_or_default();
            if !read.starts_with(self.starts.as_bytes()) {
                return Err(io::Error::other(String::from_utf8_lossy(read)));
            }
            if whole_length(read).is_some_and(|whole| length >= whole) {
                return Ok(());
            }
        }
    }
}

/// How long an answer is, where its head is there. All of them say the length of their body.
fn whole_length(read: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"\r\ncontent-length: ";
    let find = |what: &[u8]| read.windows(what.len()).position(|found| found == what);
    let head = find(b"\r\n\r\n")? + 4;
    let digits = read.get(find(LENGTH)? + LENGTH.len()..)?;
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    let body = digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
    Some(head + body)
}

fn quantile(values: &mut [f64], quarter: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = values.len() * quarter / 4;
    values.get(place).copied().unwrap_or(f64::NAN)
}
