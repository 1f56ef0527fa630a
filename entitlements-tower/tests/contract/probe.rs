//! An inner service that takes the contract seriously.

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use tower::Service;

/// What the next `poll_ready` answers.
#[derive(Clone, Debug)]
pub(crate) enum Readiness {
    Ready,
    Pending,
    Failed(&'static str),
}

#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) polls: usize,
    pub(crate) calls: usize,
    pub(crate) wakers: Vec<Waker>,
}

/// Panics where it is called without being ready. A clone is not ready, however ready what it was made of is.
#[derive(Debug)]
pub(crate) struct Probe {
    ready: bool,
    pub(crate) answer: Arc<Mutex<Readiness>>,
    pub(crate) seen: Arc<Mutex<Seen>>,
    pub(crate) fails: Option<&'static str>,
}

impl Probe {
    pub(crate) fn new(readiness: Readiness) -> Self {
        Self {
            ready: false,
            answer: Arc::new(Mutex::new(readiness)),
            seen: Arc::default(),
            fails: None,
        }
    }
}

impl Clone for Probe {
    fn clone(&self) -> Self {
        Self {
            ready: false,
            answer: Arc::clone(&self.answer),
            seen: Arc::clone(&self.seen),
            fails: self.fails,
        }
    }
}

impl Service<Request<()>> for Probe {
    type Response = Response<String>;
    type Error = &'static str;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let mut seen = self.seen.lock().unwrap();
        seen.polls += 1;
        match *self.answer.lock().unwrap() {
            Readiness::Ready => {
                self.ready = true;
                Poll::Ready(Ok(()))
            }
            Readiness::Pending => {
                seen.wakers.push(cx.waker().clone());
                Poll::Pending
            }
            Readiness::Failed(why) => Poll::Ready(Err(why)),
        }
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        assert!(self.ready, "called without being ready");
        self.ready = false;
        self.seen.lock().unwrap().calls += 1;
        ready(match self.fails {
            Some(why) => Err(why),
            None => Ok(Response::new("passed".to_owned())),
        })
    }
}
