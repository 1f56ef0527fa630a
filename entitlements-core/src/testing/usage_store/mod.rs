//! What holds for every store of counts, as tests: [`usage_store_conformance!`](crate::usage_store_conformance).
//!
//! - `subject.rs`: a store under test, and many tasks at once;
//! - `counts.rs`: U2, U3, U5, U6; `together.rs`: U4; `leases.rs`: U11;
//! - `races.rs`: the same with many at once;
//! - `random.rs`: any sequence of calls does what a slow and simple model says (`model.rs`).
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test kit stops the test, and says why"
)]

mod counts;
mod leases;
mod model;
mod races;
mod random;
mod subject;
mod together;

pub use counts::{
    u2_accounts_and_limits_are_apart, u2_admits_what_leaves_room, u2_huge_numbers_never_wrap,
    u2_nothing_always_fits, u2_unlimited_has_room_and_counts, u3_confirmed_is_used,
    u3_confirming_after_it_lapsed_counts, u3_lapses_at_its_time, u3_released_is_as_if_it_never_was,
    u5_gives_back_at_most_what_is_used, u6_sync_sets_what_is_used_and_keeps_what_is_reserved,
};
pub use leases::{
    u11_a_holder_that_asks_again_renews, u11_a_lease_holds_until_it_is_released,
    u11_a_lease_lapses_at_its_time, u11_leases_and_counts_add_up, u11_renewing_is_no_growth,
};
pub use races::{
    i4_confirming_and_giving_back_at_once_lose_nothing, i4_first_use_in_parallel_loses_nothing,
    i4_one_wins_the_last_unit, i4_one_wins_what_lapses, i4_races_with_a_late_confirmation,
    i4_races_with_leases, i4_races_with_releases, i4_races_with_sync,
    i4_several_limits_are_all_or_none_in_a_race,
};
pub use random::any_sequence_does_what_the_rules_say;
pub use subject::{Task, Trial};
pub use together::{u4_all_or_none, u4_asks_for_the_same_limit_add_up, u4_settles_all_of_them};

/// Makes a test of each rule of U2 to U6 and U11, and of the races of I4, for a
/// [`UsageStore`](crate::usage::UsageStore).
///
/// It takes an expression that makes a new, empty store, once a test. The expression may await, with tokio's time and
/// I/O at hand. Where a call takes long, ask for fewer than 200 `rounds` of each race.
///
/// The crate that uses it needs tokio with feature `rt-multi-thread` among its dev-dependencies. Use it in a module
/// of its own, as each test is a function named after its rule.
///
/// ```
/// use entitlements_core::usage::MemoryUsage;
///
/// mod in_memory {
///     entitlements_core::usage_store_conformance!(super::MemoryUsage::new());
/// }
///
/// async fn connect() -> MemoryUsage {
///     MemoryUsage::new()
/// }
///
/// mod over_the_network {
///     entitlements_core::usage_store_conformance!(super::connect().await, rounds = 20);
/// }
/// ```
#[macro_export]
macro_rules! usage_store_conformance {
    ($make:expr) => {
        $crate::usage_store_conformance!($make, rounds = 200);
    };
    ($make:expr, rounds = $rounds:expr) => {
        $crate::usage_store_conformance!(@tests $make, $rounds,
            u2_accounts_and_limits_are_apart
            u2_admits_what_leaves_room
            u2_huge_numbers_never_wrap
            u2_nothing_always_fits
            u2_unlimited_has_room_and_counts
            u3_confirmed_is_used
            u3_confirming_after_it_lapsed_counts
            u3_lapses_at_its_time
            u3_released_is_as_if_it_never_was
            u4_all_or_none
            u4_asks_for_the_same_limit_add_up
            u4_settles_all_of_them
            u5_gives_back_at_most_what_is_used
            u6_sync_sets_what_is_used_and_keeps_what_is_reserved
            u11_a_holder_that_asks_again_renews
            u11_a_lease_holds_until_it_is_released
            u11_a_lease_lapses_at_its_time
            u11_leases_and_counts_add_up
            u11_renewing_is_no_growth
            i4_confirming_and_giving_back_at_once_lose_nothing
            i4_first_use_in_parallel_loses_nothing
            i4_one_wins_the_last_unit
            i4_one_wins_what_lapses
            i4_races_with_a_late_confirmation
            i4_races_with_leases
            i4_races_with_releases
            i4_races_with_sync
            i4_several_limits_are_all_or_none_in_a_race
            any_sequence_does_what_the_rules_say
        );
    };
    (@tests $make:expr, $rounds:expr, $($rule:ident)*) => {$(
        #[test]
        fn $rule() {
            let mut threads = ::tokio::runtime::Builder::new_multi_thread();
            let threads = threads.worker_threads(4).enable_all().build();
            threads.expect("tokio starts").block_on(async {
                let trial = $crate::testing::usage_store::Trial::new($make, $rounds, |task| {
                    ::tokio::spawn(task);
                });
                $crate::testing::usage_store::$rule(&trial).await;
            });
        }
    )*};
}
