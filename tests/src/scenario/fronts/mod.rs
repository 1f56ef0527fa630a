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

use entitlements_core::{Denial, Entitlements, Requirement};
use entitlements_tower::Require;

use super::model::Request;

/// A way to a gate.
#[derive(Debug, Clone, Copy)]
pub struct Front {
    pub name: &'static str,
    /// Whether it takes the body from an answer to HEAD, as HTTP wants; the other fronts end before that.
    pub cuts_head: bool,
    /// Sends the request.
    pub answer: fn(Case) -> Pin<Box<dyn Future<Output = Answer>>>,
}

/// Every front.
pub const FRONTS: &[Front] = &[
    Front {
        name: "bare",
        cuts_head: false,
        answer: |case| Box::pin(std::future::ready(bare::answer(&case))),
    },
    Front {
        name: "tower",
        cuts_head: false,
        answer: |case| Box::pin(tower::answer(case)),
    },
    Front {
        name: "axum",
        cuts_head: true,
        answer: |case| Box::pin(axum::answer(case)),
    },
    Front {
        name: "axum on a socket",
        cuts_head: true,
        answer: |case| Box::pin(socket::answer(case)),
    },
    Front {
        name: "actix",
        cuts_head: false,
        answer: |case| Box::pin(actix::answer(case)),
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

/// A request to a gate.
#[derive(Debug, Clone)]
pub struct Case {
    pub engine: Entitlements,
    pub requirement: Requirement,
    pub wiring: Wiring,
    pub request: Request,
}

impl Case {
    fn require(&self) -> Require {
        let require = Require::new(self.requirement.clone());
        if self.wiring.has_own() {
            require.on(&self.engine)
        } else {
            require
        }
    }

    fn http_request<B>(&self, body: B) -> http::Request<B> {
        let mut request = http::Request::builder().method(self.request.method.as_str());
        for (name, value) in &self.request.headers {
            request = request.header(name, value);
        }
        request
            .uri("/")
            .body(body)
            .expect("the scenario's request is one")
    }
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
}

impl Answer {
    fn new(
        status: u16,
        headers: impl IntoIterator<Item = (String, String)>,
        body: impl Into<Vec<u8>>,
        handled: usize,
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
            handled,
        }
    }

    /// What a denial says, whoever sends it.
    #[must_use]
    pub fn of_denial(denial: &Denial) -> Self {
        let problem = denial.problem();
        let headers = problem
            .headers()
            .map(|(name, value)| (name.to_owned(), value.into_owned()));
        Self::new(problem.status(), headers, problem.body(), 0)
    }

    fn of_parts(parts: &http::response::Parts, body: impl Into<Vec<u8>>, handled: usize) -> Self {
        let headers = parts.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        });
        Self::new(parts.status.as_u16(), headers, body, handled)
    }
}

/// Counts the calls of a handler.
#[derive(Debug, Clone, Default)]
struct Calls(Arc<AtomicUsize>);

impl Calls {
    fn count(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn made(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}
