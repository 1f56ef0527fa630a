use entitlements_core::Reply;
use entitlements_core::audit::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use entitlements_core::testing::{self, TestEngine, TestVendor};

use crate::client::Client;
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

#[tokio::test]
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
    let line = "message=an audit record is not kept: nobody waited";
    let text = log.text();
    let (_, line) = text.split_once(line).expect(&text);
    assert!(line.contains("license=\"lic-2\""), "{line}");
}
