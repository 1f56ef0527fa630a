use std::sync::Arc;

use super::{Current, Entitlements, NoCurrent};
use crate::catalog::LimitId;
use crate::decide::{CountedKind, UnknownName};
use crate::reserve::{self, GiveBack, HeldLease, Reservation, Wanted};
use crate::usage::Renewed;
use crate::{AccountId, Denial, Limit, LimitName};

/// One limit of one account, for services and jobs: the same counts as the gates', without a request.
///
/// From [`Entitlements::limit`]. A name that the catalog lacks is said by each use, as a denial with code
/// `UNKNOWN_LIMIT`.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::{AccountId, testing};
///
/// let engine = testing::on_plan(testing::catalog(), "community"); // 3 users
/// let users = engine.limit(&AccountId::LOCAL, "users");
/// users.sync(2).await?; // what exists already
///
/// let room = users.reserve(1).await?;
/// assert_eq!(users.reserve(1).await.unwrap_err().code(), "LIMIT_EXCEEDED");
/// room.confirm().await?;
/// # Ok::<(), entitlements_core::Denial>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct AccountLimit {
    engine: Entitlements,
    account: AccountId,
    limit: Result<LimitId, UnknownName>,
}

impl Entitlements {
    /// One limit of an account, to reserve room under and to ask about.
    #[must_use]
    pub fn limit(&self, account: &AccountId, limit: impl Into<LimitName>) -> AccountLimit {
        let limit = UnknownName::find_limit(&limit.into(), self.catalog());
        if let Err(unknown) = &limit {
            tracing::error!("a limit cannot be asked for: {unknown}");
        }
        AccountLimit {
            engine: self.clone(),
            account: account.clone(),
            limit,
        }
    }
}

impl AccountLimit {
    /// How many there may be now.
    ///
    /// # Errors
    /// When the catalog lacks the limit, or the accounts cannot be asked.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn allowed(&self) -> Result<Limit, Denial> {
        let limit = self.id()?;
        Ok(self.current().await?.set().limit_id(limit))
    }

    /// Whether one more may be added where `current` are there (U14). Reserves nothing: two that ask at once are both told
    /// the same.
    ///
    /// # Errors
    /// The denial, where there is no room for one more.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn check(&self, current: u64) -> Result<(), Denial> {
        let wanted = Wanted {
            limit: self.id()?,
            amount: 1,
        };
        reserve::room(&self.current().await?, wanted, current).map_err(|refused| refused.denial())
    }

    /// Reserves room for this many more.
    ///
    /// # Errors
    /// The denial, where there is no room or it cannot be told.
    ///
    /// # Cancel safety
    /// A dropped future reserves nothing for longer than a reservation's time to live.
    pub async fn reserve(&self, amount: u64) -> Result<Reservation, Denial> {
        let limit = self.to(CountedKind::Reserve)?;
        let wanted = Wanted { limit, amount };
        let current = self.current().await?;
        let meter = &self.engine.shared.meter;
        let reserved = reserve::reserve(meter, &current, &[wanted]).await;
        reserved.map_err(|refused| refused.denial())
    }

    /// Gives back this many, at most what is used (U5). Of a limit that the application counts, nothing: its next count says it.
    ///
    /// # Errors
    /// When the catalog lacks the limit, or the counts cannot be asked.
    ///
    /// # Cancel safety
    /// A dropped future may have given back or not.
    pub async fn give_back(&self, amount: u64) -> Result<(), Denial> {
        let limit = self.to(CountedKind::GiveBack)?;
        let meter = Arc::clone(&self.engine.shared.meter);
        let amounts = [Wanted { limit, amount }];
        let given = GiveBack::new(meter, self.account.clone(), &amounts).give();
        given.await.map_err(|error| error.denial())
    }

    /// Sets what is used to what exists (U6), such as at the start or after an import. Of a limit that the application counts,
    /// nothing: its counter says it.
    ///
    /// # Errors
    /// When the catalog lacks the limit, or the counts cannot be asked.
    ///
    /// # Cancel safety
    /// A dropped future may have set it or not.
    pub async fn sync(&self, used: u64) -> Result<(), Denial> {
        let limit = self.to(CountedKind::Reserve)?;
        let meter = &self.engine.shared.meter;
        meter
            .sync(&self.account, limit, used)
            .await
            .map_err(|error| error.denial())
    }

    /// How many are in use: what was confirmed, what is leased, or what the application counts.
    ///
    /// # Errors
    /// When the catalog lacks the limit, or the counts cannot be asked.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn used(&self) -> Result<u64, Denial> {
        let limit = self.id()?;
        let meter = &self.engine.shared.meter;
        let used = meter.used(&self.account, limit);
        Ok(used.await.map_err(|error| error.denial())?.unwrap_or(0))
    }

    /// Leases one of a concurrent limit under a name, such as a node's; whoever holds one under that name renews it (U11).
    ///
    /// It holds until it is dropped, or as long as the catalog says after the last renewal. To hold it beyond this process, by
    /// heartbeats, forget the guard with [`HeldLease::leave`] and renew by leasing again.
    ///
    /// # Errors
    /// The denial, where there is no room or it cannot be told.
    ///
    /// # Cancel safety
    /// A dropped future leases nothing for longer than a lease's time to live.
    pub async fn lease(&self, holder: impl AsRef<str>) -> Result<HeldLease, Denial> {
        let limit = self.to(CountedKind::Lease)?;
        let current = self.current().await?;
        let meter = &self.engine.shared.meter;
        let lease = HeldLease::take(meter, &current, limit, Some(holder.as_ref())).await;
        lease.map_err(|refused| refused.denial())
    }

    /// Renews the lease under a name, and makes none where it has lapsed.
    ///
    /// # Errors
    /// When the catalog lacks the limit, or the counts cannot be asked.
    ///
    /// # Cancel safety
    /// A dropped future may have renewed it or not.
    pub async fn renew(&self, holder: impl AsRef<str>) -> Result<Renewed, Denial> {
        let limit = self.to(CountedKind::Lease)?;
        let meter = &self.engine.shared.meter;
        let renewed = meter.renew(&self.account, limit, holder.as_ref());
        renewed.await.map_err(|error| error.denial())
    }

    /// Ends the lease under a name, if there is one.
    ///
    /// # Errors
    /// When the catalog lacks the limit, or the counts cannot be asked.
    ///
    /// # Cancel safety
    /// A dropped future may have ended it or not.
    pub async fn end(&self, holder: impl AsRef<str>) -> Result<(), Denial> {
        let limit = self.to(CountedKind::Lease)?;
        let meter = &self.engine.shared.meter;
        let ended = meter.end(&self.account, limit, holder.as_ref());
        ended.await.map_err(|error| error.denial())
    }

    async fn current(&self) -> Result<Current, Denial> {
        let current = self.engine.current_of(&self.account).await;
        current.map_err(|why: NoCurrent| why.denial())
    }

    fn id(&self) -> Result<LimitId, Denial> {
        self.limit.as_ref().copied().map_err(UnknownName::denial)
    }

    /// The limit, where it is counted in the way that is asked for.
    fn to(&self, what: CountedKind) -> Result<LimitId, Denial> {
        what.of(self.id()?, self.engine.catalog())
            .map_err(|unknown| {
                tracing::error!("a limit cannot be asked for: {unknown}");
                unknown.denial()
            })
    }
}
