//! What holds for every sink of audit records, as tests: [`audit_sink_conformance!`](crate::audit_sink_conformance).
#![expect(
    clippy::expect_used,
    reason = "a test kit stops the test, and says why"
)]

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::NOW;
use crate::Timestamp;
use crate::audit::{AuditPage, AuditQuery, AuditRecord, AuditSink};

/// What is done beside the test.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

fn record(action: &str, actor: &str) -> AuditRecord {
    AuditRecord::new(NOW, action, actor)
}

async fn keep(sink: &impl AuditSink, record: &AuditRecord) {
    let kept = sink.record(record.clone()).await;
    kept.expect("it can be recorded");
}

async fn read(sink: &impl AuditSink, query: AuditQuery) -> AuditPage {
    sink.read(query).await.expect("records can be read")
}

async fn all(sink: &impl AuditSink) -> Vec<AuditRecord> {
    read(sink, AuditQuery::default()).await.records
}

/// A query, with something set in it.
fn asking(set: impl FnOnce(&mut AuditQuery)) -> AuditQuery {
    let mut query = AuditQuery::default();
    set(&mut query);
    query
}

/// M14: what was recorded is there when the sink is opened again, the newest first.
///
/// # Panics
/// Where it is not.
pub async fn m14_what_is_recorded_is_there_when_it_is_opened_again<S: AuditSink>(
    open: impl AsyncFn() -> S,
) {
    assert_eq!(
        read(&open().await, AuditQuery::default()).await,
        AuditPage::default()
    );
    let mut expected = Vec::new();
    for action in ["a", "b", "c"] {
        let made = record(action, "ada");
        keep(&open().await, &made).await;
        expected.insert(0, made);
    }
    assert_eq!(all(&open().await).await, expected);
}

