//! A link to a server that keeps itself up.
//!
//! Whoever asks may stop waiting at any time, so nothing may depend on who asks: connections are made by tasks of their own, and whoever
//! gives up on an answer leaves a task behind that sees whether there are answers at all. A task is started where something has to be done,
//! ends when it is done, and starts again where its runtime ended before.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use redis::{Cmd, RedisError, Value};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

use super::tasks::{Connecting, Probing};
use super::wire::{CONNECT, Driver, Ends, Given, Place, Wire};

/// Shared by all that ask.
#[derive(Clone)]
pub(super) struct Link(Arc<Shared>);

pub(super) struct Shared {
    /// None where the connection is the application's.
    place: Option<Place>,
    state: watch::Sender<State>,
    made: AtomicU64,
    pub(super) is_connecting: AtomicBool,
    pub(super) is_probing: AtomicBool,
}

#[derive(Clone)]
enum State {
    /// There is none, and it is not known whether there can be one: it is worth waiting for.
    Untried,
    Up(Up),
    /// There is none, and could not be the last time it was tried.
    Down(Arc<str>),
}

#[derive(Clone)]
struct Up {
    /// Which it is of all that were made.
    number: u64,
    wire: Wire,
    _driver: Option<Arc<Ends>>,
}

impl Link {
    pub(super) fn to(place: Place) -> Self {
        Self::new(Some(place), State::Untried)
    }

    pub(super) fn over(given: impl Given + 'static) -> Self {
        let up = Up {
            number: 0,
            wire: Wire::Given(Arc::new(given)),
            _driver: None,
        };
        Self::new(None, State::Up(up))
    }

    /// A link of its own to the same place.
    #[cfg(feature = "redis-tls")]
    pub(super) fn with_certificates(
        &self,
        certificates: redis::TlsCertificates,
    ) -> Result<Self, RedisError> {
        match &self.0.place {
            Some(place) => Ok(Self::to(place.with_certificates(certificates)?)),
            None => Err(super::tls::wrong("the connection is the application's")),
        }
    }

    fn new(place: Option<Place>, state: State) -> Self {
        Self(Arc::new(Shared {
            place,
            state: watch::Sender::new(state),
            made: AtomicU64::new(0),
            is_connecting: AtomicBool::new(false),
            is_probing: AtomicBool::new(false),
        }))
    }

    /// Waits until there is a connection, or it is known that there can be none now.
    pub(super) async fn ready(&self) -> Result<(), Fault> {
        self.0.up().await.map(drop)
    }

    /// Sends a command, and waits for the answer.
    ///
    /// # Cancel safety
    /// The command may have been carried out. Whether the connection still is one is found out by a task.
    pub(super) async fn send(&self, command: &Cmd) -> Result<Value, Fault> {
        let mut up = self.0.up().await?;
        let waiting = Waiting {
            shared: &self.0,
            for_answer_of: Some(up.number),
        };
        let answer = up.wire.send(command).await;
        waiting.end();
        answer.map_err(|error| {
            self.0.failed(up.number, &error);
            Fault::Redis(error)
        })
    }

    /// What failed, and where, without what must not be seen.
    pub(super) fn words_for(&self, fault: &Fault) -> String {
        let what = match fault {
            Fault::NotConnected(why) => return why.to_string(),
            Fault::NoAnswer => "an answer that the script does not give".to_owned(),
            Fault::Redis(error) => self.0.without_secrets(error.to_string()),
        };
        match &self.0.place {
            Some(place) => format!("{place}: {what}"),
            None => what,
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Fault {
    NotConnected(Arc<str>),
    /// Something else was answered than is ever said.
    NoAnswer,
    Redis(RedisError),
}

/// Where it leads to, never by which password.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.place {
            Some(place) => write!(f, "Link({place})"),
            None => f.write_str("Link(a connection of the application's)"),
        }
    }
}

impl Shared {
    async fn up(self: &Arc<Self>) -> Result<Up, Fault> {
        if let State::Up(up) = &*self.state.borrow() {
            return Ok(up.clone());
        }
        let mut state = self.state.subscribe();
        self.connect();
        let tried = state
            .wait_for(|state| !matches!(state, State::Untried))
            .await;
        match tried.as_deref() {
            Ok(State::Up(up)) => Ok(up.clone()),
            Ok(State::Down(why)) => Err(Fault::NotConnected(Arc::clone(why))),
            Ok(State::Untried) | Err(_) => Err(Fault::NotConnected("it is closed".into())),
        }
    }

