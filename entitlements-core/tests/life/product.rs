//! A product that is started again and again on one data folder.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::license::LicenseDraft;
use entitlements_core::notify::{self, LicenseNotice, NoticeReceiver};
use entitlements_core::testing::{self, ManualClock, TestVendor};
use entitlements_core::{
    Clock, Entitlements, EntitlementsBuilder, Environment, EventReceiver, SystemClock, Timestamp,
};
use tokio::task::JoinHandle;

use crate::watched::WatchedClock;

pub(crate) struct Product {
    pub(crate) engine: Entitlements,
    pub(crate) clock: Arc<ManualClock>,
    watched: Arc<WatchedClock>,
    pub(crate) notices: NoticeReceiver,
    pub(crate) events: EventReceiver,
    upkeep: JoinHandle<()>,
}

impl Product {
    pub(crate) async fn start(vendor: &TestVendor, folder: &Path, at: Timestamp) -> Self {
        Self::start_with(vendor, at, |builder| builder.data_dir(folder)).await
    }

    pub(crate) async fn start_with(
        vendor: &TestVendor,
        at: Timestamp,
        say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder,
    ) -> Self {
        let clock = Arc::new(ManualClock::at(at));
        let (notifier, notices) = notify::channel();
        let watched = Arc::new(WatchedClock::over(Arc::clone(&clock)));
        let builder = Entitlements::builder()
            .catalog(testing::catalog())
            .trusted_key(vendor.trusted_key())
            .environment(Environment::of::<String, String>([]))
            .notifier(notifier)
            .clock(Arc::clone(&watched) as Arc<dyn Clock>);
        let (engine, upkeep) = say(builder).build().await.unwrap();
        let events = engine.events();
        let product = Self {
            engine,
            clock,
            watched,
            notices,
            events,
            upkeep: tokio::spawn(upkeep),
        };
        product.settle().await;
        product
    }

    /// Lets the upkeep do what there is to do: then all parts of it wait for the clock.
    pub(crate) async fn settle(&self) {
        const PARTS: usize = 3;
        let patience = SystemClock::new();
        let mut quiet = 0;
        while quiet < 20 {
            assert!(
                patience.monotonic() < Duration::from_secs(20),
                "the upkeep is not done"
            );
            tokio::task::yield_now().await;
            quiet = if self.watched.waiting() == PARTS {
                quiet + 1
            } else {
                0
            };
        }
    }

    /// Waits until it is so; what other threads do takes as long as it takes.
    pub(crate) async fn until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let patience = SystemClock::new();
        while !is_so(self) {
            assert!(
                patience.monotonic() < Duration::from_secs(20),
                "never: {what}"
            );
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn advance(&self, time: Duration) {
        self.clock.advance(time);
        self.settle().await;
    }

    pub(crate) fn status(&self) -> &'static str {
        self.engine.current().status().as_str()
    }

    pub(crate) fn told(&mut self) -> Vec<LicenseNotice> {
        std::iter::from_fn(|| self.notices.try_recv()).collect()
    }

    /// The events so far, by name.
    pub(crate) fn happened(&mut self) -> Vec<&'static str> {
        let events = std::iter::from_fn(|| self.events.try_recv());
        events.map(|event| event.kind.as_str()).collect()
    }

    pub(crate) fn errors(&self) -> Vec<&'static str> {
        let current = self.engine.current();
        current.errors().iter().map(|error| error.code()).collect()
    }

    pub(crate) fn warnings(&self) -> Vec<&'static str> {
        let current = self.engine.current();
        let codes = current.warnings().iter().map(|warning| warning.code());
        codes.collect()
    }

    /// Ends it, and waits until it has.
    pub(crate) async fn stop(self) -> Timestamp {
        drop(self.engine);
        self.upkeep.await.unwrap();
        self.clock.now()
    }
}

/// A key for the plan business with this id, issued at the start of a test clock.
pub(crate) fn key(
    vendor: &TestVendor,
    id: &str,
    say: impl FnOnce(LicenseDraft) -> LicenseDraft,
) -> String {
    vendor.key(&testing::catalog(), |draft| {
        say(draft.plan("business").id(id))
    })
}
