//! Sinks of audit records that come with the crate.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::sync::Arc;

use entitlements_core::audit::{AuditQuery, AuditRecord, AuditSink, LogAudit};
use entitlements_core::testing::NOW;
use entitlements_core::{Entitlements, testing};

mod in_the_log {
    use super::{Arc, LogAudit};

    entitlements_core::audit_sink_conformance!(
        place = Arc::new(LogAudit::new()),
        open = |place| Arc::clone(&place)
    );
}

#[tokio::test]
async fn the_newest_thousand_stay_in_memory() {
    let sink = LogAudit::new();
    for number in 0..1003 {
        let record = AuditRecord::new(NOW, "a", number.to_string());
        sink.record(record).await.unwrap();
    }
    let query = AuditQuery::default().limited_to(5000);
    assert_eq!(query.limit(), 1000);
    let kept = sink.read(query).await.unwrap();
    assert_eq!(kept.records.len(), 1000);
    assert_eq!(kept.records.first().unwrap().actor, "1002");
    assert_eq!(kept.records.last().unwrap().actor, "3");
    assert_eq!(kept.next, None);
}

#[tokio::test]
async fn i9_an_engine_takes_keys_out_of_what_an_application_records() {
    let key = "eyJhbGciOiJFZERTQSJ9.eyJqdGkiOiJsaWNfMSJ9.c2lnbmF0dXJl";
    let own = Arc::new(LogAudit::new());
    let builder = Entitlements::builder().catalog(testing::catalog());
    let (engine, _upkeep) = builder.audit(Arc::clone(&own)).build().await.unwrap();
    let mut record = AuditRecord::new(NOW, "support.called", "ada");
    record
        .details
        .push(("said".into(), format!("my key is {key}")));
    engine.audit().record(record).await.unwrap();
    for sink in [engine.audit(), &(own as Arc<dyn AuditSink>)] {
        let page = sink.read(AuditQuery::default()).await.unwrap();
        let said = page.records.first().unwrap().detail("said");
        assert_eq!(said, Some("my key is [removed]"));
    }
}
