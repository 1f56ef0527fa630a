//! I10: an engine opens no connection. A process of its own, because the sockets are those of the whole process.
//!
//! Two ways to see it, of which either would do: this program goes through a year of a license while another thread looks at every
//! file descriptor that it has; and this program, which holds all of the engine that it calls, does not even import the function of
//! the system that connects.
#![cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    target_endian = "little"
))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod elf;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use entitlements_core::testing::{self, ManualClock, TestVendor};
use entitlements_core::{Clock as _, Entitlements};

/// What a program that connects, or asks for the address of a name, has to call. (`sendmsg` is there for the standard library's
/// handles of processes.)
const CONNECTING: [&str; 6] = [
    "connect",
    "bind",
    "getaddrinfo",
    "gethostbyname",
    "sendto",
    "sendmmsg",
];

#[test]
fn i10_an_engine_goes_through_a_year_without_a_socket() {
    let (is_over, looks) = (AtomicBool::new(false), AtomicU32::new(0));
    let sockets = std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut seen = Vec::new();
            while !is_over.load(Ordering::SeqCst) {
                seen.extend(sockets());
                looks.fetch_add(1, Ordering::SeqCst);
            }
            seen
        });
        // Neither network nor signals are turned on in this runtime: tokio panics where something asks for them.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let over = Over(&is_over);
        runtime.block_on(a_year());
        drop(over);
        watching.join().unwrap()
    });
    // What is watched for would have been seen.
    let pair = std::os::unix::net::UnixStream::pair().unwrap();
    assert_eq!(self::sockets().len(), 2);
    drop(pair);
    assert!(looks.load(Ordering::SeqCst) > 10, "nobody looked");
    assert!(sockets.is_empty(), "{sockets:?}");
}

/// Ends the watch, after a failure too.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

async fn a_year() {
    let (vendor, catalog) = (TestVendor::new(), testing::catalog());
    let clock = Arc::new(ManualClock::at(testing::NOW));
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let clock: Arc<ManualClock> = Arc::clone(&clock);
        let (entitlements, upkeep) = Entitlements::builder()
            .catalog(Arc::clone(&catalog))
            .trusted_key(vendor.trusted_key())
            .data_dir(folder.path())
            .clock(clock.clone())
            .build()
            .await
            .unwrap();
        let upkeep = tokio::spawn(upkeep);
        if round == 0 {
            let key = vendor.key(&catalog, |draft| draft.plan("enterprise"));
            entitlements.activate(&key).await.unwrap();
        }
        for _ in 0..130 {
            clock.advance_days(1);
            tokio::task::yield_now().await;
            let _ = entitlements.current().set().plan_in_force();
        }
        drop(entitlements);
        upkeep.await.unwrap();
    }
    assert!(clock.now() > testing::NOW);
}

/// The sockets that this process has now, of any family.
fn sockets() -> Vec<String> {
    let descriptors = std::fs::read_dir("/proc/self/fd").unwrap();
    descriptors
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .map(|to| to.to_string_lossy().into_owned())
        .filter(|to| to.starts_with("socket:"))
        .collect()
}

#[test]
fn i10_a_program_with_an_engine_does_not_import_what_connects() {
    let imports = elf::imports(&std::fs::read(std::env::current_exe().unwrap()).unwrap());
    assert!(
        imports.contains("socketpair"),
        "imports are found: {imports:?}"
    );
    for name in CONNECTING {
        assert!(!imports.contains(name), "it imports `{name}`");
    }
}
