//! What can be asked about an account: why it has what it has, what another plan would take, and what it uses.

use std::collections::BTreeMap;

use super::{Current, Entitlements};
use crate::account::{AccountStoreError, SharedTerms};
use crate::catalog::LimitId;
use crate::decide::UnknownName;
use crate::resolve::{DowngradePreview, Explanation, downgrade_preview, explain};
use crate::{AccountId, Denial, PlanName};

impl Entitlements {
    /// Which source gave, raised, took or replaced each thing that an account has (R10).
    ///
    /// # Errors
    /// When the accounts cannot be asked.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn explain(&self, account: &AccountId) -> Result<Explanation, AccountStoreError> {
        let terms = self.terms_of(account).await?;
        let shared = &self.shared;
        Ok(explain(
            &shared.catalog,
            shared.base_plan,
            &shared.holdings(),
            terms.get(),
            self.now(),
        ))
    }

    /// What an account would lose on another plan, and what would be over its limits (R11). Changes nothing.
    ///
    /// # Errors
    /// When the catalog lacks the plan, or accounts or counts cannot be asked.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn downgrade_preview(
        &self,
        account: &AccountId,
        plan: impl Into<PlanName>,
    ) -> Result<DowngradePreview, PreviewError> {
        let plan = UnknownName::find_plan(&plan.into(), self.catalog())?;
        let terms = self.terms_of(account).await?;
        let used = self.used_by(account).await?;
        let shared = &self.shared;
        Ok(downgrade_preview(
            &shared.catalog,
            shared.base_plan,
            &shared.holdings(),
            terms.get(),
            plan,
            self.now(),
            |limit| used.get(&limit).copied().flatten(),
        ))
    }

    /// How many of each limit an account uses, by limit; none where nothing counts.
    ///
    /// # Errors
    /// The denial, where a count cannot be asked.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn used_by(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<LimitId, Option<u64>>, Denial> {
        let mut used = BTreeMap::new();
        for (limit, _) in self.catalog().limits() {
            let count = self.shared.meter.used(account, limit).await;
            used.insert(limit, count.map_err(|error| error.denial())?);
        }
        Ok(used)
    }

    async fn terms_of(&self, account: &AccountId) -> Result<SharedTerms, AccountStoreError> {
        let found = self.accounts().fetch(account).await?;
        Ok(found.unwrap_or_else(|| self.shared.nothing_sold.clone()))
    }
}

impl Current {
    /// How many of each limit the account uses, by limit; none where nothing counts.
    ///
    /// # Errors
    /// The denial, where a count cannot be asked.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn used(&self) -> Result<BTreeMap<LimitId, Option<u64>>, Denial> {
        match self.entitlements() {
            Some(engine) => engine.used_by(self.account()).await,
            None => Err(Denial::undetermined()),
        }
    }
}

/// Why a downgrade cannot be previewed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PreviewError {
    /// The catalog lacks the plan.
    #[error(transparent)]
    UnknownPlan(#[from] UnknownName),
    /// The accounts cannot be asked.
    #[error("the accounts cannot be asked right now")]
    Accounts(#[from] AccountStoreError),
    /// The counts cannot be asked.
    #[error(transparent)]
    Usage(#[from] Denial),
}
