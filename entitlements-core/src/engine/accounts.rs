//! Accounts as those who manage them change them: the names checked, the changes whole.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::Entitlements;
use crate::account::{
    Account, AccountChange, AccountStore, AccountStoreError, AccountTerms, NewAccount, Override,
    OverrideValue, TermsError,
};
use crate::{AccountId, Timestamp};

/// The shortest time by which two moments differ.
const INSTANT: Duration = Duration::from_micros(1);

/// Why an account is not made or changed. What was there stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// There is one with this id.
    #[error("there is an account with this id")]
    Exists,
    /// There is none with this id.
    #[error("there is no account with this id")]
    NotFound,
    /// It has no override with this id.
    #[error("the account has no override with this id")]
    NoOverride,
    /// It cannot have such terms.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// The accounts cannot be asked.
    #[error("the accounts cannot be asked right now")]
    Unavailable(#[from] AccountStoreError),
}

impl Entitlements {
    /// Where accounts are kept. What is written there past the engine is not checked against the catalog.
    #[must_use]
    pub fn accounts(&self) -> &Arc<dyn AccountStore> {
        &self.shared.accounts.store
    }

    /// Adds an account.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use entitlements_core::account::AccountTerms;
    /// use entitlements_core::{AccountId, testing};
    ///
    /// let engine = testing::on_plan(testing::catalog(), "community");
    /// engine.add_account("acme", "Acme Inc.", AccountTerms::on_plan("business")).await?;
    /// let current = engine.current_of(&AccountId::new("acme")).await.unwrap();
    /// assert!(current.has("sso"));
    /// # Ok::<(), entitlements_core::AccountError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// When there is one with this id, the catalog lacks what its terms name, or the accounts cannot be asked.
    ///
    /// # Cancel safety
    /// A dropped future added it or not.
    pub async fn add_account(
        &self,
        id: impl Into<AccountId>,
        name: impl Into<String>,
        terms: AccountTerms,
    ) -> Result<Account, AccountError> {
        let terms = terms.in_order();
        terms.check(self.catalog())?;
        let account = NewAccount::new(id, terms, self.now()).named(name);
        let id = account.id.clone();
        if self.accounts().insert(account).await? {
            self.accounts()
                .account(&id)
                .await?
                .ok_or(AccountError::NotFound)
        } else {
            Err(AccountError::Exists)
        }
    }

    /// Changes an account's terms: `change` gets what is there. It may be asked again where somebody else was faster.
    /// One that may find that it cannot is for [`try_change_account`](Self::try_change_account).
    ///
    /// # Errors
    /// When there is none with this id, the catalog lacks what the terms name, or the accounts cannot be asked.
    ///
    /// # Cancel safety
    /// A dropped future changed it or not.
    pub async fn change_account(
        &self,
        id: &AccountId,
        change: impl Fn(&mut String, &mut AccountTerms) + Send + Sync + 'static,
    ) -> Result<Account, AccountError> {
        self.try_change_account(id, move |name, terms| {
            change(name, terms);
            Ok(())
        })
        .await
    }

    /// Changes an account's terms, or leaves all as it is where `change` says why it cannot. It may be asked again where
    /// somebody else was faster; what it says last counts.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use entitlements_core::account::AccountTerms;
    /// use entitlements_core::{AccountError, testing};
    ///
    /// #[derive(Debug)]
    /// enum Refused {
    ///     NotThere,
    ///     Failed(AccountError),
    /// }
    ///
    /// impl From<AccountError> for Refused {
    ///     fn from(error: AccountError) -> Self {
    ///         Self::Failed(error)
    ///     }
    /// }
    ///
    /// let engine = testing::on_plan(testing::catalog(), "community");
    /// engine.add_account("acme", "Acme Inc.", AccountTerms::on_plan("business")).await?;
    /// let acme = "acme".into();
    /// let removed = engine.try_change_account(&acme, |_, terms| match terms.addons.pop() {
    ///     Some(_) => Ok(()),
    ///     None => Err(Refused::NotThere),
    /// });
    /// assert!(matches!(removed.await, Err(Refused::NotThere)));
    /// # Ok::<(), AccountError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// What `change` says; and as [`change_account`](Self::change_account).
    ///
    /// # Cancel safety
    /// A dropped future changed it or not.
    pub async fn try_change_account<E>(
        &self,
        id: &AccountId,
        change: impl Fn(&mut String, &mut AccountTerms) -> Result<(), E> + Send + Sync + 'static,
    ) -> Result<Account, E>
    where
        E: From<AccountError> + Send + 'static,
    {
        let catalog = Arc::clone(self.catalog());
        let refused = Arc::new(Mutex::new(None));
        let why = Arc::clone(&refused);
        let changed = self.accounts().change(
            id,
            Box::new(move |account| {
                let mut name = account.name.clone();
                let before = account.terms.get();
                let mut terms = before.clone();
                let outcome = change(&mut name, &mut terms).and_then(|()| {
                    terms = std::mem::take(&mut terms).in_order();
                    // What was wrong before, such as names that a newer catalog lacks, must not stop what mends it.
                    let checked = terms.check(&catalog);
                    let checked = checked.or_else(|wrong| wrong.beyond(before.check(&catalog)));
                    checked.map_err(|wrong| AccountError::from(wrong).into())
                });
                let refused = outcome.err();
                let accepted = refused.is_none();
                *why.lock().unwrap_or_else(PoisonError::into_inner) = refused;
                accepted.then_some(AccountChange { name, terms })
            }),
        );
        let changed = changed.await.map_err(AccountError::from)?;
        let changed = changed.ok_or(AccountError::NotFound)?;
        let refused = refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        refused.map_or(Ok(changed), Err)
    }

