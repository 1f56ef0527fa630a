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
        story(&server, &key);
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
    for _ in 0..20 {
        assert_eq!(server.get("/sso").status, 402);
        assert_eq!(server.activate(key).status, 200);
        assert_eq!(server.get("/sso").status, 200);
        assert_eq!(server.license_status()["status"], "active");
        let revalidated = server.admin("POST", "/api/v1/license/revalidate", b"");
        assert_eq!(revalidated.status, 200);
        assert_eq!(server.admin("DELETE", "/api/v1/license", b"").status, 204);
    }
}

/// Its sockets that are neither its port's nor within the process (as a runtime's for signals are).
fn strange_sockets(server: &Server) -> Vec<String> {
    let before = sockets(server);
    let port = format!(":{:04X}", server.address().port());
    let mut known = BTreeSet::new();
    for line in lines(server, "tcp").chain(lines(server, "tcp6")) {
        if line.get(1).is_some_and(|local| local.ends_with(&port)) {
            known.extend(line.into_iter().nth(9));
        }
    }
    for line in lines(server, "unix") {
        // Without a path: nobody can connect to it.
        if line.len() == 7 {
            known.extend(line.into_iter().nth(6));
        }
    }
    // What is not there any more was closed while the tables were read.
    let after = sockets(server);
    let there = before.intersection(&after);
    there
        .filter(|inode| !known.contains(*inode))
        .cloned()
        .collect()
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
