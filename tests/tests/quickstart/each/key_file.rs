//! A key file that changes while the program runs (S14), as Kubernetes changes one: two links, the inner of which is replaced.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use entitlements_core::{Clock as _, SystemClock};
use entitlements_tests::wire::PATIENCE;
use serde_json::Value;
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;
use crate::vendor::Vendor;

const FILE_VARIABLE: &str = "ENTITLEMENTS_LICENSE_KEY_FILE";

/// `license.key -> ..data/license.key`, and `..data -> ..1`.
struct Mounted {
    folder: PathBuf,
}

impl Mounted {
    fn new(folder: PathBuf, key: &str) -> Self {
        fs::create_dir(&folder).unwrap();
        let mounted = Self { folder };
        mounted.swap("..1", key);
        symlink("..data/license.key", mounted.file()).unwrap();
        mounted
    }

    fn file(&self) -> PathBuf {
        self.folder.join("license.key")
    }

    fn swap(&self, version: &str, key: &str) {
        let path = |name: &str| self.folder.join(name);
        fs::create_dir(path(version)).unwrap();
        fs::write(path(version).join("license.key"), key).unwrap();
        let before = fs::read_link(path("..data"));
        symlink(version, path("..data_tmp")).unwrap();
        fs::rename(path("..data_tmp"), path("..data")).unwrap();
        if let Ok(before) = before {
            fs::remove_dir_all(self.folder.join(before)).unwrap();
        }
    }
}

/// Asks until it is so. The program looks every two seconds.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let since = SystemClock::new();
    while !is_so() {
        assert!(since.monotonic() < PATIENCE, "{what}");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

fn codes(server: &Server, list: &str) -> Vec<Value> {
    let status = server.license_status();
    let list = status[list].as_array().unwrap().iter();
    list.map(|notice| notice["code"].clone()).collect()
}

fn start(data: &Path, mounted: &Mounted) -> Server {
    PROGRAM
        .start(data)
        .env(FILE_VARIABLE, mounted.file())
        .serve()
}

#[test]
fn s14_a_key_that_is_swapped_by_its_links_counts_without_a_restart() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    drop(PROGRAM.start(&data).serve());
    let vendor = Vendor::of_data(&data);
    let day = |plan| vendor.issue(plan, &["--days", "1", "--id", "lic_1"]);
    let (business, enterprise) = (day("business"), day("enterprise"));

    let mounted = Mounted::new(folder.path().join("secret"), "");
    let server = start(&data, &mounted);
    assert_eq!(server.get("/sso").status, 402);
    assert_eq!(codes(&server, "errors"), ["license_invalid"]);
    mounted.swap("..2", &business);
    wait_until("/sso opens", || server.get("/sso").status == 200);
    assert_eq!(codes(&server, "errors"), [""; 0]);
    mounted.swap("..3", &enterprise);
    wait_until("/audit opens", || server.get("/audit").status == 200);
    let log = server.stderr.text();
    assert_eq!(log.matches("entitlements changed").count(), 2, "{log}");

    // Half of a key is told of, and takes nothing away (S8a).
    mounted.swap("..4", &business[..business.len() / 2]);
    wait_until("the half is told of", || {
        !codes(&server, "errors").is_empty()
    });
    assert_eq!(codes(&server, "errors"), ["license_invalid"]);
    assert_eq!(server.get("/audit").status, 200);
    fs::remove_file(mounted.file()).unwrap();
    wait_until("what is gone is told of", || {
        codes(&server, "errors") == ["license_unreadable"]
    });
    assert_eq!(server.get("/audit").status, 200);
    drop(server);
    // At the next start there is nothing that it held before.
    let server = start(&data, &mounted);
    assert_eq!(server.get("/sso").status, 402);
    assert_eq!(codes(&server, "errors"), ["license_unreadable"]);
}
