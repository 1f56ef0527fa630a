//! From what was said to an engine.

use std::ffi::OsStr;
use std::sync::Arc;
use std::time::Duration;

use super::EntitlementsBuilder;
use crate::SystemClock;
use crate::account::MemoryAccounts;
use crate::allowlist::{AllowlistFiles, AllowlistStore, MemoryAllowlists};
use crate::audit::{Guarded, LogAudit};
use crate::decide::UnknownName;
use crate::engine::account_source::{AccountKind, Accounts};
use crate::engine::addresses::Addresses;
use crate::engine::keys::Keys;
use crate::engine::rates::Rates;
use crate::engine::shared::{Parts, Shared};
use crate::engine::this_deployment::ThisDeployment;
use crate::engine::trusted_time::TrustedTime;
use crate::engine::{ConfigError, Entitlements, Upkeep, report};
use crate::license::{LicenseFiles, LicenseStore, LicenseVerifier, MemoryLicenses};
use crate::metrics::{Watched, describe_metrics};
use crate::notify::{LogNotifier, Notifier};
use crate::rate::Limiter;
use crate::reserve::{Counters, Meter};
use crate::resolve::{DeploymentMode, base_plan};
use crate::strict::text::escaped_start;
use crate::usage::MemoryUsage;

/// How long a reservation waits to be settled: longer than requests take, and short beside what a lost seat costs.
const LAPSE_AFTER: Duration = Duration::from_secs(300);

impl EntitlementsBuilder {
    /// Makes the engine, and the upkeep to spawn beside it.
    ///
    /// License keys that do not verify do not fail this: the base plan holds, and the status says why.
    ///
    /// # Errors
    /// When there is no catalog, reservations would lapse at once, two trusted keys have one `kid` or one is valid at no time, `DEPLOYMENT_MODE` is neither of
    /// its values, or `ENTITLEMENTS_DEPLOYMENT_ID` is not text.
    ///
    /// # Cancel safety
    /// Dropped before it is done, there is no engine, and nothing of what is kept was lost.
    pub async fn build(self) -> Result<(Entitlements, Upkeep), ConfigError> {
        describe_metrics();
        let catalog = self.catalog.ok_or(ConfigError::NoCatalog)?;
        let lapse_after = self.lapse_after.unwrap_or(LAPSE_AFTER);
        if lapse_after.is_zero() {
            return Err(ConfigError::LapsesAtOnce);
        }
        let mode = match self.deployment_mode {
            Some(mode) => mode,
            None => mode_from(self.sources.environment.get("DEPLOYMENT_MODE").as_deref())?,
        };
        if self.trusted_keys.is_empty() && !self.sources.licenses.is_empty() {
            tracing::warn!(
                "no trusted key is configured: no license key can be accepted; call `trusted_key_pem` or `trusted_key_file` before `build`"
            );
        }
        let verifier = LicenseVerifier::new(self.trusted_keys)?.with_catalog(Arc::clone(&catalog));
        let environment = &self.sources.environment;
        let place = ThisDeployment::new(self.deployment_id, self.instance, environment)?;
        let base = base_plan(&catalog, mode);
        let accounts = self
            .accounts
            .unwrap_or_else(|| Accounts::new(MemoryAccounts::default(), AccountKind::One));
        let mut counters = Counters::default();
        for (limit, counter) in self.counters {
            counters.insert(UnknownName::find_limit(&limit, &catalog)?, counter);
        }
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let usage = self.usage.unwrap_or_else(|| Arc::new(MemoryUsage::new()));
        let meter = Meter::new(
            Arc::clone(&catalog),
            Arc::clone(&clock),
            usage,
            counters,
            lapse_after,
        );
        let allowlists: Arc<dyn AllowlistStore> = match (self.allowlists, &self.data_dir) {
            (Some(store), _) => store,
            (None, Some(folder)) => Arc::new(AllowlistFiles::in_folder(folder)),
            (None, None) => Arc::new(MemoryAllowlists::default()),
        };
        let allowlists = Arc::new(Watched(allowlists));
        let store: Arc<dyn LicenseStore> = match (self.license_store, self.data_dir) {
            (Some(store), _) => store,
            (None, Some(folder)) => Arc::new(LicenseFiles::in_folder(folder)),
            (None, None) => Arc::new(MemoryLicenses),
        };
        let mut keys = Keys::kept_in(Arc::new(Watched(store)));
        let given = keys.read_first().await;
        let mut notifiers: Vec<Arc<dyn Notifier>> = vec![Arc::new(LogNotifier)];
        notifiers.extend(self.notifiers);
        let limiter = self
            .rate_places
            .map(Limiter::with_places_for)
            .unwrap_or_default();
        let rates = Rates::new(&catalog, limiter, self.shared_rates, Arc::clone(&clock));
        let parts = Parts {
            trusted_time: TrustedTime::new(keys.clock.newest, clock.now(), clock.monotonic()),
            catalog,
            addresses: Addresses::new(self.client_address, allowlists, Arc::clone(&clock)),
            clock,
            verifier,
            place,
            sources: self.sources,
            notifiers,
            given,
            accounts,
            meter,
            audit: self
                .audit
                .unwrap_or_else(|| Arc::new(Guarded(LogAudit::new()))),
            switches: self.switches,
            rates,
            base_plan: base,
        };
        let shared = Shared::new(parts, keys);
        shared.read_again(&mut *shared.keys.lock().await).await;
        let upkeep = Upkeep::new(&shared, self.revalidate_every);
        let entitlements = Entitlements { shared };
        report::start(entitlements.current().set());
        Ok((entitlements, upkeep))
    }
}

fn mode_from(variable: Option<&OsStr>) -> Result<DeploymentMode, ConfigError> {
    match variable
        .map(OsStr::to_string_lossy)
        .as_deref()
        .map(str::trim)
    {
        None | Some("") => Ok(DeploymentMode::default()),
        Some("self_hosted") => Ok(DeploymentMode::SelfHosted),
        Some("cloud") => Ok(DeploymentMode::Cloud),
        Some(other) => Err(ConfigError::DeploymentMode(escaped_start(other, 40))),
    }
}
