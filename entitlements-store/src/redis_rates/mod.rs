//! Rates that processes share, in Redis or Valkey.
//!
//! - `rates.lua`: the step of the rules Q1 to Q8, as a script; `present.lua`: which processes there are; `script.rs`: how they are run;
//! - `speed.rs`: a rate in the numbers of the script; `question.rs`: what it is asked and says; `slots.rs`: several slots at once;
//! - `link.rs`: a link that keeps itself up; `tasks.rs`: what it does when nobody asks; `wire.rs`: what it leads through; `server.rs`: how a connection
//!   to one server is made, and `tls.rs`: how both prove who they are.

mod link;
mod question;
mod script;
mod server;
mod slots;
mod speed;
mod tasks;
#[cfg(test)]
mod tests;
#[cfg(feature = "redis-tls")]
mod tls;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::Reply;
use entitlements_core::rate::{RateStore, RateStoreError, StoreAnswer, StoreAsk};
use redis::aio::ConnectionLike;
use redis::{RedisError, Value};

use link::{Fault, Link};
use question::{Mode, Question, Said};
use script::{Argument, Script};
use wire::Place;

/// What all keys begin with where it is not said.
const PREFIX: &str = "entitlements:rate:";

/// How the script begins where something else lies under a key.
const UNREADABLE: &str = "NORATE";

/// What a server can still reckon with, and longer than any process is there.
const LONGEST_STAY: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Rates that processes share, in Redis or Valkey: a server, or a cluster.
///
/// What many processes admit together is what one would, by the clock of the server, to the microsecond (Q1 to Q8). Whatever is asked of one
/// account takes one script and so one round trip, all or nothing; further ones are asked one after the other. It runs on Redis from version 5
/// and on any Valkey. Clones share one connection.
///
/// # Connection
/// There is one, which all requests share; those that come at the same time travel together. It is made, watched and replaced by tasks of the
/// runtime in which it is used: when it ends, the next one is made at once. Until the first try has ended whoever asks waits for it, a second at most; after one that failed, whoever asks hears so at once. Whoever
/// gives up on an answer, as an engine does after its budget, leaves a task behind that asks again: without any answer for half a second the
/// connection counts as dead. Connecting may take a second, and is tried again after a pause of at most a second.
///
/// # Keys
/// `entitlements:rate:{a:acc_42}/u:mona:api` is what the user `mona` of account `acc_42` has spent of the rate `api`: `3 0/100000 1
/// 1790000000000000 …` says that it was 3 units and no part of 100000, of which 1 is refilled in a microsecond, at that time in microseconds.
/// A key is there while something is spent, and expires when nothing is. A server that evicts keys for want of memory forgets what was spent;
/// `noeviction` or `volatile-ttl` suit. What else lies under such a name is left as it is, and asking for it fails with its name; what others ask for is told.
///
/// Processes that share are in `entitlements:rate:processes`.
///
/// # Limits
/// Numbers above 2^52 count as that, and a speed whose numbers are larger in lowest terms, of parts in a microsecond, as a slower
/// one; a unit in 142 years is the slowest. Where a script was sent and its answer did not come, its units may be spent: less is admitted then,
/// never more. What was spent is gone where the server loses it, as in a restart without persistence.
///
/// ```no_run
/// use entitlements_store::RedisRates;
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// // Also where the server is away: each process has its share until it is there.
/// let rates = RedisRates::lazy("redis://127.0.0.1/")?;
///
/// // Or only with the server.
/// let rates = RedisRates::connect("redis://:secret@redis.internal:6379/0").await?;
/// assert!(!format!("{rates:?}").contains("secret"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RedisRates(Arc<Rates>);

struct Rates {
    link: Link,
    prefix: String,
    rates: Script,
    present: Script,
}

impl RedisRates {
    /// Uses the server at a URL: `redis://[user][:password@]host[:port][/database]`, `rediss://…` with the feature `redis-tls`, or
    /// `unix:///path`. Waits until there is a connection.
    ///
    /// # Errors
    /// Where the URL is none, or no connection can be made now.
    pub async fn connect(url: &str) -> Result<Self, RateStoreError> {
        let rates = Self::lazy(url)?;
        rates.ready().await?;
        Ok(rates)
    }

    /// As [`connect`](Self::connect), and connects when it is asked first. The server may be away then, and for as long as it is.
    ///
    /// # Errors
    /// Where the URL is none.
    pub fn lazy(url: &str) -> Result<Self, RateStoreError> {
        let place = Place::one(url).map_err(|error| no_place(&error))?;
        Ok(Self::new(Link::to(place)))
    }

