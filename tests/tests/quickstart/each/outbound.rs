//! I10: nothing leaves the machine.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;
use crate::vendor::Vendor;

#[test]
fn i10_its_only_sockets_are_its_own_port_and_its_clients() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let server = PROGRAM.start(&data).serve();
    let key = Vendor::of_data(&data).issue("business", &["--days", "30"]);
    let (is_over, looks) = (AtomicBool::new(false), AtomicU32::new(0));
    let strange = thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut strange = Vec::new();
            while !is_over.load(Ordering::SeqCst) {
                strange.extend(strange_sockets(&server));
                looks.fetch_add(1, Ordering::SeqCst);
            }
            strange
        });
        let over = Over(&is_over);
        // A machine that is busy elsewhere looks seldom.
        for round in 0..1000 {
            story(&server, &key);
            if round >= 20 && looks.load(Ordering::SeqCst) > 10 {
                break;
            }
        }
        drop(over);
        watching.join().unwrap()
    });
    assert!(looks.load(Ordering::SeqCst) > 10, "nobody looked");
    assert!(
        !sockets(&server).is_empty(),
        "not even the one it listens on"
    );
    assert!(strange.is_empty(), "{strange:?}");
}

/// Ends the watch, after a failure too.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn story(server: &Server, key: &str) {
    assert_eq!(server.get("/sso").status, 402);
    assert_eq!(server.activate(key).status, 200);
    assert_eq!(server.get("/sso").status, 200);
    assert_eq!(server.license_status()["status"], "active");
    let revalidated = server.admin("POST", "/api/v1/license/revalidate", b"");
    assert_eq!(revalidated.status, 200);
    assert_eq!(server.admin("DELETE", "/api/v1/license", b"").status, 204);
}

/// Its sockets that the system knows to be of another port than its own: whatever connects, or sends, has one. One that is in no table
/// leads nowhere: a runtime's own, or a client's that is gone.
fn strange_sockets(server: &Server) -> Vec<String> {
    let port = format!(":{:04X}", server.address().port());
    let mut elsewhere = BTreeSet::new();
    for table in ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"] {
        for line in lines(server, table) {
            if line.get(1).is_some_and(|local| !local.ends_with(&port)) {
                elsewhere.extend(line.into_iter().nth(9));
            }
        }
    }
    for line in lines(server, "unix") {
        // With a path: somebody may be there.
        if line.len() > 7 {
            elsewhere.extend(line.into_iter().nth(6));
        }
    }
    let own = sockets(server);
    own.intersection(&elsewhere).cloned().collect()
}

/// The inodes of the sockets that it has.
fn sockets(server: &Server) -> BTreeSet<String> {
    let descriptors = fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
    let targets = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets
        .filter_map(|target| {
            let name = target.to_str()?.strip_prefix("socket:[")?;
            Some(name.strip_suffix(']')?.to_owned())
        })
        .collect()
}

/// The words of each line of a table of the system's sockets.
fn lines(server: &Server, table: &str) -> impl Iterator<Item = Vec<String>> {
    let path = format!("/proc/{}/net/{table}", server.pid());
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<Vec<String>> = text
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect();
    lines.into_iter()
}
