//! What happens around each request: what the scenario says goes before it, and what is used after it.

use std::fmt;
use std::sync::Arc;

use entitlements_core::testing::ManualClock;
use entitlements_core::{Clock, Entitlements, Timestamp};
use serde_json::Value;
use tokio::task::JoinHandle;

use super::addresses::Lists;
use super::counts::{self, Counters};
use super::model::Exchange;
use super::{accounts, set};

/// An engine in the hands of a scenario.
#[derive(Clone)]
pub struct Stage {
    pub engine: Entitlements,
    clock: Arc<ManualClock>,
    counters: Counters,
    lists: Lists,
    /// Where something has to be finished beside the requests.
    upkeep: Option<Arc<Running>>,
}

/// A task that ends with the scenario.
struct Running(JoinHandle<()>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Stage {
    pub(super) fn new(
        engine: Entitlements,
        clock: Arc<ManualClock>,
        (counters, lists): (Counters, Lists),
        upkeep: Option<JoinHandle<()>>,
    ) -> Self {
        Self {
            engine,
            clock,
            counters,
            lists,
            upkeep: upkeep.map(|upkeep| Arc::new(Running(upkeep))),
        }
    }

    /// Does what goes before a request.
    pub(super) async fn before(&self, exchange: &Exchange) {
        if let Some(time) = exchange.at {
            pass_until(&self.clock, time);
        }
        let now: Timestamp = self.engine.now();
        accounts::put(&self.engine, &exchange.accounts, now).await;
        counts::sync(&self.engine, &exchange.used).await;
        counts::lease(&self.engine, &exchange.leased).await;
        self.counters.say(&exchange.counted);
        self.lists.put(&exchange.allowlists);
        if let Some(kept) = exchange.allowlists_are {
            self.lists.are(kept);
        }
        for change in &exchange.changes {
            change.make(&self.engine).await;
        }
    }

    /// What is used after a request, of what the scenario says something of.
    pub(super) async fn used(&self, exchange: &Exchange) -> Vec<(String, Value)> {
        if self.upkeep.is_some() {
            // A reservation that is released settles beside the request; a few turns are enough for what waits for one.
            for _ in 0..8 {
                tokio::task::yield_now().await;
            }
        }
        counts::used(&self.engine, &exchange.used_after).await
    }

    /// What differs from what the scenario says of the set.
    pub(super) async fn set_differences(
        &self,
        expected: &super::model::ExpectedSet,
    ) -> Vec<String> {
        match &expected.account {
            None => set::differences(expected, self.engine.current().set()),
            Some(account) => match self.engine.current_of(&account.as_str().into()).await {
                Ok(current) => set::differences(expected, current.set()),
                Err(why) => vec![format!("`{account}` has no set: {why:?}")],
            },
        }
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.engine.fmt(f)
    }
}

/// Lets time pass until then; only what lies behind is set.
fn pass_until(clock: &ManualClock, time: Timestamp) {
    let passes = time.saturating_since(clock.now());
    if passes.is_zero() {
        clock.set(time);
    } else {
        clock.advance(passes);
    }
}
