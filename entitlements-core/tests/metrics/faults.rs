//! Stores that fail are counted by what they are, and so is how accounts elsewhere were found.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entitlements_core::account::{
    Account, AccountQuery, AccountStore, AccountStoreError, AccountTerms, ChangeAccount, Lookup,
    NewAccount, SharedTerms,
};
use entitlements_core::adapter::Gate;
use entitlements_core::audit::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use entitlements_core::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use entitlements_core::notify::{LicenseNotice, Notifier, NotifyError};
use entitlements_core::testing::{self, NOW, TestEngine, TestRequest, TestVendor};
use entitlements_core::{
    AccountId, Decision, EntitlementsBuilder, OnUnavailable, Reply, Requirement, Timestamp,
};

use crate::recorded::{block_on, recording, run};

const REFUSED: &str = "connection refused";

/// All of what an engine asks, down.
#[derive(Debug)]
struct Down;

impl LicenseStore for Down {
    fn load(&self, of: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        Reply::Now(match of {
            Collection::Licenses => Err(LicenseStoreError::new(REFUSED)),
            _ => Ok(Vec::new()),
        })
    }

    fn put(&self, _: Collection, _: StoredEntry) -> Reply<Result<(), LicenseStoreError>> {
        Reply::later(async { Err(LicenseStoreError::new(REFUSED)) })
    }

    fn remove(&self, _: Collection, _: &str) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(Ok(()))
    }

    fn clear(&self, _: Collection) -> Reply<Result<(), LicenseStoreError>> {
        Reply::Now(Ok(()))
    }
}

impl AuditSink for Down {
    fn record(&self, _: AuditRecord) -> Reply<Result<(), AuditError>> {
        Reply::later(async { Err(AuditError::new(REFUSED)) })
    }

    fn read(&self, _: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        Reply::Now(Err(AuditError::new(REFUSED)))
    }
}

impl Notifier for Down {
    fn notify(&self, _: &LicenseNotice) -> Reply<Result<(), NotifyError>> {
        Reply::Now(Err(NotifyError::new(REFUSED)))
    }
}

/// Accounts on another machine, of which one is known.
#[derive(Debug, Clone)]
struct Elsewhere {
    terms: SharedTerms,
    is_at_hand: Arc<AtomicBool>,
    is_down: Arc<AtomicBool>,
}

type Answer<T> = Reply<Result<T, AccountStoreError>>;

impl AccountStore for Elsewhere {
    fn look(&self, _: &AccountId, read: &mut dyn FnMut(Option<&SharedTerms>)) -> Lookup {
        if self.is_at_hand.load(Ordering::SeqCst) {
            read(Some(&self.terms));
            Lookup::Shown
        } else {
            Lookup::Elsewhere
        }
    }

    fn fetch(&self, _: &AccountId) -> Answer<Option<SharedTerms>> {
        let answer = if self.is_down.load(Ordering::SeqCst) {
            Err(AccountStoreError::new(REFUSED))
        } else {
            Ok(Some(self.terms.clone()))
        };
        Reply::later(async { answer })
    }

    fn last_known(&self, _: &AccountId) -> Option<(SharedTerms, Timestamp)> {
        Some((self.terms.clone(), NOW))
    }

    fn account(&self, _: &AccountId) -> Answer<Option<Account>> {
        Reply::Now(Err(AccountStoreError::new(REFUSED)))
    }

    fn insert(&self, _: NewAccount) -> Answer<bool> {
        Reply::Now(Ok(false))
    }

    fn change(&self, _: &AccountId, _: ChangeAccount) -> Answer<Option<Account>> {
        Reply::Now(Ok(None))
    }

    fn remove(&self, _: &AccountId) -> Answer<bool> {
        Reply::Now(Ok(false))
    }

    fn page(&self, _: &AccountQuery) -> Answer<Vec<Account>> {
        Reply::Now(Ok(Vec::new()))
    }
}

fn engine(say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder) -> TestEngine {
    TestEngine::build(testing::catalog(), TestVendor::new(), say).0
}

fn errors(of: &str) -> String {
    format!("entitlements_backend_errors_total{{backend={of:?}}}")
}

#[test]
fn each_backend_that_fails_is_counted_by_its_name() {
    recording(|recorded| {
        let licenses = engine(|builder| builder.license_store(Down));
        assert_eq!(recorded.take()[&errors("license_store")], 1.0);
        let key = licenses.key(|draft| draft.plan("business"));
        block_on(licenses.activate(&key)).unwrap_err();
        assert_eq!(recorded.take()[&errors("license_store")], 1.0);

        let audit = engine(|builder| builder.audit(Down));
        block_on(audit.audit().read(AuditQuery::default())).unwrap_err();
        assert_eq!(recorded.take()[&errors("audit")], 1.0);

        let count = |_| async { Err::<u64, _>(REFUSED) };
        let usage = engine(|builder| builder.count("projects", count));
        let projects = usage.limit(&AccountId::LOCAL, "projects");
        block_on(projects.used()).unwrap_err();
        block_on(projects.reserve(1)).unwrap_err();
        assert_eq!(recorded.take()[&errors("usage_store")], 2.0);

        let (notified, mut upkeep) =
            TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
                builder.notifier(Down)
            });
        let key = notified.key(|draft| draft.plan("business"));
        block_on(notified.activate(&key)).unwrap();
        notified.clock().advance_days(364);
        run(&mut upkeep);
        assert_eq!(recorded.take()[&errors("notifier")], 1.0);
    });
}

#[test]
fn accounts_elsewhere_are_hits_misses_or_stale() {
    recording(|recorded| {
        let accounts = Elsewhere {
            terms: SharedTerms::new(AccountTerms::on_plan("business")),
            is_at_hand: Arc::default(),
            is_down: Arc::default(),
        };
        let engine = engine(|builder| builder.accounts(accounts.clone()));
        let gate = Gate::on(Requirement::feature("sso"), &engine).unwrap();
        let last_known = OnUnavailable::LastKnown(Duration::from_secs(60));
        let gate = gate.on_unavailable(last_known);
        let ask = || {
            let request = TestRequest::get("/").extension(AccountId::new("acme"));
            let admission = block_on(async {
                match gate.admit(None, &request) {
                    entitlements_core::adapter::Admission::Later(later) => later.await,
                    at_once => at_once,
                }
            });
            matches!(admission, entitlements_core::adapter::Admission::Pass)
        };
        let look_ups = || {
            let all = recorded.take();
            let of = |what: &str| {
                let series = format!("entitlements_cache_{what}_total");
                all.get(&series).copied().unwrap_or(0.0)
            };
            let failed = all.get(&errors("account_store")).copied();
            (of("hits"), of("misses"), of("stale"), failed)
        };

        assert!(ask());
        assert_eq!(look_ups(), (0.0, 1.0, 0.0, None));
        accounts.is_down.store(true, Ordering::SeqCst);
        assert!(ask());
        assert_eq!(look_ups(), (0.0, 1.0, 1.0, Some(1.0)));
        engine.clock().advance(Duration::from_secs(61));
        assert!(!ask(), "that is too old");
        assert_eq!(look_ups(), (0.0, 1.0, 0.0, Some(1.0)));
        accounts.is_at_hand.store(true, Ordering::SeqCst);
        assert!(ask());
        let (hits, misses, stale, failed) = look_ups();
        assert!(hits >= 1.0);
        assert_eq!((misses, stale, failed), (0.0, 0.0, None));
        let decision = gate.judge(None, &TestRequest::get("/"));
        assert!(matches!(decision, Decision::Deny(_)), "nobody's");
    });
}
