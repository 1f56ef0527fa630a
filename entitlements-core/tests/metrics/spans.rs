//! What spans and events say: their names, fields and values. Whether a place in the code is listened to is settled for all threads at once,
//! so all listen, each to itself.

use std::cell::RefCell;
use std::fmt::{Debug, Write};
use std::sync::Once;

use entitlements_core::testing::{self, TestVendor};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::recorded::block_on;

thread_local! {
    /// Each span, and how many handles of it there are.
    static OPEN: RefCell<Vec<(String, usize)>> = const { RefCell::new(Vec::new()) };
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Begins to listen; every test that looks here does so first.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
    let _ = take();
    OPEN.take();
}

/// The spans that this thread closed and the events that it told since the last call.
pub(crate) fn take() -> Vec<String> {
    TOLD.take()
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line(attributes.metadata().name().to_owned());
        attributes.record(&mut line);
        OPEN.with_borrow_mut(|open| {
            open.push((line.0, 1));
            Id::from_u64(open.len() as u64)
        })
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        OPEN.with_borrow_mut(|open| {
            let (known, _) = &mut open[place(id)];
            let mut line = Line(std::mem::take(known));
            values.record(&mut line);
            *known = line.0;
        });
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = Line(format!("{} {}", metadata.level(), metadata.target()));
        event.record(&mut line);
        TOLD.with_borrow_mut(|told| told.push(line.0));
    }

    fn clone_span(&self, id: &Id) -> Id {
        OPEN.with_borrow_mut(|open| open[place(id)].1 += 1);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let closed = OPEN.with_borrow_mut(|open| {
            let (line, handles) = &mut open[place(&id)];
            *handles -= 1;
            (*handles == 0).then(|| line.clone())
        });
        TOLD.with_borrow_mut(|told| told.extend(closed.clone()));
        closed.is_some()
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn place(id: &Id) -> usize {
    usize::try_from(id.into_u64()).unwrap() - 1
}

struct Line(String);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {}={value}", field.name()).unwrap();
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

fn spans_alone() -> Vec<String> {
    let mut spans = take();
    spans.retain(|line| line.starts_with("entitlements."));
    spans
}

#[test]
fn changes_have_spans_that_name_the_license_and_never_a_key() {
    listen();
    let engine = testing::without_license(testing::catalog());
    assert_eq!(
        spans_alone(),
        ["entitlements.revalidate plan=community outcome=unlicensed"]
    );

    let key = engine.key(|draft| draft.plan("business").id("one"));
    block_on(engine.activate(&key)).unwrap();
    block_on(engine.activate(&key)).unwrap();
    let stranger = TestVendor::new().key(&testing::catalog(), |draft| draft.plan("business"));
    block_on(engine.activate(&stranger)).unwrap_err();
    block_on(engine.deactivate(&key)).unwrap_err();
    block_on(engine.deactivate("one")).unwrap();
    block_on(engine.activate(&key)).unwrap();
    block_on(engine.deactivate_all()).unwrap();
    let list = engine.vendor().revocations(|draft| draft.license("one"));
    let kid = engine.vendor().trusted_key().kid().to_owned();
    block_on(engine.apply_revocations(&list)).unwrap();
    block_on(engine.apply_revocations(&list)).unwrap();
    block_on(engine.activate(&key)).unwrap_err();
    block_on(engine.revalidate());
    let told = take();
    assert!(!told.iter().any(|line| line.contains(&key[40..80])));
    let spans: Vec<_> = told
        .iter()
        .filter(|line| line.starts_with("entitlements."))
        .collect();
    let applied = format!("entitlements.apply_revocations signed_by={kid} licenses=1 keys=0");
    assert_eq!(
        spans,
        [
            "entitlements.activate license=one plan=business outcome=added",
            "entitlements.activate license=one plan=business outcome=unchanged",
            "entitlements.activate outcome=unknown_key",
            "entitlements.deactivate outcome=not_found",
            "entitlements.deactivate license=one plan=business outcome=removed",
            "entitlements.activate license=one plan=business outcome=added",
            "entitlements.deactivate_all licenses=1 outcome=removed",
            &format!("{applied} outcome=applied"),
            &format!("{applied} outcome=unchanged"),
            "entitlements.activate outcome=revoked",
            "entitlements.revalidate plan=community outcome=unlicensed",
        ]
    );
}
