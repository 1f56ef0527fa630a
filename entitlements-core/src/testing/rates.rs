use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use super::ManualClock;
use crate::rate::{
    Ask, Limiter, Part, RateStore, RateStoreError, StoreAnswer, StoreAsk, StoreStanding, Subject,
    Verdict,
};
use crate::{Clock, Reply};

/// How a [`TestRates`] answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answers {
    /// At once.
    #[default]
    AtOnce,
    /// It has to be waited for, for a moment.
    Later,
    /// It says that it cannot.
    Refuses,
    /// It says that it cannot read what it has, which is no reason not to ask it again.
    Unreadable,
    /// It never does.
    Never,
}

/// A store of rates that several engines in one test share, by the test's clock, and that can be made to fail: to see what becomes of a product's
/// requests then. Clones are one store.
///
/// ```
/// use entitlements_core::rate::{RateFallback, SharedRates};
/// use entitlements_core::testing::{self, Answers, TestEngine, TestRates, TestRequest, TestVendor};
/// use entitlements_core::adapter::{Admission, Gate};
/// use entitlements_core::Requirement;
///
/// let rates = TestRates::default();
/// let shared = SharedRates::by(rates.clone()).on_unavailable(RateFallback::Deny);
/// let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
///     builder.shared_rates(shared)
/// });
/// let gate = Gate::on(Requirement::rate("api"), &engine)?;
/// let ask = || gate.admit(Some(&engine.current()), &TestRequest::new("GET", "/"));
/// assert!(matches!(ask(), Admission::Rated(_)));
/// rates.answer(Answers::Refuses);
/// assert!(matches!(ask(), Admission::Deny(denial) if denial.code() == "ENTITLEMENTS_UNAVAILABLE"));
/// # Ok::<(), entitlements_core::UnknownName>(())
/// ```
#[derive(Debug, Clone)]
pub struct TestRates(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limiter: Limiter,
    clock: Arc<ManualClock>,
    answers: Mutex<Answers>,
    asked: AtomicUsize,
    /// Until when each process said that it stays.
    present: Mutex<HashMap<String, Duration>>,
}

impl Default for TestRates {
    /// With a clock of its own, which stands still.
    fn default() -> Self {
        Self::by(Arc::new(ManualClock::at(super::NOW)))
    }
}

impl TestRates {
    /// By this clock.
    #[must_use]
    pub fn by(clock: Arc<ManualClock>) -> Self {
        Self(Arc::new(Inner {
            limiter: Limiter::default(),
            clock,
            answers: Mutex::default(),
            asked: AtomicUsize::new(0),
            present: Mutex::default(),
        }))
    }

    /// Answers like this from now on.
    pub fn answer(&self, answers: Answers) {
        *lock(&self.0.answers) = answers;
    }

    /// How often it was asked for rates.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    fn reply<T: Send + 'static>(
        &self,
        answer: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> Reply<Result<T, RateStoreError>> {
        let answers = *lock(&self.0.answers);
        match answers {
            Answers::AtOnce => Reply::Now(Ok(answer(&self.0))),
            Answers::Later => {
                let inner = Arc::clone(&self.0);
                let mut has_waited = false;
                let moment = poll_fn(move |cx| {
                    if std::mem::replace(&mut has_waited, true) {
                        return Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    Poll::Pending
                });
                Reply::later(async move {
                    moment.await;
                    Ok(answer(&inner))
                })
            }
            Answers::Refuses => Reply::Now(Err(RateStoreError::new("connection refused"))),
            Answers::Unreadable => Reply::Now(Err(RateStoreError::unreadable(
                "something else lies under that name",
            ))),
            Answers::Never => Reply::later(std::future::pending()),
        }
    }

    fn settle(
        &self,
        asks: Vec<StoreAsk>,
        mode: Mode,
    ) -> Reply<Result<StoreAnswer, RateStoreError>> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        self.reply(move |inner| inner.settle(&asks, mode))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Take,
    Look,
}

impl Inner {
    fn settle(&self, asks: &[StoreAsk], mode: Mode) -> StoreAnswer {
        let now = self.clock.monotonic();
        let rates: Vec<_> = asks
            .iter()
            .map(|ask| self.limiter.rate(&ask.rate))
            .collect();
        let subjects = asks
            .iter()
            .map(|ask| Subject::Overall(Part::Custom(ask.subject.as_str())));
        let subjects: Vec<_> = subjects.collect();
        let made = |cost: fn(&StoreAsk) -> u64| -> Vec<Ask<'_>> {
            let all = rates.iter().zip(&subjects).zip(asks);
            all.map(|((rate, subject), ask)| Ask::new(rate, subject, &ask.quota).cost(cost(ask)))
                .collect()
        };
        let mut needed = made(|ask| ask.cost);
        let verdict = match mode {
            Mode::Take => self.limiter.take(&mut needed, now),
            Mode::Look => self.limiter.look(&mut needed, now),
        };
        let is_taken = mode == Mode::Take && verdict == Verdict::Admitted;
        // What is welcome beyond: one at a time, as many as there are.
        let beyond = asks
            .iter()
            .zip(&rates)
            .zip(&subjects)
            .map(|((ask, rate), subject)| {
                let takes = |_: &u64| {
                    let mut one = [Ask::new(rate, subject, &ask.quota)];
                    self.limiter.take(&mut one, now) == Verdict::Admitted
                };
                let welcome = if is_taken {
                    ask.most.saturating_sub(ask.cost)
                } else {
                    0
                };
                (0..welcome).take_while(takes).count() as u64
            });
        let beyond: Vec<u64> = beyond.collect();
        let mut ones = made(|_| 1);
        for one in &mut ones {
            self.limiter.look(std::slice::from_mut(one), now);
        }
        let standings = asks.iter().zip(&needed).zip(&ones).zip(beyond);
        let standings = standings.filter_map(|(((ask, needed), one), beyond)| {
            let (standing, next) = (needed.standing()?, one.standing()?);
            Some(StoreStanding {
                granted: if is_taken { ask.cost + beyond } else { 0 },
                remaining: next.remaining(),
                wait: standing.wait(),
                next: next.wait().unwrap_or(Duration::MAX),
            })
        });
        StoreAnswer {
            standings: standings.collect(),
        }
    }
}

impl RateStore for TestRates {
    fn take(&self, asks: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>> {
        self.settle(asks, Mode::Take)
    }

    fn look(&self, asks: Vec<StoreAsk>) -> Reply<Result<StoreAnswer, RateStoreError>> {
        self.settle(asks, Mode::Look)
    }

    fn present(&self, process: &str, stays: Duration) -> Reply<Result<u32, RateStoreError>> {
        let process = process.to_owned();
        self.reply(move |inner| {
            let now = inner.clock.monotonic();
            let mut present = lock(&inner.present);
            present.insert(process, now.saturating_add(stays));
            present.retain(|_, until| *until > now);
            u32::try_from(present.len()).unwrap_or(u32::MAX)
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