    /// Uses a cluster, of which some servers are at these URLs. Waits until it is known which others there are.
    ///
    /// Over TLS, `rustls` is told to use aws-lc for the whole process where the program has not chosen itself by then: a cluster's driver takes
    /// nothing else.
    ///
    /// # Errors
    /// Where a URL is none, or none of them can be connected to now.
    pub async fn cluster(
        urls: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, RateStoreError> {
        let rates = Self::lazy_cluster(urls)?;
        rates.ready().await?;
        Ok(rates)
    }

    /// As [`cluster`](Self::cluster), and connects when it is asked first.
    ///
    /// # Errors
    /// Where a URL is none.
    pub fn lazy_cluster(
        urls: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, RateStoreError> {
        let urls: Vec<_> = urls.into_iter().collect();
        let place = Place::cluster(urls.iter().map(AsRef::as_ref));
        Ok(Self::new(Link::to(
            place.map_err(|error| no_place(&error))?,
        )))
    }

    /// Waits until there is a connection, and runs the script once, so that the server knows it and the first request finds both.
    ///
    /// A program that starts with or without the server makes a [`lazy`](Self::lazy) one and leaves what this says to the log.
    ///
    /// # Errors
    /// Where no connection can be made now, or the script may not be run.
    ///
    /// # Cancel safety
    /// The connection is made all the same.
    pub async fn ready(&self) -> Result<(), RateStoreError> {
        let ready = async {
            self.0.link.ready().await?;
            let nothing = [Argument::Word(Mode::Look.word())];
            self.0.rates.run(&self.0.link, &[], &nothing).await
        };
        match ready.await {
            Ok(_) => Ok(()),
            Err(fault) => Err(self.0.error(&fault)),
        }
    }

    /// Uses a connection that the application has: a multiplexed one, a connection manager, or one to a cluster, of the driver that is here as
    /// [`redis`](crate::redis).
    ///
    /// What becomes of it when it ends or gives no answers is up to it: a multiplexed one stays as it is, and a connection manager waits for an
    /// error, which whoever gives up early does not wait for. [`connect`](Self::connect) needs no such care.
    #[must_use]
    pub fn from_connection(
        connection: impl ConnectionLike + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::new(Link::over(connection))
    }

    /// Begins all keys with this text in place of `entitlements:rate:`, for when several products share a server.
    ///
    /// Braces tell clusters which keys lie together, so they become parentheses.
    #[must_use]
    pub fn with_prefix(self, prefix: &str) -> Self {
        let prefix = prefix.replace('{', "(").replace('}', ")");
        Self::made(self.0.link.clone(), prefix)
    }

    /// Trusts these certificates in place of the system's, and shows the client's own to a server that asks for one; for servers at
    /// `rediss://…`, before the first request. Both are PEM.
    ///
    /// ```no_run
    /// use entitlements_store::{RedisRates, redis::TlsCertificates};
    ///
    /// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
    /// let certificates = TlsCertificates {
    ///     root_cert: Some(std::fs::read("/etc/acme/redis-ca.pem")?),
    ///     client_tls: None,
    /// };
    /// let rates = RedisRates::lazy("rediss://:secret@redis.internal:6380/")?.with_certificates(certificates)?;
    /// rates.ready().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where there is no certificate in what is given, or no private key that belongs to it, or a server is not at `rediss://…`. What a server
    /// proves is seen when it is connected to.
    #[cfg(feature = "redis-tls")]
    pub fn with_certificates(
        self,
        certificates: redis::TlsCertificates,
    ) -> Result<Self, RateStoreError> {
        let link = self.0.link.with_certificates(certificates);
        let link = link.map_err(|error| {
            RateStoreError::new(format_args!("certificates cannot be used: {error}"))
        })?;
        Ok(Self::made(link, self.0.prefix.clone()))
    }

    fn new(link: Link) -> Self {
        Self::made(link, PREFIX.to_owned())
    }

    fn made(link: Link, prefix: String) -> Self {
        Self(Arc::new(Rates {
            link,
            prefix,
            rates: Script::new(include_str!("rates.lua")),
            present: Script::new(include_str!("present.lua")),
        }))
    }

    fn ask(&self, asks: Vec<StoreAsk>, mode: Mode) -> Reply<Result<StoreAnswer, RateStoreError>> {
        let rates = Arc::clone(&self.0);
        Reply::later(async move {
            let answer = rates.ask(&asks, mode).await;
            answer.map_err(|fault| rates.error(&fault))
        })
    }
}

impl RateStore for RedisRates {
    fn take(&self, asks: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>> {
        self.ask(asks, Mode::Take)
    }

    fn look(&self, asks: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>> {
        self.ask(asks, Mode::Look)
    }

    fn present(&self, process: &str, stays: Duration) -> Reply<Result<u32, RateStoreError>> {
        let rates = Arc::clone(&self.0);
        let process = process.to_owned();
        Reply::later(async move {
            let count = rates.present(process, stays).await;
            count.map_err(|fault| rates.error(&fault))
        })
    }
}

impl Rates {
    async fn run(&self, question: &Question, arguments: &[Argument]) -> Result<Said, Fault> {
        let value = self
            .rates
            .run(&self.link, &question.keys, arguments)
            .await?;
        Said::read(&value, question).ok_or(Fault::NoAnswer)
    }

    async fn present(&self, process: String, stays: Duration) -> Result<u32, Fault> {
        let keys = [format!("{}processes", self.prefix)];
        let stays = stays.min(LONGEST_STAY).as_millis();
        let stays = u64::try_from(stays).unwrap_or_default();
        let arguments = [Argument::Text(process), Argument::Number(stays)];
        match self.present.run(&self.link, &keys, &arguments).await? {
            Value::Int(count) => Ok(u32::try_from(count).unwrap_or(u32::MAX)),
            _ => Err(Fault::NoAnswer),
        }
    }

    fn error(&self, fault: &Fault) -> RateStoreError {
        let words = self.link.words_for(fault);
        match fault {
            Fault::Redis(error) if error.code() == Some(UNREADABLE) => {
                RateStoreError::unreadable(words)
            }
            _ => RateStoreError::new(words),
        }
    }
}

/// Where it leads to, without what is secret.
impl fmt::Debug for RedisRates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRates")
            .field("link", &self.0.link)
            .field("prefix", &self.0.prefix)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a URL; never the URL, which has the password in it.
fn no_place(error: &RedisError) -> RateStoreError {
    RateStoreError::new(format_args!(
        "this is no URL of a server, as `redis://127.0.0.1/`: {error}"
    ))
}
