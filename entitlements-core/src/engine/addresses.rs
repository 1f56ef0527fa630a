//! Where requests come from, and from where accounts may be reached.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::lists::Lists;
use super::{Current, Entitlements, NoCurrent};
use crate::allowlist::{
    Allowlist, AllowlistCaller, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistStore,
    AllowlistStoreError,
};
use crate::client_address::{AddressError, ClientAddress};
use crate::decide::not_allowed;
use crate::{AccountId, Clock, Denial, Reply, RequestHead, Requirement};

/// The feature that adding and widening entries of an allowlist needs (W8).
const FEATURE: &str = "ip_allowlist";

/// What an engine knows of addresses; shared by all that it judges by.
#[derive(Debug)]
pub(crate) struct Addresses {
    pub(super) client: ClientAddress,
    pub(super) lists: Arc<Lists>,
    clock: Arc<dyn Clock>,
}

impl Addresses {
    pub(super) fn new(
        client: ClientAddress,
        store: Arc<dyn AllowlistStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            client,
            clock,
            lists: Arc::new(Lists::new(store)),
        }
    }

    /// Where a request comes from.
    #[inline]
    pub(crate) fn client_of(&self, head: &impl RequestHead) -> Result<IpAddr, AddressError> {
        head.client_address(&self.client)
    }

    /// Reads an account's list, where it is at hand.
    #[inline]
    pub(crate) fn with_list<T>(
        &self,
        account: &AccountId,
        read: impl FnOnce(&Arc<Allowlist>) -> T,
    ) -> Option<T> {
        self.lists.with(account, self.now(), read)
    }

    /// The time that the age of lists goes by: what is known of them ages also while a clock that was set back stands still (T1).
    fn now(&self) -> Duration {
        self.clock.monotonic_coarse()
    }

    /// An account's list, from the store unless it is at hand (W13).
    pub(crate) fn list_of(
        &self,
        account: &AccountId,
    ) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        self.lists.of(account, self.now())
    }

    /// What was last known of an account's list, where that is at most so old.
    pub(crate) fn last_known_list(
        &self,
        account: &AccountId,
        age: Duration,
    ) -> Option<Arc<Allowlist>> {
        self.lists.last_known(account, self.now(), age)
    }
}

impl Entitlements {
    /// Where a request comes from: the address that allowlists, audit records and rates go by.
    ///
    /// It is the peer's, unless [`client_address`](super::EntitlementsBuilder::client_address) said that proxies are in front.
    ///
    /// ```
    /// use entitlements_core::testing::{self, TestRequest};
    ///
    /// let engine = testing::on_plan(testing::catalog(), "community");
    /// let request = TestRequest::get("/").peer("192.0.2.7").header("X-Forwarded-For", "127.0.0.1");
    /// assert_eq!(engine.client_address(&request)?.to_string(), "192.0.2.7");
    /// # Ok::<(), entitlements_core::client_address::AddressError>(())
    /// ```
    ///
    /// # Errors
    /// When it cannot be told. There is no other address to fall back to.
    pub fn client_address(&self, head: &impl RequestHead) -> Result<IpAddr, AddressError> {
        self.shared.addresses.client_of(head)
    }

    /// How the client's address is told, as [`client_address`](super::EntitlementsBuilder::client_address) said it.
    #[must_use]
    pub fn client_settings(&self) -> &ClientAddress {
        &self.shared.addresses.client
    }

