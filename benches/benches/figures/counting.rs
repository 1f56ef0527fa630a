//! What counting costs: room that is reserved and confirmed, in the store and through the engine.

use std::hint::black_box;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use entitlements_axum::usage::{Ask, MemoryUsage, Reserved, UsageStore};
use entitlements_axum::{AccountId, Limit, Reply, Timestamp, testing};
use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;

const STORE: &str = "memory store: reserve and confirm";
const RELEASED: &str = "memory store: reserve and release";

fn now<T>(reply: Reply<T>) -> T {
    match reply {
        Reply::Now(answer) => answer,
        Reply::Later(_) => panic!("memory answers at once"),
    }
}

fn held(
    store: &MemoryUsage,
    account: &AccountId,
    ask: &[Ask<'_>],
    at: Timestamp,
) -> entitlements_axum::usage::ReservationId {
    let until = at.saturating_add(Duration::from_secs(300));
    match now(store.reserve(account, ask, until, at)) {
        Ok(Reserved::Held(id)) => id,
        other => panic!("there is room: {other:?}"),
    }
}

pub(crate) fn table() -> Table {
    let account = AccountId::new("acc_0123456789abcdefz");
    let ask = [Ask {
        limit: "users",
        amount: 1,
        allowed: Limit::AtMost(u64::MAX),
    }];
    let at = testing::NOW;
    let (confirmed, released) = (MemoryUsage::new(), MemoryUsage::new());
    // An account that uses something keeps its record.
    for store in [&confirmed, &released] {
        now(store.sync(&account, "users", 1, at)).unwrap();
    }
    let engine = testing::on_plan(testing::catalog(), "enterprise");
    let users = engine.limit(&AccountId::LOCAL, "users");
    let figures = compare(vec![
        Case::new(STORE, || {
            let id = held(&confirmed, &account, &ask, at);
            black_box(now(confirmed.confirm(&account, id, &ask, at))).unwrap();
        }),
        Case::new(RELEASED, || {
            let id = held(&released, &account, &ask, at);
            black_box(now(released.release(&account, id, at))).unwrap();
        }),
        Case::new("engine: `limit(…).reserve(1)` and `confirm`", || {
            let reserved = ready(users.reserve(1)).unwrap();
            now(reserved.confirm()).unwrap();
        }),
    ]);
    let mut table = Table {
        title: "Counting in memory",
        about: "One account, one thread. Each of reserve and confirm alone takes less than both.",
        figures,
        bars: Vec::new(),
    };
    let both = table.nanoseconds(STORE);
    table.bar("reserve and confirm, both together", both, 200.0, " ns");
    table
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("memory answers at once"),
    }
}