/// M14: a record comes back as it was, whatever is in it.
///
/// # Panics
/// Where it does not.
pub async fn m14_a_record_comes_back_as_it_was<S: AuditSink>(open: impl AsyncFn() -> S) {
    let sink = open().await;
    let bare = record("", "");
    let mut full = AuditRecord::new(
        Timestamp::from_unix_micros(-1),
        "with \"quotes\" and \\",
        "'; drop table audit; --",
    );
    full.license = Some("lic_1".into());
    full.plan = Some(String::new());
    full.account = Some("größe 牌 🔑".into());
    full.outcome = AuditRecord::REFUSED.into();
    full.client_address = Some(IpAddr::from([0, 0, 0, 0, 0, 0xffff, 0x0a00, 1]));
    // In their order, and a name may be there twice.
    full.details = [("b", "1"), ("a", "a=b, c"), ("b", "")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let mut last = AuditRecord::new(Timestamp::MAX, "x".repeat(2000), "ada");
    last.client_address = Some(IpAddr::from([192, 0, 2, 1]));
    for made in [&bare, &full, &last] {
        keep(&sink, made).await;
    }
    assert_eq!(all(&open().await).await, [last, full, bare]);
}

/// M14: pages follow one another, and each record is on one of them.
///
/// # Panics
/// Where they do not.
pub async fn m14_pages_follow_one_another<S: AuditSink>(open: impl AsyncFn() -> S) {
    let sink = open().await;
    let made: Vec<_> = (0..205).map(|_| record("a", "ada")).collect();
    // The ids order them, and not who came first.
    for made in made.iter().rev().step_by(2) {
        keep(&sink, made).await;
    }
    for made in made.iter().rev().skip(1).step_by(2) {
        keep(&sink, made).await;
    }
    let expected: Vec<_> = made.iter().rev().cloned().collect();
    for (limit, sizes) in [
        (None, &[100, 100, 5][..]),
        (Some(204), &[204, 1]),
        (Some(205), &[205]),
        (Some(1000), &[205]),
    ] {
        let mut seen = Vec::new();
        let mut next = None;
        for (nth, size) in sizes.iter().enumerate() {
            let mut query = asking(|query| query.before = next.take());
            if let Some(limit) = limit {
                query = query.limited_to(limit);
            }
            let page = read(&sink, query).await;
            assert_eq!(page.records.len(), *size);
            next = page.next;
            assert_eq!(next.is_some(), nth + 1 < sizes.len(), "{limit:?}");
            seen.extend(page.records);
        }
        assert_eq!(seen, expected);
    }
    // A newer record does not move the pages behind it.
    let first = read(&sink, AuditQuery::default().limited_to(2)).await;
    keep(&sink, &record("a", "ada")).await;
    let second = asking(|query| query.before = first.next).limited_to(1);
    assert_eq!(read(&sink, second).await.records.first(), expected.get(2));
    let none = asking(|query| query.before = Some(String::new()));
    assert_eq!(read(&sink, none).await, AuditPage::default());
}

/// M14: only what is asked for is answered, and pages are made of that.
///
/// # Panics
/// Where something else is.
pub async fn m14_what_is_asked_for_is_answered_and_nothing_else<S: AuditSink>(
    open: impl AsyncFn() -> S,
) {
    let sink = open().await;
    let make =
        |seconds, action: &str, actor: &str, license: Option<&str>, account: Option<&str>| {
            let at = Timestamp::from_unix_seconds(seconds);
            let mut made = AuditRecord::new(at, action, actor);
            made.license = license.map(String::from);
            made.account = account.map(String::from);
            made
        };
    let made = [
        make(100, "license.activated", "ada", Some("l1"), None),
        make(200, "license.deactivated", "bob", Some("l1"), None),
        make(300, "account.created", "ada", None, Some("acme")),
        make(400, "account.changed", "Ada", Some("l2"), Some("acme")),
        // A clock that was set back.
        make(50, "account.changed", "bob", None, Some("Acme")),
    ];
    for made in &made {
        keep(&sink, made).await;
    }
    let seconds = |seconds| Some(Timestamp::from_unix_seconds(seconds));
    for (query, expected) in [
        (asking(|_| ()), &[4, 3, 2, 1, 0][..]),
        (
            asking(|query| query.action = Some("account.changed".into())),
            &[4, 3],
        ),
        (asking(|query| query.action = Some("account.".into())), &[]),
        (asking(|query| query.actor = Some("ada".into())), &[2, 0]),
        (asking(|query| query.license = Some("l1".into())), &[1, 0]),
        (asking(|query| query.account = Some("acme".into())), &[3, 2]),
        (asking(|query| query.account = Some("%".into())), &[]),
        (asking(|query| query.since = seconds(200)), &[3, 2, 1]),
        (asking(|query| query.until = seconds(200)), &[4, 0]),
        (
            asking(|query| (query.since, query.until) = (seconds(200), seconds(400))),
            &[2, 1],
        ),
        (
            asking(|query| {
                query.account = Some("acme".into());
                query.license = Some("l2".into());
                query.before = made.get(4).map(|made| made.id.clone());
            }),
            &[3],
        ),
    ] {
        let shown = format!("{query:?}");
        let expected: Vec<_> = expected.iter().filter_map(|nth| made.get(*nth)).collect();
        let found = read(&sink, query.clone()).await;
        assert_eq!(
            found.records.iter().collect::<Vec<_>>(),
            expected,
            "{shown}"
        );
        assert_eq!(found.next, None, "{shown}");
        // Records that are not asked for do not fill a page.
        let first = read(&sink, query.limited_to(1)).await;
        assert_eq!(first.records.first(), expected.first().copied(), "{shown}");
        assert_eq!(first.next.is_some(), expected.len() > 1, "{shown}");
    }
}

/// M14: a record is never replaced.
///
/// # Panics
/// Where it is.
pub async fn m14_a_record_is_never_replaced<S: AuditSink>(open: impl AsyncFn() -> S) {
    let sink = open().await;
    let made = record("license.activated", "ada");
    let mut forged = made.clone();
    forged.actor = "bob".into();
    for record in [&made, &forged, &made] {
        // Whether it is told that one is there already is the sink's to say.
        let _ = sink.record(record.clone()).await;
    }
    assert_eq!(all(&open().await).await, [made]);
}

/// M14: of those who record at the same time, through one handle or through another, nobody loses a record.
///
/// # Panics
/// Where one is lost.
pub async fn m14_nobody_loses_what_another_records<S: AuditSink>(
    open: impl AsyncFn() -> S,
    spawn: impl Fn(Task),
) {
    const EACH: usize = 16;
    let sinks = [Arc::new(open().await), Arc::new(open().await)];
    let (done, mut ends) = mpsc::unbounded_channel();
    for (actor, sink) in sinks.iter().cycle().take(8).enumerate() {
        let (sink, done) = (Arc::clone(sink), done.clone());
        spawn(Box::pin(async move {
            for number in 0..EACH {
                keep(&sink, &record(&number.to_string(), &actor.to_string())).await;
            }
            drop(done);
        }));
    }
    drop(done);
    // All are at their end when nobody has a sender any more.
    let none: Option<()> = ends.recv().await;
    assert!(none.is_none());
    let kept = read(&open().await, AuditQuery::default().limited_to(1000)).await;
    assert_eq!(kept.records.len(), 8 * EACH);
}

/// Makes a test of each part of M14 for an [`AuditSink`](crate::audit::AuditSink).
///
/// It takes an expression that makes a new, empty place, once a test, and one that opens the sink there, as often as a test
/// wants; both may await, with tokio's time and I/O at hand. Sinks see records as they are: what is taken out of them is taken
/// out before.
///
/// The crate that uses it needs tokio with feature `rt-multi-thread` among its dev-dependencies. Use it in a module
/// of its own, as each test is a function named after its rule.
///
/// ```
/// mod in_memory {
///     use std::sync::Arc;
///     use entitlements_core::audit::LogAudit;
///
///     entitlements_core::audit_sink_conformance!(
///         place = Arc::new(LogAudit::new()),
///         open = |place| Arc::clone(&place)
///     );
/// }
/// ```
#[macro_export]
macro_rules! audit_sink_conformance {
    (place = $make:expr, open = |$place:ident| $open:expr) => {
        $crate::__conformance_tests!(audit_sink, $make, $place, $open,
            m14_a_record_comes_back_as_it_was()
            m14_a_record_is_never_replaced()
            m14_nobody_loses_what_another_records(|task| drop(::tokio::spawn(task)))
            m14_pages_follow_one_another()
            m14_what_is_asked_for_is_answered_and_nothing_else()
            m14_what_is_recorded_is_there_when_it_is_opened_again()
        );
    };
}
