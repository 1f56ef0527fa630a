//! Every call to the store fails once, in every way, in the middle of every change; then the store is well again, and the change is asked
//! for once more. What comes of it is what comes of it where nothing fails, in memory, where it is kept, and after a start.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use entitlements_core::license::Collection;
use entitlements_core::testing::{self, ManualClock, NOW, TestVendor};
use entitlements_core::{Entitlements, Environment};

use crate::faulty::{Fault, Faulty, Kept};
use crate::product::{Product, key};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Activate,
    Renew,
    Deactivate,
    DeactivateAll,
    Revoke,
    ResetClock,
    Revalidate,
}

const CHANGES: [Change; 7] = [
    Change::Activate,
    Change::Renew,
    Change::Deactivate,
    Change::DeactivateAll,
    Change::Revoke,
    Change::ResetClock,
    Change::Revalidate,
];

struct World {
    vendor: TestVendor,
    old: String,
    renewed: String,
    new: String,
    revoked: String,
    other: String,
    bound: String,
}

impl World {
    fn new() -> Self {
        let vendor = TestVendor::new();
        let day = |days| NOW.saturating_add_days(days);
        let old = key(&vendor, "old", |draft| {
            draft
                .issued_at(NOW.saturating_sub(DAY * 90))
                .expires_at(day(30))
        });
        let renewed = key(&vendor, "old", |draft| {
            draft
                .issued_at(NOW.saturating_sub(HOUR))
                .expires_at(day(300))
        });
        let new = key(&vendor, "new", |draft| {
            draft
                .issued_at(NOW.saturating_sub(HOUR))
                .expires_at(day(300))
        });
        let other = key(&vendor, "other", |draft| draft.expires_at(day(200)));
        let bound = key(&vendor, "bound", |draft| {
            draft.deployment("elsewhere").expires_at(day(200))
        });
        let revoked = vendor.revocations(|draft| draft.license("old"));
        Self {
            vendor,
            old,
            renewed,
            new,
            revoked,
            other,
            bound,
        }
    }

    /// The clock was wrong for hours; an old license is kept.
    fn kept(&self) -> Kept {
        let far = "2099-01-01T00:00:00Z".to_owned();
        Kept::from([
            ((Collection::Licenses, "old".to_owned()), self.old.clone()),
            ((Collection::Clock, "newest".to_owned()), far),
        ])
    }

    async fn engine(&self, store: &Faulty) -> Entitlements {
        let builder = Entitlements::builder()
            .catalog(testing::catalog())
            .trusted_key(self.vendor.trusted_key())
            .environment(Environment::of::<String, String>([]))
            .clock(Arc::new(ManualClock::at(NOW)))
            .license_store(store.clone());
        // Without an upkeep: whoever asks next has to find out by himself.
        builder.build().await.unwrap().0
    }

    /// What happens behind the engine's back before the change.
    fn meanwhile(&self, change: Change, store: &Faulty) {
        if change == Change::Revalidate {
            store.puts(Collection::Licenses, "other", &self.other);
            store.puts(Collection::Licenses, "bound", &self.bound);
            store.puts(Collection::Clock, "newest", &NOW.to_string());
            store.puts(Collection::Clock, "reset", &NOW.to_string());
            store.puts(Collection::Clock, "newest_issue", &NOW.to_string());
        }
    }

    async fn make(&self, change: Change, engine: &Entitlements) -> Result<(), String> {
        let told = |error: &dyn std::fmt::Display| error.to_string();
        match change {
            Change::Activate => engine
                .activate(&self.new)
                .await
                .map(drop)
                .map_err(|e| told(&e)),
            Change::Renew => engine
                .activate(&self.renewed)
                .await
                .map(drop)
                .map_err(|e| told(&e)),
            Change::Deactivate => match engine.deactivate("old").await {
                Err(error) if error.reason() == "not_found" => Ok(()),
                answer => answer.map(drop).map_err(|e| told(&e)),
            },
            Change::DeactivateAll => engine
                .deactivate_all()
                .await
                .map(drop)
                .map_err(|e| told(&e)),
            Change::Revoke => {
                let applied = engine.apply_revocations(&self.revoked).await;
                applied.map(drop).map_err(|e| told(&e))
            }
            Change::ResetClock => engine.reset_clock().await.map_err(|e| told(&e)),
            Change::Revalidate => {
                engine.revalidate().await;
                engine
                    .activate(&self.other)
                    .await
                    .map(drop)
                    .map_err(|e| told(&e))
            }
        }
    }
}

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// What is held and judged, as text.
fn held(engine: &Entitlements) -> String {
    let current = engine.current();
    let licenses = current.licenses().iter().map(|entry| {
        format!(
            "{:?} {:?} {:?} {}",
            entry.id, entry.expires_at, entry.status, entry.is_in_force
        )
    });
    let mut licenses: Vec<_> = licenses.collect();
    licenses.sort();
    let errors: Vec<_> = current.errors().iter().map(|error| error.code()).collect();
    format!(
        "{licenses:?} {} {errors:?} now {}",
        current.status().as_str(),
        engine.now()
    )
}

/// Asks a while for it, and gives it up.
fn give_up<T>(work: impl Future<Output = T>) {
    let mut work = pin!(work);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..50 {
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::as_mut(&mut work).poll(&mut cx)));
        if !matches!(polled, Ok(Poll::Pending)) {
            return;
        }
    }
}

