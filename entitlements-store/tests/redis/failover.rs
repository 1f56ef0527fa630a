//! A server of a cluster that goes for good, and its replica that takes over.

use std::num::NonZeroU32;
use std::time::Duration;

use entitlements_core::rate::SharedRates;
use entitlements_store::RedisRates;
use entitlements_test_services::{Redis, RedisCluster};
use tokio::time::timeout;

use crate::common::wait_until;
use crate::engines::{BURST, Process};

/// So many that each server has some.
fn accounts() -> impl Iterator<Item = String> {
    (0..24).map(|number| format!("acc_{number}"))
}

/// Whether there is a key of an account, as a server says it.
fn exists(node: &Redis, account: &str) -> String {
    let key = format!("entitlements:rate:{{a:{account}}}:api");
    node.ask(&["EXISTS", &key]).unwrap()
}

/// How much of all that was ever written a server has.
fn written(node: &Redis, name: &str) -> u64 {
    let info = node.ask(&["INFO", "replication"]).unwrap();
    let line = info.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim().parse().unwrap()
}

/// None waits much longer than its budget.
async fn passes(process: &Process, account: &str) -> bool {
    let asked = timeout(Duration::from_secs(2), process.passes(account));
    asked.await.expect("an answer")
}

/// Q27, Q28: once a master is killed, two processes go by their halves of its accounts' rates, and when its replica has taken over they share them again,
/// with what was spent before. Every request is answered meanwhile, by passing or by 429.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_takes_over_goes_on_where_its_master_was() {
    let mut cluster = RedisCluster::of_three_with_replicas();
    let two = NonZeroU32::new(2).unwrap();
    let mut processes = Vec::new();
    for _ in 0..2 {
        let rates = RedisRates::cluster(cluster.urls()).await.unwrap();
        // So that a machine with other things to do is not to pass for a server that is away.
        let budget = Duration::from_millis(200);
        let shared = SharedRates::by(rates).processes(two).budget(budget);
        processes.push(Process::new(shared, accounts()).await);
    }
    let [master, _, _, replica, ..] = cluster.nodes() else {
        panic!("a cluster with replicas");
    };
    let its: Vec<String> = accounts()
        .filter(|account| !exists(master, account).starts_with("-MOVED"))
        .collect();
    let [busy, fresh @ ..] = &*its else {
        panic!("it has some accounts");
    };

    let mut passed = 0;
    for _ in 0..BURST / 3 {
        passed += usize::from(passes(&processes[0], busy).await);
    }
    assert_eq!(passed, BURST / 3);
    wait_until("the replica has it", async || {
        written(replica, "slave_repl_offset:") == written(master, "master_repl_offset:")
    })
    .await;
    master.kill();

    let mut meanwhile = 0;
    for _ in 0..BURST {
        for process in &processes {
            meanwhile += usize::from(passes(process, busy).await);
        }
    }
    // A half each, of which one of them has had a part already.
    assert_eq!(meanwhile, BURST - BURST / 3);
    // Nobody stops asking until the rates are shared again.
    for (process, fresh) in processes.iter().zip(fresh) {
        wait_until("it is told by the replica", async || {
            passed += usize::from(passes(process, busy).await);
            passes(process, fresh).await;
            exists(replica, fresh) == ":1"
        })
        .await;
    }
    for process in &processes {
        for _ in 0..BURST {
            passed += usize::from(passes(process, busy).await);
        }
    }
    // What the master had told is spent, as is what the replica told too late to be heard; what was let pass without them is all that is on top,
    // where two bursts may be.
    assert!((BURST - 2..=BURST).contains(&passed), "{passed}");
    assert!(passed + meanwhile <= 3 * BURST);
}