    /// An account's allowlist, as it is kept now; an empty one where nothing was ever kept for it.
    ///
    /// # Errors
    /// Where it cannot be read. Nobody may take that for an empty list, which allows everything.
    ///
    /// # Cancel safety
    /// Dropping the reply loses nothing.
    pub fn allowlist(
        &self,
        account: &AccountId,
    ) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        let addresses = &self.shared.addresses;
        addresses.lists.load(account, addresses.now())
    }

    /// Makes a change to an account's allowlist, which counts from the next request on.
    ///
    /// Adding and widening need the feature `ip_allowlist`, which the account has or has not when this is called; all else does not (W8).
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use entitlements_core::allowlist::{AllowlistCaller, AllowlistChange};
    /// use entitlements_core::{AccountId, testing};
    ///
    /// let engine = testing::on_plan(testing::catalog(), "enterprise");
    /// let office = AllowlistChange::add("192.0.2.0/24", "office", "ann", testing::NOW)?;
    /// let ann = AllowlistCaller::at("192.0.2.7".parse().ok());
    /// let changed = engine.change_allowlist(&AccountId::LOCAL, office, ann).await?;
    /// assert!(changed.list.restricts());
    /// # Ok::<(), entitlements_core::allowlist::AllowlistError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// Where it may not be made (W7), what the account has is not known, or it cannot be kept.
    ///
    /// # Cancel safety
    /// A dropped future made it or not; where it did, gates see it two seconds later at the latest.
    pub async fn change_allowlist(
        &self,
        account: &AccountId,
        change: AllowlistChange,
        by: AllowlistCaller,
    ) -> Result<AllowlistChanged, AllowlistError> {
        let entitled = self.may_grow_allowlist(account).await;
        let addresses = &self.shared.addresses;
        let lists = &addresses.lists;
        let begun = lists.forget(account, addresses.now());
        let by = by.entitled(entitled.is_ok());
        let changed = lists.store.change(account, change, by).await;
        match changed {
            Ok(changed) => {
                lists.made(account, &changed.list, addresses.now(), begun);
                Ok(changed)
            }
            Err(AllowlistError::Refused(refusal)) if refusal.needs_feature() => {
                // Which plans have it, or that what the account has cannot be told.
                Err(entitled.map_or_else(AllowlistError::NotEntitled, |()| refusal.into()))
            }
            Err(error) => Err(error),
        }
    }

    /// Forgets an account's list, so that nothing restricts it; for accounts that are gone.
    pub(super) async fn remove_allowlist(
        &self,
        account: &AccountId,
    ) -> Result<bool, AllowlistStoreError> {
        let addresses = &self.shared.addresses;
        let lists = &addresses.lists;
        lists.forget(account, addresses.now());
        let removed = lists.store.remove(account).await;
        lists.forget(account, addresses.now());
        removed
    }

    async fn may_grow_allowlist(&self, account: &AccountId) -> Result<(), Denial> {
        let current = self.current_of(account).await;
        let current = current.map_err(|none| none.denial())?;
        current.require(&Requirement::feature(FEATURE))
    }

    pub(crate) fn addresses(&self) -> &Arc<Addresses> {
        &self.shared.addresses
    }
}

impl Current {
    /// How the client's address is told.
    #[must_use]
    pub fn client_settings(&self) -> &ClientAddress {
        &self.addresses().client
    }

    /// Where the request comes from, as [`Entitlements::client_address`] says it.
    ///
    /// # Errors
    /// When it cannot be told.
    pub fn client_address(&self, head: &impl RequestHead) -> Result<IpAddr, AddressError> {
        self.addresses().client_of(head)
    }
}

/// Where a request comes from, of what an engine's layer put into it, for handlers that ask; `tell` resolves it by the settings.
///
/// Whose request it is does not matter, so that one that no account can be told from has an address too.
///
/// # Errors
/// The denial to answer: the address cannot be told (403 `IP_NOT_ALLOWED`; why is in the log, and not for whoever may have caused it), or
/// no engine's layer was there (500 `ENTITLEMENTS_LAYER_MISSING`).
pub fn client_or_denial(
    current: Option<&Current>,
    none: Option<&NoCurrent>,
    tell: impl FnOnce(&ClientAddress) -> Result<IpAddr, AddressError>,
) -> Result<IpAddr, Denial> {
    let told = match (current, none.map(NoCurrent::entitlements)) {
        (Some(current), _) => tell(current.client_settings()),
        (None, Some(Some(engine))) => tell(engine.client_settings()),
        // The program is ending.
        (None, Some(None)) => return Err(Denial::undetermined()),
        (None, None) => return Err(Denial::layer_missing()),
    };
    told.map_err(|error| {
        tracing::warn!(
            reason = error.reason(),
            "a client's address cannot be told: {error}"
        );
        not_allowed()
    })
}