#[tokio::test]
async fn p3_p9_a_store_that_fails_at_any_call_of_any_change_leaves_what_the_change_leaves_once_it_is_well()
 {
    let world = World::new();
    let mut wrong = Vec::new();
    for change in CHANGES {
        let store = Faulty::state_of(world.kept());
        let engine = world.engine(&store).await;
        world.meanwhile(change, &store);
        world.make(change, &engine).await.unwrap();
        let expected = held(&engine);
        engine.revalidate().await;
        let expected_kept = store.kept();
        let expected_later = held(&world.engine(&store).await);
        assert_eq!(expected, expected_later, "{change:?}");
        for fault in Fault::ALL {
            for call in 0.. {
                let store = Faulty::state_of(world.kept());
                let engine = world.engine(&store).await;
                world.meanwhile(change, &store);
                store.fails_after(call, fault);
                give_up(world.make(change, &engine));
                if !store.heals() {
                    break;
                }
                let what = format!("{change:?}, {fault:?} at call {call}");
                if change == Change::Revalidate {
                    // Whoever hands in a key that another process kept has it in force then, not later.
                    engine.activate(&world.other).await.unwrap();
                    let current = engine.current();
                    let mut licenses = current.licenses().iter();
                    if !licenses
                        .any(|entry| entry.id.as_deref() == Some("other") && entry.is_in_force)
                    {
                        wrong.push(format!("{what}: not in force"));
                    }
                }
                if let Err(error) = world.make(change, &engine).await {
                    wrong.push(format!("{what}: refused afterwards: {error}"));
                    continue;
                }
                if held(&engine) != expected {
                    wrong.push(format!(
                        "{what}: held {} instead of {expected}",
                        held(&engine)
                    ));
                }
                engine.revalidate().await;
                if held(&engine) != expected {
                    wrong.push(format!(
                        "{what}: revalidated {} instead of {expected}",
                        held(&engine)
                    ));
                }
                if store.kept() != expected_kept {
                    wrong.push(format!(
                        "{what}: kept {:?} instead of {:?}",
                        store.kept().keys(),
                        expected_kept.keys()
                    ));
                }
                let later = held(&world.engine(&store).await);
                if later != expected {
                    wrong.push(format!(
                        "{what}: after a start {later} instead of {expected}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A store that is late at the start of the machine.
#[tokio::test]
async fn s14_what_a_start_cannot_read_is_read_within_a_minute_and_nothing_is_forgotten() {
    let world = World::new();
    let end = NOW.saturating_add_days(30);
    let mut kept = world.kept();
    let trusted = NOW.saturating_add_days(8);
    kept.insert(
        (Collection::Clock, "newest".to_owned()),
        trusted.to_string(),
    );
    let told = format!("old {} 30", end.unix_seconds());
    kept.insert((Collection::Notices, told), NOW.to_string());
    // The clock, the notices, the licenses, the lists, the clock.
    for call in 0..5 {
        let store = Faulty::state_of(kept.clone());
        store.fails_after(call, Fault::Refuses);
        let given = store.clone();
        let mut product =
            Product::start_with(&world.vendor, NOW, |builder| builder.license_store(given)).await;
        assert!(store.heals(), "call {call}");
        product.clock.advance(std::time::Duration::from_secs(60));
        product
            .until("it is read", |product| product.errors().is_empty())
            .await;
        product.settle().await;
        assert_eq!(product.status(), "active", "call {call}");
        assert!(product.engine.now() >= trusted, "call {call}");
        let told: Vec<_> = product.told().iter().map(|notice| notice.days()).collect();
        if call != 1 {
            assert_eq!(told, [], "call {call}: it was told in an earlier life");
        }
        assert_eq!(product.warnings(), ["clock_rolled_back"]);
        product.stop().await;
    }
}

/// The catalog said otherwise what a license's id is, or somebody copied an entry.
#[tokio::test]
async fn p8_a_license_that_is_kept_under_other_names_is_renewed_and_removed_there_too() {
    let world = World::new();
    for names in [&["a name"][..], &["a name", "old"], &["old", "z"]] {
        let entries = names.iter().map(|name| {
            let entry = (Collection::Licenses, (*name).to_owned());
            (entry, world.old.clone())
        });
        let store = Faulty::state_of(entries.clone().collect());
        let engine = world.engine(&store).await;
        engine.activate(&world.renewed).await.unwrap();
        engine.revalidate().await;
        let renewed = Some(NOW.saturating_add_days(300));
        assert_eq!(engine.current().licenses()[0].expires_at, renewed);
        assert_eq!(engine.current().licenses().len(), 1);

        let store = Faulty::state_of(entries.collect());
        let engine = world.engine(&store).await;
        engine.deactivate("old").await.unwrap();
        assert!(engine.current().licenses().is_empty());
        engine.revalidate().await;
        assert!(engine.current().licenses().is_empty(), "{names:?}");
        let is_license = |(of, _): &&(Collection, String)| *of == Collection::Licenses;
        assert_eq!(store.kept().keys().filter(is_license).count(), 0);
    }
}

#[tokio::test]
async fn p9_a_change_that_is_made_after_it_was_given_up_and_looked_for_counts_within_a_minute() {
    let world = World::new();
    let store = Faulty::state_of(Kept::new());
    let given = store.clone();
    let product =
        Product::start_with(&world.vendor, NOW, |builder| builder.license_store(given)).await;
    store.fails_after(0, Fault::Hangs);
    give_up(product.engine.activate(&world.new));
    assert!(store.heals());
    product.settle().await;
    assert_eq!(product.status(), "unlicensed");
    store.puts(Collection::Licenses, "new", &world.new);
    product.clock.advance(std::time::Duration::from_secs(60));
    product
        .until("it is found", |product| product.status() == "active")
        .await;
}
