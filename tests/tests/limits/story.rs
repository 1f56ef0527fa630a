//! What every server serves: users, of whom there may be three, each made by a request that also holds a connection.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use entitlements_core::testing::{self, TestEngine};
use entitlements_core::{AccountId, Catalog};
use entitlements_tests::wire::PATIENCE;
use futures_util::stream::{self, BoxStream, StreamExt};

const CATALOG: &str = r#"
    schema = 1
    [product]
    name = "Limited"
    default_plan = "free"
    [limits.users]
    [limits.connections]
    kind = "concurrent"
    lease = "90s"
    [plans.free]
    limits = { users = 3, connections = "unlimited" }
"#;

pub(crate) struct Story {
    pub(crate) engine: TestEngine,
    /// Users whose making was answered with success, and who were not deleted; above 32 bits, all who were ever made.
    users: AtomicU64,
}

const MADE: u64 = 1 << 32;

/// The chunks of a body.
pub(crate) type Chunks = BoxStream<'static, Result<Bytes, io::Error>>;

/// How a handler answers.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// What the head announces of the body.
    pub(crate) length: Option<u64>,
    pub(crate) chunks: Chunks,
}

impl Answer {
    fn of(status: u16, chunks: impl IntoIterator<Item = &'static str>) -> Self {
        let chunks: Vec<_> = chunks.into_iter().map(|chunk| Ok(chunk.into())).collect();
        Self {
            status,
            length: None,
            chunks: stream::iter(chunks).boxed(),
        }
    }

    fn and_then(
        mut self,
        rest: impl futures_util::Stream<Item = Result<Bytes, io::Error>> + Send + 'static,
    ) -> Self {
        self.chunks = self.chunks.chain(rest).boxed();
        self
    }

    fn announced(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }
}

/// Goes on until nobody takes it: actix-web learns that a client is gone when it writes.
fn endless() -> Chunks {
    let chunk = async |()| {
        tokio::task::yield_now().await;
        Some((Ok(Bytes::from_static(&[b'z'; 1024])), ()))
    };
    stream::unfold((), chunk).boxed()
}

impl Story {
    pub(crate) fn new() -> Self {
        let catalog = Catalog::from_toml(CATALOG).unwrap();
        Self {
            engine: testing::without_license(catalog),
            users: AtomicU64::new(0),
        }
    }

    /// The handler behind the gate. `how` is the path's last segment.
    pub(crate) async fn answer(&self, method: &str, how: &str) -> Answer {
        match (method, how) {
            ("DELETE", _) => self.delete(),
            (_, "hang") => std::future::pending().await,
            (_, "panic") => panic!("the handler panics"),
            (_, "refuse") => Answer::of(409, ["no"]),
            (_, "stream") => Answer::of(201, ["a"]).and_then(endless()),
            (_, "break") => {
                Answer::of(201, ["a"]).and_then(stream::iter([Err(io::Error::other("broken"))]))
            }
            (_, "empty") => Answer::of(201, []),
            (_, "none") => Answer::of(201, []).announced(0),
            (_, "sized") => Answer::of(201, ["a", "bc"]).announced(3),
            (_, yields) => {
                for _ in 0..yields.parse().unwrap_or(0) {
                    tokio::task::yield_now().await;
                }
                Answer::of(201, ["a", "bc"])
            }
        }
    }

    /// Takes one that is there, and gives its room back with the response, in one go.
    fn delete(&self) -> Answer {
        let one_less = |users: u64| (!users.is_multiple_of(MADE)).then(|| users - 1);
        match self
            .users
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
        {
            Ok(_) => Answer::of(204, []),
            Err(_) => Answer::of(404, []),
        }
    }

    /// Outside the gate: what was answered.
    pub(crate) fn answered(&self, status: u16) {
        if status == 201 {
            self.users.fetch_add(MADE + 1, Ordering::SeqCst);
        }
    }

    /// How many were ever made.
    pub(crate) fn made(&self) -> u64 {
        self.made_and_there().0
    }

    pub(crate) fn there(&self) -> u64 {
        self.made_and_there().1
    }

    /// Both at one moment.
    pub(crate) fn made_and_there(&self) -> (u64, u64) {
        let users = self.users.load(Ordering::SeqCst);
        (users / MADE, users % MADE)
    }

    pub(crate) async fn used(&self, limit: &'static str) -> u64 {
        let limit = self.engine.limit(&AccountId::LOCAL, limit);
        limit.used().await.unwrap()
    }

    /// How many more users there is room for.
    pub(crate) async fn room(&self) -> u64 {
        let users = self.engine.limit(&AccountId::LOCAL, "users");
        let mut held = Vec::new();
        while let Ok(reservation) = users.reserve(1).await {
            held.push(reservation);
        }
        held.len() as u64
    }

    /// Waits until no request is under way.
    pub(crate) async fn is_idle(&self, why: &str) {
        let idle = async {
            while self.used("connections").await > 0 {
                tokio::task::yield_now().await;
            }
        };
        let idle = tokio::time::timeout(PATIENCE / 4, idle).await;
        idle.unwrap_or_else(|_| panic!("{why}: a lease is held for nobody"));
    }

    /// Waits until what was answered with success is used, and nothing is reserved.
    pub(crate) async fn settles_at_what_is_there(&self, why: &str) {
        self.is_idle(why).await;
        self.settles_at(self.there(), why).await;
    }

    /// Waits until no request is under way, and holds that exactly so many are used, and nothing is reserved.
    pub(crate) async fn settles_at(&self, used: u64, why: &str) {
        let settled = async {
            loop {
                if self.used("connections").await == 0
                    && self.used("users").await == used
                    && self.room().await == 3 - used
                {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(PATIENCE / 4, settled).await.is_err() {
            let (users, room) = (self.used("users").await, self.room().await);
            let connections = self.used("connections").await;
            panic!(
                "{why}: {users} used and room for {room}, {connections} leased; {used} were to be used"
            );
        }
    }
}