    /// Forgets an account, and the allowlist that it had; false where there was none. Whoever comes in its name then has what everybody
    /// has (A4).
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use entitlements_core::account::AccountTerms;
    /// use entitlements_core::allowlist::{AllowlistCaller, AllowlistChange};
    /// use entitlements_core::testing;
    ///
    /// let engine = testing::on_plan(testing::catalog(), "community");
    /// let acme = engine.add_account("acme", "Acme Inc.", AccountTerms::on_plan("enterprise")).await?.id;
    /// let office = AllowlistChange::add("192.0.2.0/24", "office", "ann", testing::NOW).unwrap();
    /// let ann = AllowlistCaller::at("192.0.2.7".parse().ok());
    /// assert!(engine.change_allowlist(&acme, office, ann).await.unwrap().list.restricts());
    ///
    /// assert!(engine.remove_account(&acme).await?);
    /// assert!(!engine.allowlist(&acme).await.unwrap().restricts());
    /// assert!(!engine.remove_account(&acme).await?);
    /// # Ok::<(), entitlements_core::AccountError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// When the accounts cannot be asked, or the list cannot be forgotten: then the account is gone and its list is still there, and this may
    /// be called again.
    ///
    /// # Cancel safety
    /// A dropped future forgot both, the account alone, or neither.
    pub async fn remove_account(&self, id: &AccountId) -> Result<bool, AccountError> {
        let was_there = self.accounts().remove(id).await?;
        let had_list = self.remove_allowlist(id).await;
        let had_list = had_list.map_err(AccountStoreError::new)?;
        Ok(was_there || had_list)
    }

    /// Overrides something for one account, from now on and until `ends_at` where that is said (R6).
    ///
    /// # Errors
    /// When there is no such account, the catalog lacks the name, or the accounts cannot be asked.
    ///
    /// # Cancel safety
    /// A dropped future made it or not.
    pub async fn add_override(
        &self,
        id: &AccountId,
        value: OverrideValue,
        ends_at: Option<Timestamp>,
        reason: impl Into<String>,
    ) -> Result<Override, AccountError> {
        let mut made = Override::new(Uuid::now_v7().to_string(), value, self.now());
        made.ends_at = ends_at;
        made.reason = reason.into();
        let (added, id_of_it) = (made.clone(), made.id.clone());
        let changed = self.change_account(id, move |_, terms| {
            let mut added = added.clone();
            // R6: a clock that was put back since must not let an older one win.
            if let Some(newest) = terms.overrides.iter().map(|known| known.created_at).max() {
                added.created_at = added.created_at.max(newest.saturating_add(INSTANT));
            }
            terms.overrides.push(added);
        });
        let changed = changed.await?;
        let mut overrides = changed.terms.get().overrides.iter();
        let as_kept = overrides.find(|kept| kept.id == id_of_it).cloned();
        Ok(as_kept.unwrap_or(made))
    }

    /// Takes an override back.
    ///
    /// # Errors
    /// When there is no such account, it has no such override, or the accounts cannot be asked.
    ///
    /// # Cancel safety
    /// A dropped future took it back or not.
    pub async fn remove_override(
        &self,
        id: &AccountId,
        which: impl Into<String>,
    ) -> Result<Account, AccountError> {
        let which = which.into();
        self.try_change_account(id, move |_, terms| {
            let before = terms.overrides.len();
            terms.overrides.retain(|known| known.id != which);
            if terms.overrides.len() < before {
                Ok(())
            } else {
                Err(AccountError::NoOverride)
            }
        })
        .await
    }
}
