//! What an engine makes of what the server says.

use std::time::Duration;

use entitlements_core::account::{AccountStore, AccountTerms, MemoryAccounts, NewAccount};
use entitlements_core::adapter::{Admission, Gate};
use entitlements_core::rate::SharedRates;
use entitlements_core::testing::{NOW, TestRequest};
use entitlements_core::{AccountId, Catalog, Entitlements, Environment, Reply, Requirement};
use entitlements_store::RedisRates;
use entitlements_test_services::Redis;

/// Far too slow to refill while a test runs.
const CATALOG: &str = r#"
    schema = 1
    [product]
    name = "Shared"
    default_plan = "free"
    [rates.api]
    [plans.free]
    rates = { api = { requests = 1, per = "1d", burst = 12 } }
"#;

/// As many as the plan has of the rate `api`.
pub(crate) const BURST: usize = 12;

/// A process that asks for the rate `api` of its accounts.
pub(crate) struct Process {
    engine: Entitlements,
    gate: Gate,
}

impl Process {
    pub(crate) async fn new(shared: SharedRates, accounts: impl Iterator<Item = String>) -> Self {
        let known = MemoryAccounts::default();
        for account in accounts {
            let account = NewAccount::new(AccountId::new(account), AccountTerms::default(), NOW);
            assert!(matches!(known.insert(account), Reply::Now(Ok(true))));
        }
        let builder = Entitlements::builder()
            .catalog(Catalog::from_toml(CATALOG).unwrap())
            .environment(Environment::of::<String, String>([]))
            .accounts(known)
            .shared_rates(shared);
        let (engine, _upkeep) = builder.build().await.unwrap();
        let gate = Gate::on(Requirement::rate("api"), &engine).unwrap();
        Self { engine, gate }
    }

    /// Whether a request of this account passes.
    pub(crate) async fn passes(&self, account: &str) -> bool {
        let current = self.engine.current_of(&AccountId::new(account)).await;
        let request = TestRequest::new("GET", "/");
        let mut admission = self.gate.admit(Some(&current.unwrap()), &request);
        while let Admission::Later(later) = admission {
            admission = later.await;
        }
        match admission {
            Admission::Rated(_) => true,
            Admission::Deny(denial) if denial.status() == 429 => false,
            other => panic!("{other:?}"),
        }
    }

    /// How many of so many pass.
    pub(crate) async fn pass(&self, account: &str, requests: usize) -> usize {
        let mut passed = 0;
        for _ in 0..requests {
            passed += usize::from(self.passes(account).await);
        }
        passed
    }
}

/// Q26: a key of somebody else's is a matter of its account, whose requests go by the share; those of others are told by the server, which is there.
#[tokio::test]
async fn what_cannot_be_read_for_one_account_is_told_for_others() {
    let server = Redis::start();
    let rates = RedisRates::connect(&server.url()).await.unwrap();
    let accounts = ["broken", "whole"].map(str::to_owned);
    // A machine with other things to do is not to pass for a server that is away.
    let shared = SharedRates::by(rates).budget(Duration::from_secs(2));
    let process = Process::new(shared, accounts.into_iter()).await;
    let key = |account| format!("entitlements:rate:{{a:{account}}}:api");
    assert_eq!(server.ask(&["LPUSH", &key("broken"), "1"]).unwrap(), ":1");
    let mut known = server.ask(&["GET", &key("whole")]);
    for full in [true, false, false] {
        // More than it takes to be away.
        let passed = process.pass("broken", 20).await;
        assert_eq!(passed, if full { BURST } else { 0 });
        assert!(process.passes("whole").await);
        let before = known;
        known = server.ask(&["GET", &key("whole")]);
        assert_ne!(known, before);
    }
    assert_eq!(server.ask(&["DEL", &key("broken")]).unwrap(), ":1");
    assert_eq!(process.pass("broken", 20).await, BURST);
}
