use std::sync::Arc;
use std::time::Duration;

use entitlements_core::allowlist::{
    Allowlist, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistStore,
    AllowlistStoreError, ChangedBy,
};
use entitlements_core::audit::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use entitlements_core::license::{Collection, LicenseStore, LicenseStoreError, StoredEntry};
use entitlements_core::testing::{self, TestEngine, TestVendor};
use entitlements_core::{AccountId, Reply};
use http::Method;

use crate::client::{Client, OWNER};
use crate::log::Log;

/// A sink that is out of order: it says so, or never answers.
#[derive(Debug)]
enum Broken {
    Says,
    Hangs,
}

impl AuditSink for Broken {
    fn record(&self, _: AuditRecord) -> Reply<Result<(), AuditError>> {
        match self {
            Self::Says => Reply::Now(Err(AuditError::new("the disk is full"))),
            Self::Hangs => Reply::later(std::future::pending()),
        }
    }

    fn read(&self, _: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        Reply::Now(Err(AuditError::new("the disk is full")))
    }
}

#[tokio::test(start_paused = true)]
async fn m13_a_record_that_is_not_kept_is_in_the_log_as_an_error() {
    let (log, _listening) = Log::listen();
    let over = |sink: Broken| {
        let (engine, _upkeep) =
            TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
                builder.audit(sink)
            });
        Client::over(engine)
    };
    let client = over(Broken::Says);
    client.activate(&client.key("lic-1")).await.assert_json();
    let line = "message=an audit record is not kept: the disk is full";
    let text = log.text();
    let (_, line) = text.split_once(line).expect(&text);
    for field in [
        "action=\"license.activated\"",
        "by=\"admin\"",
        "license=\"lic-1\"",
    ] {
        assert!(line.contains(field), "{field} is not in {line}");
    }

    // The client goes away while the sink is at work; the license is taken already.
    let client = over(Broken::Hangs);
    let key = client.key("lic-2");
    tokio::select! {
        biased;
        _ = client.activate(&key) => panic!("it waits for the sink"),
        () = tokio::task::yield_now() => {}
    }
    assert!(client.engine.current().has("sso"));
    tokio::time::sleep(Duration::from_secs(11)).await;
    let line_of_nobody = "message=an audit record is not kept: nobody waited";
    let text = log.text();
    let (_, line) = text.split_once(line_of_nobody).expect(&text);
    assert!(line.contains("license=\"lic-2\""), "{line}");

    // One that waits has its answer all the same.
    let client = over(Broken::Hangs);
    client.activate(&client.key("lic-3")).await.assert_json();
    let text = log.text();
    let (_, line) = text.rsplit_once(line_of_nobody).expect(&text);
    assert!(line.contains("license=\"lic-3\""), "{line}");
}

/// A disk that takes its time.
#[derive(Debug)]
struct Slow;

fn later() -> Reply<Result<(), LicenseStoreError>> {
    Reply::later(std::future::pending())
}

impl LicenseStore for Slow {
    fn load(&self, _: Collection) -> Reply<Result<Vec<StoredEntry>, LicenseStoreError>> {
        Reply::Now(Ok(Vec::new()))
    }

    fn put(&self, _: Collection, _: StoredEntry) -> Reply<Result<(), LicenseStoreError>> {
        later()
    }

    fn remove(&self, _: Collection, _: &str) -> Reply<Result<(), LicenseStoreError>> {
        later()
    }

    fn clear(&self, _: Collection) -> Reply<Result<(), LicenseStoreError>> {
        later()
    }
}

impl AllowlistStore for Slow {
    fn load(&self, _: &AccountId) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        Reply::Now(Ok(Arc::default()))
    }

    fn change(
        &self,
        _: &AccountId,
        _: AllowlistChange,
        _: ChangedBy,
    ) -> Reply<Result<AllowlistChanged, AllowlistError>> {
        Reply::later(std::future::pending())
    }

    fn remove(&self, _: &AccountId) -> Reply<Result<bool, AllowlistStoreError>> {
        Reply::later(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn m13_a_client_that_goes_away_too_early_is_in_the_log() {
    let (log, _listening) = Log::listen();
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.license_store(Slow)
    });
    let client = Client::over(engine);
    let key = client.key("lic-1");
    tokio::select! {
        biased;
        _ = client.activate(&key) => panic!("it waits for the disk"),
        () = tokio::task::yield_now() => {}
    }
    tokio::time::sleep(Duration::from_secs(31)).await;
    let text = log.text();
    assert!(text.contains("message=a client went away"), "{text}");
    for field in ["by=\"admin\"", "asked=POST /license\n"] {
        assert!(text.contains(field), "{field} is not in {text}");
    }
    assert!(!text.contains("license.activated"), "{text}");

    // An owner's as well as an admin's.
    let (log, _listening) = Log::listen();
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.allowlists(Slow)
    });
    let owner = Client::over(engine);
    let path = "/account/ip-allowlist/0?force=true";
    let headers = [("authorization", OWNER)];
    tokio::select! {
        biased;
        _ = owner.send(Method::DELETE, path, &headers, "") => panic!("it waits for the disk"),
        () = tokio::task::yield_now() => {}
    }
    tokio::time::sleep(Duration::from_secs(31)).await;
    let text = log.text();
    assert!(text.contains("message=a client went away"), "{text}");
    for field in ["by=\"owner\"", "asked=DELETE /account/ip-allowlist/{id}\n"] {
        assert!(text.contains(field), "{field} is not in {text}");
    }

    // Whoever only reads, and whoever waits, leaves no such line.
    let (log, _listening) = Log::listen();
    client.get("/license").await.assert_json();
    assert_eq!(client.activate("x").await.status, 422);
    assert!(!log.text().contains("went away"), "{}", log.text());
}
