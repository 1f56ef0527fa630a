//! The ways that a request can take to a gate: one file each, and a line in [`FRONTS`].

mod actix;
mod axum;
mod bare;
mod socket;
mod tower;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use entitlements_core::{Denial, Requirement};
use entitlements_tower::Require;
use serde_json::Value;

use super::accounts::AccountFrom;
use super::model::{Exchange, Request, Responds};
use super::require::{Rules, ruled};
use super::stage::Stage;

/// A way to a gate.
#[derive(Debug, Clone, Copy)]
pub struct Front {
    pub name: &'static str,
    /// Whether it takes the body from an answer to HEAD, as HTTP wants; the other fronts end before that.
    pub cuts_head: bool,
    /// Whether requests are those of gRPC.
    pub speaks: &'static [bool],
    /// Sends the requests, one after the other, to one gate.
    pub answers: fn(Case) -> Answers,
}

type Answers = Pin<Box<dyn Future<Output = Vec<Answer>>>>;

const HTTP: bool = false;
const GRPC: bool = true;

/// Every front.
pub const FRONTS: &[Front] = &[
    Front {
        name: "bare",
        cuts_head: false,
        speaks: &[HTTP],
        answers: |case| Box::pin(bare::answers(case)),
    },
    Front {
        name: "tower",
        cuts_head: false,
        speaks: &[HTTP, GRPC],
        answers: |case| Box::pin(tower::answers(case)),
    },
    Front {
        name: "tonic",
        cuts_head: false,
        speaks: &[GRPC],
        answers: |case| Box::pin(tower::tonic_answers(case)),
    },
    Front {
        name: "axum",
        cuts_head: true,
        speaks: &[HTTP, GRPC],
        answers: |case| Box::pin(axum::answers(case)),
    },
    Front {
        name: "axum on a socket",
        cuts_head: true,
        speaks: &[HTTP],
        answers: |case| Box::pin(socket::answers(case)),
    },
    Front {
        name: "actix",
        cuts_head: false,
        speaks: &[HTTP, GRPC],
        answers: |case| Box::pin(actix::answers(case)),
    },
];

/// How a gate gets at the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wiring {
    /// The request passes the engine's layer.
    Layer,
    /// The gate was given its engine.
    Own,
    /// Both.
    LayerAndOwn,
    /// Neither: a mistake in the program.
    Neither,
}

impl Wiring {
    #[must_use]
    pub const fn has_layer(self) -> bool {
        matches!(self, Self::Layer | Self::LayerAndOwn)
    }

    #[must_use]
    pub const fn has_own(self) -> bool {
        matches!(self, Self::Own | Self::LayerAndOwn)
    }
}

/// Requests to a gate.
#[derive(Debug, Clone)]
pub struct Case {
    pub stage: Stage,
    pub requirement: Requirement,
    pub rules: Rules,
    pub account_from: Option<AccountFrom>,
    pub anonymous_plan: Option<String>,
    pub wiring: Wiring,
    pub exchanges: Vec<Exchange>,
}

impl Case {
    /// The layer of tower and axum, over the gate.
    fn require(&self) -> Require {
        let require = ruled!(
            Require::new(self.requirement.clone()),
            &self.rules,
            headers,
            legacy_headers
        );
        if self.wiring.has_own() {
            require.on(&self.stage.engine)
        } else {
            require
        }
    }

    /// Asks one request after the other, with what goes before and after each.
    async fn each(&self, handler: &Handler, ask: impl AsyncFn(&Request) -> Answer) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(self.exchanges.len());
        for exchange in &self.exchanges {
            self.stage.before(exchange).await;
            handler.prepare(&exchange.responds);
            let mut answer = ask(&exchange.request).await;
            answer.handled = handler.calls();
            answer.used = Some(self.stage.used(exchange).await);
            answers.push(answer);
        }
        answers
    }
}

/// The request in `http` types, with whom the application's authentication put into it.
fn http_request<B>(request: &Request, body: B) -> http::Request<B> {
    let mut built = http::Request::builder().method(request.method.as_str());
    for (name, value) in request.headers() {
        built = built.header(name, value);
    }
    if let Some(account) = request.authenticated() {
        built = built.extension(account);
    }
    if let Some(user) = request.user() {
        built = built.extension(user);
    }
    if let Some(key) = request.api_key() {
        built = built.extension(key);
    }
    if let Some(peer) = request.peer() {
        built = built.extension(peer);
    }
    built
        .uri(&request.path)
        .body(body)
        .expect("the scenario's request is one")
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// In the order of names, without those that only a server adds.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How often the handler was called.
    pub handled: usize,
    /// What is used then, of what was asked about; nothing where nobody was asked.
    pub used: Option<Vec<(String, Value)>>,
}

impl Answer {
    fn new(
        status: u16,
        headers: impl IntoIterator<Item = (String, String)>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let mut headers: Vec<_> = headers
            .into_iter()
            .filter(|(name, _)| !["connection", "content-length", "date"].contains(&name.as_str()))
            .collect();
        headers.sort();
        Self {
            status,
            headers,
            body: body.into(),
            handled: 0,
            used: None,
        }
    }

    /// What a denial says, whoever sends it.
    #[must_use]
    pub fn of_denial(denial: &Denial) -> Self {
        let problem = denial.problem();
        let headers = problem
            .headers()
            .map(|(name, value)| (name.to_owned(), value.into_owned()));
        Self::new(problem.status(), headers, problem.body())
    }

    fn of_parts(parts: &http::response::Parts, body: impl Into<Vec<u8>>) -> Self {
        let headers = parts.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        });
        Self::new(parts.status.as_u16(), headers, body)
    }
}

/// What the handlers of all fronts do: count their calls, and answer as the scenario says.
#[derive(Debug, Clone, Default)]
struct Handler {
    called: Arc<AtomicUsize>,
    responds: Arc<Mutex<Responds>>,
}

impl Handler {
    fn prepare(&self, responds: &Responds) {
        self.called.store(0, Ordering::SeqCst);
        let mut next = self.responds.lock().unwrap_or_else(PoisonError::into_inner);
        next.clone_from(responds);
    }

    /// How often it was called for the present request.
    fn calls(&self) -> usize {
        self.called.load(Ordering::SeqCst)
    }

    fn call(&self) -> Responds {
        self.called.fetch_add(1, Ordering::SeqCst);
        let responds = self.responds.lock();
        responds.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The answer in `http` types, with the text in a body.
    fn response<B>(&self, body: fn(&'static str) -> B) -> http::Response<B> {
        let Responds {
            status,
            grpc_status,
        } = self.call();
        let mut response = http::Response::builder().status(status);
        if let Some(code) = grpc_status {
            response = response.header("grpc-status", code);
        }
        let response = response.body(body("welcome"));
        response.expect("the scenario's answer is one")
    }
}
