//! Q7 over several slots, which are asked one after the other.

use std::time::Duration;

use entitlements_core::rate::{Quota, RateStore, StoreAsk, Verdict};
use entitlements_store::RedisRates;
use entitlements_store::redis::aio::{ConnectionLike, MultiplexedConnection};
use entitlements_store::redis::{Client, Cmd, Pipeline, RedisFuture, Value};
use entitlements_test_services::Redis;

use crate::common::{ask, look, of_user, per_day, take, take_all};

async fn rates(server: &Redis) -> RedisRates {
    RedisRates::connect(&server.url()).await.unwrap()
}

#[tokio::test]
async fn what_a_later_slot_denies_is_given_back_by_the_earlier() {
    let server = Redis::start();
    let rates = rates(&server).await;
    take(&rates, ask("b", per_day(3), 3)).await;
    take(&rates, ask("a", per_day(10), 4)).await;

    let asks = || {
        vec![
            ask("a", per_day(10), 5),
            ask("b", per_day(3), 1),
            ask("c", per_day(2), 1),
        ]
    };
    let denied = take_all(&rates, asks()).await;
    let of: Vec<_> = denied
        .standings
        .iter()
        .map(|it| (it.granted, it.remaining))
        .collect();
    assert_eq!(of, [(0, 6), (0, 0), (0, 2)]);
    assert_eq!(denied.standings[0].wait, Some(Duration::ZERO));
    assert_eq!(denied.standings[2].wait, Some(Duration::ZERO));
    let Verdict::Wait(wait) = denied.verdict() else {
        panic!("{denied:?}");
    };
    assert!(wait > Duration::from_secs(60 * 60 * 23));

    assert_eq!(look(&rates, ask("a", per_day(10), 1)).await.remaining, 6);
    assert_eq!(server.ask(&["DBSIZE"]).unwrap(), ":2");
}

/// Also where the first one had nothing spent: nothing is left of it.
#[tokio::test]
async fn what_is_given_back_at_once_leaves_nothing() {
    let server = Redis::start();
    let rates = rates(&server).await;
    let never = take_all(
        &rates,
        vec![ask("a", per_day(10), 5), ask("b", per_day(3), 4)],
    )
    .await;
    assert_eq!(never.verdict(), Verdict::Never);
    assert_eq!(
        server
            .ask(&["EXISTS", "entitlements:rate:{a:b}:api"])
            .unwrap(),
        ":0"
    );
    assert_eq!(
        look(&rates, ask("a", per_day(10), 10)).await.wait,
        Some(Duration::ZERO)
    );
}

/// The wait is the longest of all, also of those that are only looked at.
#[tokio::test]
async fn the_wait_is_the_longest_of_all_slots() {
    let server = Redis::start();
    let rates = rates(&server).await;
    let hourly = |account, cost| ask(account, Quota::new(1, Duration::from_secs(3600), 1), cost);
    take(&rates, hourly("a", 1)).await;
    take(&rates, ask("b", per_day(1), 1)).await;
    let asks = || vec![hourly("a", 1), ask("b", per_day(1), 1)];
    for answer in [
        take_all(&rates, asks()).await,
        rates.look(asks()).await.unwrap(),
    ] {
        let Verdict::Wait(wait) = answer.verdict() else {
            panic!("{answer:?}");
        };
        assert!(wait > Duration::from_secs(3600 * 23), "{wait:?}");
        assert!(answer.standings[0].wait.unwrap() <= Duration::from_secs(3600));
    }
}

/// A lease that was given is given back whole.
#[tokio::test]
async fn what_was_taken_ahead_is_given_back_too() {
    let server = Redis::start();
    let rates = rates(&server).await;
    let lease = ask("a", per_day(10), 1).up_to(6);
    take_all(&rates, vec![lease.clone(), ask("b", per_day(3), 4)]).await;
    assert_eq!(look(&rates, ask("a", per_day(10), 1)).await.remaining, 10);
    let both = take_all(&rates, vec![lease, ask("b", per_day(3), 3)]).await;
    let granted: Vec<_> = both.standings.iter().map(|it| it.granted).collect();
    assert_eq!((both.verdict(), granted), (Verdict::Admitted, vec![6, 3]));
}

/// A way to a server that ends where something is to be given back.
#[derive(Clone)]
struct GivesNothingBack(MultiplexedConnection);

impl ConnectionLike for GivesNothingBack {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let gives_back = b"$4\r\nback\r\n";
        let packed = command.get_packed_command();
        if packed
            .windows(gives_back.len())
            .any(|part| part == gives_back)
        {
            let ended = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
            return Box::pin(async { Err(ended.into()) });
        }
        self.0.req_packed_command(command)
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.0.req_packed_commands(commands, offset, count)
    }

    fn get_db(&self) -> i64 {
        self.0.get_db()
    }
}

/// What one slot denies is denied, also where the other has gone meanwhile and keeps what was taken.
#[tokio::test]
async fn what_was_denied_is_known_also_where_nothing_can_be_given_back() {
    let server = Redis::start();
    let client = Client::open(server.url()).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    let rates = RedisRates::from_connection(GivesNothingBack(connection));
    let both = || vec![ask("a", per_day(10), 2), ask("b", per_day(3), 3)];
    assert_eq!(take_all(&rates, both()).await.verdict(), Verdict::Admitted);
    let denied = take_all(&rates, both()).await;
    assert!(matches!(denied.verdict(), Verdict::Wait(_)), "{denied:?}");
    assert_eq!(
        (denied.standings[0].granted, denied.standings[0].remaining),
        (2, 6)
    );
}

/// Named in turns, and answered in the order in which they were asked.
#[tokio::test]
async fn answers_are_in_the_order_of_the_asks() {
    let server = Redis::start();
    let rates = rates(&server).await;
    let of_mona = |burst| StoreAsk::new("api".into(), of_user("a", "mona"), per_day(burst), 1);
    let asks = vec![
        ask("a", per_day(11), 1),
        ask("b", per_day(12), 1),
        of_mona(13),
        ask("b", per_day(12), 1),
        ask("a", per_day(11), 1),
    ];
    let answer = take_all(&rates, asks).await;
    let left: Vec<_> = answer.standings.iter().map(|it| it.remaining).collect();
    assert_eq!(left, [10, 11, 12, 10, 9]);
    assert!(take_all(&rates, Vec::new()).await.standings.is_empty());
}