    /// Starts a task that connects, where none does already.
    fn connect(self: &Arc<Self>) {
        let is_connecting = self.is_connecting.swap(true, Ordering::AcqRel);
        if is_connecting || self.place.is_none() {
            return;
        }
        let task = Connecting(Arc::downgrade(self));
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(task.run())),
            Err(_) => drop(task),
        }
    }

    /// One try; says whether there is a connection now.
    pub(super) async fn try_to_connect(self: &Arc<Self>) -> bool {
        let Some(place) = &self.place else {
            return true;
        };
        let why = match timeout(CONNECT, place.connect()).await {
            Ok(Ok((wire, driver))) => {
                self.is_up(wire, driver);
                return true;
            }
            Ok(Err(error)) => self.without_secrets(error.to_string()),
            Err(_) => format!("it took longer than {CONNECT:?}"),
        };
        self.is_down(&format!("cannot connect to {place}: {why}"));
        false
    }

    fn is_up(self: &Arc<Self>, wire: Wire, driver: Option<Driver>) {
        let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        let driver = driver.map(|driver| {
            let shared = Arc::downgrade(self);
            let task = tokio::spawn(async move {
                driver.await;
                if let Some(shared) = shared.upgrade() {
                    shared.is_gone(number);
                }
            });
            Arc::new(Ends(task.abort_handle()))
        });
        self.state.send_replace(State::Up(Up {
            number,
            wire,
            _driver: driver,
        }));
    }

    /// No connection could be made. One that is there meanwhile, as to the rest of a cluster, stays.
    pub(super) fn is_down(&self, why: &str) {
        self.state.send_if_modified(|state| {
            let is_up = matches!(state, State::Up(_));
            if !is_up {
                *state = State::Down(why.into());
            }
            !is_up
        });
    }

    pub(super) fn is_of_cluster(&self) -> bool {
        matches!(self.place, Some(Place::Cluster { .. }))
    }

    pub(super) fn failed(self: &Arc<Self>, number: u64, error: &RedisError) {
        if error.is_timeout() || error.is_unrecoverable_error() {
            self.is_gone(number);
        }
    }

    /// A connection has ended, or gives no answers: the next one is made at once. To a cluster there may be others than the one that failed, so
    /// what there is stays until then.
    pub(super) fn is_gone(self: &Arc<Self>, number: u64) {
        let is_it = |state: &State| matches!(state, State::Up(up) if up.number == number);
        let was_it = match &self.place {
            None => false,
            Some(Place::Cluster { .. }) => is_it(&self.state.borrow()),
            Some(Place::One(_)) => self.state.send_if_modified(|state| {
                let was_it = is_it(state);
                if was_it {
                    *state = State::Untried;
                }
                was_it
            }),
        };
        if was_it {
            self.connect();
        }
    }

    /// Starts a task that sees whether a connection gives answers, where none does already.
    fn probe(self: &Arc<Self>, number: u64) {
        let wire = match &*self.state.borrow() {
            State::Up(up) if up.number == number => up.wire.clone(),
            _ => return,
        };
        if let Ok(runtime) = Handle::try_current()
            && !self.is_probing.swap(true, Ordering::AcqRel)
        {
            let task = Probing(Arc::downgrade(self));
            drop(runtime.spawn(task.run(number, wire)));
        }
    }

    fn without_secrets(&self, words: String) -> String {
        let Some(place) = &self.place else {
            return words;
        };
        let secrets = place.secrets().filter(|secret| !secret.is_empty());
        secrets.fold(words, |words, secret| words.replace(secret, "***"))
    }
}

/// Somebody who waits for an answer; who is dropped before is one who gave up.
struct Waiting<'a> {
    shared: &'a Arc<Shared>,
    for_answer_of: Option<u64>,
}

impl Waiting<'_> {
    fn end(mut self) {
        self.for_answer_of = None;
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.for_answer_of {
            self.shared.probe(number);
        }
    }
}
