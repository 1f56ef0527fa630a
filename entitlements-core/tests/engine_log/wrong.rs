use std::fs;

use entitlements_core::testing::{self, TestEngine, TestVendor};
use tempfile::tempdir;

use crate::{block_on, log};

/// S8a: the license stays in force, so that the log is all that an operator sees without asking.
#[test]
fn what_is_wrong_is_logged_once_also_where_nothing_else_changes() {
    log::listen();
    let (vendor, folder) = (TestVendor::new(), tempdir().unwrap());
    let path = folder.path().join("license.key");
    let key = vendor.key(&testing::catalog(), |draft| draft.plan("business"));
    fs::write(&path, key).unwrap();
    let file = path.clone();
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), vendor, |builder| {
        builder.license_file(file)
    });
    log::take();
    fs::write(&path, "garbage").unwrap();
    block_on(engine.revalidate());
    assert!(engine.current().has("sso"));
    let lines = log::take();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    assert!(
        line.starts_with("ERROR:") && line.contains("license_invalid"),
        "{line}"
    );
    block_on(engine.revalidate());
    assert_eq!(log::take(), [""; 0]);
}
