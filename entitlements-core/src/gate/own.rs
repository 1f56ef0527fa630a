//! A gate as each thread counts it by itself.
//!
//! Frameworks clone what stands in front of a route for each request, and for several layers each of them several times. Threads that count
//! references at one place wait for each other then, for longer than the gates take. So clones are counted where the thread that makes
//! them counts: it remembers the gates that it cloned last. An idle thread keeps the memory of old ones until it clones others or ends: [`PLACES`] at
//! most. A gate that holds what others may wait for to be dropped, its engine or what a closure captured, is counted at one place, so that no
//! thread keeps that.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;

use super::{GateId, Inner};

/// How many gates a thread remembers. Few programs have more in front of the routes that are busy.
const PLACES: usize = 64;

thread_local! {
    static CLONED: RefCell<[Option<Own>; PLACES]> = const { RefCell::new([const { None }; PLACES]) };
}

/// What is in a gate.
pub(super) struct Own {
    id: GateId,
    inner: Arc<OfThread>,
}

/// What clones of one thread share: their count is beside this, and that of all threads behind it.
struct OfThread(Arc<Inner>);

impl Own {
    pub(super) fn new(inner: Inner) -> Self {
        Self {
            id: inner.id,
            inner: Arc::new(OfThread(Arc::new(inner))),
        }
    }

    /// As this thread counts it.
    fn known(&self) -> Option<Arc<OfThread>> {
        // A thread that is ending knows nothing.
        let known = CLONED.try_with(|cloned| {
            let cloned = cloned.try_borrow().ok()?;
            let place = cloned.get(self.id.place())?.as_ref()?;
            (place.id == self.id).then(|| Arc::clone(&place.inner))
        });
        known.ok().flatten()
    }

    #[cold]
    fn remember(&self) -> Arc<OfThread> {
        let own = Arc::new(OfThread(Arc::clone(&self.inner.0)));
        let _ = CLONED.try_with(|cloned| {
            // What is let go of is dropped after the borrow: its drop must not find the cell taken.
            let before = cloned.try_borrow_mut().ok().and_then(|mut cloned| {
                let place = Self {
                    id: self.id,
                    inner: Arc::clone(&own),
                };
                cloned.get_mut(self.id.place())?.replace(place)
            });
            drop(before);
        });
        own
    }
}

impl Clone for Own {
    #[inline]
    fn clone(&self) -> Self {
        let inner = if self.holds_others {
            Arc::clone(&self.inner)
        } else {
            self.known().unwrap_or_else(|| self.remember())
        };
        Self { id: self.id, inner }
    }
}

impl Deref for Own {
    type Target = Inner;

    #[inline(always)]
    fn deref(&self) -> &Inner {
        &self.inner.0
    }
}

impl GateId {
    const fn place(self) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "less than PLACES")]
        let place = (self.0 % PLACES as u64) as usize;
        place
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use crate::adapter::Gate;
    use crate::rate::RateKey;
    use crate::testing::{self, TestRequest};
    use crate::{Entitlements, Requirement};

    fn is_open(gate: &Gate, engine: &Entitlements) -> bool {
        gate.passes(Some(&engine.current()), &TestRequest::new("GET", "/"))
    }

    #[test]
    fn clones_are_one_gate_on_whichever_thread() {
        let engine = testing::on_plan(testing::catalog(), "business");
        let gates: Vec<Gate> = ["sso", "scim"]
            .repeat(100)
            .into_iter()
            .map(|feature| Gate::new(Requirement::feature(feature)))
            .collect();
        // Bound by the first request.
        for gate in &gates {
            let _ = gate.judge(Some(&engine.current()), &TestRequest::new("GET", "/"));
        }
        thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    for _ in 0..3 {
                        let clones: Vec<Gate> = gates.to_vec();
                        for (number, gate) in clones.iter().enumerate() {
                            assert_eq!(is_open(gate, &engine), number % 2 == 0);
                            assert_eq!(is_open(&gate.clone(), &engine), number % 2 == 0);
                        }
                    }
                });
            }
        });
    }

    #[test]
    fn no_thread_keeps_what_a_closure_captured() {
        let captured = Arc::new(());
        let [by, cost] = [Arc::clone(&captured), Arc::clone(&captured)];
        let by = Requirement::rate("api").by(RateKey::of_head(move |_| {
            let _ = &by;
            None
        }));
        let cost = Requirement::rate("api").cost_of_head(move |_| {
            let _ = &cost;
            1
        });
        let gates = [by, cost].map(Gate::new);
        drop((gates.clone(), gates));
        assert_eq!(Arc::strong_count(&captured), 1);
    }

    #[tokio::test]
    async fn no_thread_keeps_an_engine() {
        let builder = Entitlements::builder().catalog(testing::catalog());
        let (engine, mut upkeep) = builder.build().await.unwrap();
        let gate = Gate::on(Requirement::feature("sso"), &engine).unwrap();
        drop((gate.clone(), gate, engine));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let ended = std::pin::Pin::new(&mut upkeep).poll(&mut context);
        assert!(ended.is_ready(), "the last handle is gone");
    }
}
