use std::fmt;

use super::{Ask, Leased, Renewed, ReservationId, Reserved, Usage, UsageError};
use crate::{AccountId, Limit, Reply, Timestamp};

/// Where counts are stored: the port of the rules U2 to U6 and U11.
///
/// The store owns atomicity: each method happens whole or not at all, and before or after each other one, whoever
/// calls it from wherever. In SQL that is a transaction that locks the account's row, in Redis a script.
///
/// - What has lapsed makes room at its time, to the microsecond, with no timer: what ended at or before `now` is no
///   more.
/// - An account or a limit that the store does not know has nothing in use.
/// - Numbers are exact up to 2^53. A store may hold larger ones at its own largest; it never takes them for less
///   than that, and none wraps around.
///
/// [`usage_store_conformance!`](crate::usage_store_conformance) tests all of this.
///
/// # Errors
/// Every method: where the store cannot be asked or does not answer. Nothing was reserved or leased for long then, as
/// both lapse; whether something was confirmed, given back or set is not known, and `sync` puts it right.
///
/// # Cancel safety
/// A reply that is dropped before it resolves is as one that failed.
///
/// ```
/// use entitlements_core::usage::{MemoryUsage, UsageStore};
/// use entitlements_core::{AccountId, Reply, testing};
///
/// let usage: Box<dyn UsageStore> = Box::new(MemoryUsage::new());
/// // U6: what exists already is told once.
/// let told = usage.sync(&AccountId::LOCAL, "users", 12, testing::NOW);
/// assert!(matches!(told, Reply::Now(Ok(()))));
/// let Reply::Now(Ok(users)) = usage.usage(&AccountId::LOCAL, "users", testing::NOW) else {
///     panic!("memory answers at once");
/// };
/// assert_eq!(users.used, 12);
/// ```
pub trait UsageStore: fmt::Debug + Send + Sync + 'static {
    /// Reserves everything that is asked for, or nothing (U2 to U4). Asks for the same limit add up.
    ///
    /// An ask fits where what is used, reserved and asked for is allowed in all; nothing is no growth and always
    /// fits. The reservation lapses at `until`, unless it is settled before.
    fn reserve(
        &self,
        account: &AccountId,
        asks: &[Ask<'_>],
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Reserved, UsageError>>;

    /// Makes what was reserved used (U3). `asks` is what it was reserved with: it counts in any case, also where the
    /// reservation has lapsed, as what was created exists.
    ///
    /// A reservation is settled once, by this or by [`release`](Self::release): a store cannot tell one that has
    /// lapsed from one that was settled, and counts it.
    fn confirm(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        asks: &[Ask<'_>],
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>>;

    /// Makes what was reserved as if it never was (U3). One that has lapsed or was settled stays as it is.
    fn release(
        &self,
        account: &AccountId,
        reservation: ReservationId,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>>;

    /// How much is used and how much is reserved.
    fn usage(
        &self,
        account: &AccountId,
        limit: &str,
        now: Timestamp,
    ) -> Reply<Result<Usage, UsageError>>;

    /// Gives back what is used no more, at most all that is (U5). What is reserved or leased stays.
    fn give_back(
        &self,
        account: &AccountId,
        limit: &str,
        amount: u64,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>>;

    /// Sets what is used to what the application says (U6). What is reserved or leased stays.
    fn sync(
        &self,
        account: &AccountId,
        limit: &str,
        used: u64,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>>;

    /// Leases one to `holder` until the given time, or renews the lease that it has (U11).
    ///
    /// A renewal is no growth: it is never refused, however many are allowed by now, and ends at `until` also where
    /// that is earlier than before. Each lease in force counts as one that is used.
    fn lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        allowed: Limit,
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Leased, UsageError>>;

    /// Renews the lease that `holder` has, and makes none where it has none any more.
    fn renew_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Reply<Result<Renewed, UsageError>>;

    /// Ends the lease that `holder` has, if it has one.
    fn end_lease(
        &self,
        account: &AccountId,
        limit: &str,
        holder: &str,
        now: Timestamp,
    ) -> Reply<Result<(), UsageError>>;

    /// Frees what reservations and leases that have lapsed still take of memory or disk, also in accounts that nobody asks about any
    /// more. Nothing needs it to be exact; the engine's upkeep asks for it about once an hour.
    ///
    /// Does nothing unless a store says otherwise.
    fn sweep(&self, now: Timestamp) -> Reply<Result<(), UsageError>> {
        let _ = now;
        Reply::Now(Ok(()))
    }
}
