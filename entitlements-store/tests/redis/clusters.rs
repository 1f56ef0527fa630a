//! Three servers that share all keys.

use std::time::Duration;

use entitlements_core::rate::{StoreAsk, Verdict};
use entitlements_store::RedisRates;
use entitlements_test_services::RedisCluster;
use tokio::task::JoinSet;

use crate::common::{admits, ask, look, of_user, per_day, take_all, wait_until, within_budget};

/// Enough of them that each server has some.
fn accounts() -> impl Iterator<Item = String> + Clone {
    (0..24).map(|number| format!("acc_{number}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_an_account_lie_together_and_accounts_lie_apart() {
    let mut cluster = RedisCluster::of_three();
    let rates = RedisRates::cluster(cluster.urls()).await.unwrap();
    for account in accounts() {
        let of_user = StoreAsk::new("exports".into(), of_user(&account, "mona"), per_day(2), 1);
        let asks = || vec![ask(&account, per_day(3), 1), of_user.clone()];
        assert_eq!(take_all(&rates, asks()).await.verdict(), Verdict::Admitted);
        assert_eq!(take_all(&rates, asks()).await.verdict(), Verdict::Admitted);
        assert!(matches!(
            take_all(&rates, asks()).await.verdict(),
            Verdict::Wait(_)
        ));
        assert_eq!(
            look(&rates, ask(&account, per_day(3), 1)).await.remaining,
            1
        );
    }
    for node in cluster.nodes() {
        let keys = node.ask(&["DBSIZE"]).unwrap();
        let keys: u32 = keys.trim_start_matches(':').parse().unwrap();
        assert!(keys >= 4, "{keys}");
    }
}

/// Q7 over servers.
#[tokio::test]
async fn what_another_server_denies_is_given_back() {
    let cluster = RedisCluster::of_three();
    let rates = RedisRates::cluster(cluster.urls()).await.unwrap();
    let asks = || {
        accounts()
            .map(|account| ask(&account, per_day(5), 1))
            .collect::<Vec<_>>()
    };
    let last = accounts().last().unwrap();
    assert!(admits(&rates, ask(&last, per_day(5), 5)).await);
    let denied = take_all(&rates, asks()).await;
    assert!(matches!(denied.verdict(), Verdict::Wait(_)));
    for account in accounts().filter(|account| *account != last) {
        assert_eq!(
            look(&rates, ask(&account, per_day(5), 5)).await.wait,
            Some(Duration::ZERO)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn together_callers_admit_the_burst_and_not_one_more() {
    let cluster = RedisCluster::of_three();
    let rates = RedisRates::cluster(cluster.urls()).await.unwrap();
    let mut callers = JoinSet::new();
    for _ in 0..32 {
        let rates = rates.clone();
        callers.spawn(async move {
            let mut admitted = 0u32;
            for account in accounts().cycle().take(48) {
                admitted += u32::from(admits(&rates, ask(&account, per_day(10), 1)).await);
            }
            admitted
        });
    }
    let admitted: u32 = callers.join_all().await.into_iter().sum();
    assert_eq!(admitted, 24 * 10);
}

/// What one server has is not to be had while it hangs or is gone; the others answer all the while, and it is found again by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_takes_only_its_own() {
    let mut cluster = RedisCluster::of_three();
    let rates = RedisRates::cluster(cluster.urls()).await.unwrap();
    let node = &mut cluster.nodes()[1];
    let has = |account: &str| {
        let key = format!("entitlements:rate:{{a:{account}}}:api");
        let said = node.ask(&["EXISTS", &key]).unwrap();
        !said.starts_with("-MOVED")
    };
    let (its, others): (Vec<String>, Vec<String>) = accounts().partition(|it| has(it));
    assert!(!its.is_empty() && others.len() > its.len());

    node.pause();
    for _ in 0..10 {
        for (its, other) in its.iter().zip(&others) {
            assert!(
                within_budget(&rates, ask(its, per_day(100), 1))
                    .await
                    .is_err()
            );
            // Not each within a budget: connections may be made anew meanwhile.
            assert!(admits(&rates, ask(other, per_day(100), 1)).await);
        }
    }
    node.resume();
    for account in &its {
        wait_until("it is back", async || {
            within_budget(&rates, ask(account, per_day(100), 1))
                .await
                .is_ok()
        })
        .await;
    }
}

/// What holds for every store of rates.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cluster_keeps_to_what_every_store_does() {
    use entitlements_core::testing::rate_store::*;

    let cluster = RedisCluster::of_three();
    let rates = RedisRates::cluster(cluster.urls()).await.unwrap();
    let open = async || rates.clone();
    q1_a_burst_is_admitted_and_no_more(open).await;
    q3_nothing_is_admitted_and_more_than_a_burst_never(open).await;
    q6_a_change_keeps_what_is_spent(open).await;
    q7_all_or_nothing(open).await;
    q8_looking_spends_nothing(open).await;
    q24_of_those_that_race_as_many_are_admitted_as_there_are(open, |task| drop(tokio::spawn(task)))
        .await;
    q25_each_subject_counts_for_itself(open).await;
    q29_processes_count_each_other(open).await;
    q30_as_many_are_taken_as_are_welcome(open).await;
}

/// The commands that `docs/rate-limits.md` names are all that it takes, and a password.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_with_few_permissions_will_do() {
    let docs = std::fs::read_to_string("../docs/rate-limits.md").unwrap();
    let named = docs.split_once("**Permissions**: `").unwrap().1;
    let (always, rest) = named.split_once('`').unwrap();
    let for_clusters = rest.split_once("for a cluster also `").unwrap().1;
    let for_clusters = for_clusters.split_once('`').unwrap().0;

    let mut cluster = RedisCluster::of_three();
    let mut words = vec![
        "ACL",
        "SETUSER",
        "app",
        "on",
        ">secret",
        "~entitlements:rate:*",
    ];
    words.extend(always.split(' ').chain(for_clusters.split(' ')));
    for node in cluster.nodes() {
        assert_eq!(node.ask(&words).unwrap(), "+OK");
    }
    let urls = cluster.urls();
    let urls = urls.iter().map(|url| url.replace("://", "://app:secret@"));
    let rates = RedisRates::cluster(urls).await.unwrap();
    for account in accounts() {
        assert!(admits(&rates, ask(&account, per_day(1), 1)).await);
    }
}
