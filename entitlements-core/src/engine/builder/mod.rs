mod build;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::account_source::{AccountKind, Accounts};
use super::shared::Switches;
use super::sources::{Sources, TokenSource};
use super::{ConfigError, Environment};
use crate::account::AccountStore;
use crate::allowlist::AllowlistStore;
use crate::audit::{AuditSink, Guarded};
use crate::client_address::ClientAddress;
use crate::instance::{InstanceOptions, Machine};
use crate::license::{LicenseStore, TrustedKey};
use crate::metrics::{Backend, Watched};
use crate::notify::Notifier;
use crate::rate::SharedRates;
use crate::reserve::Counter;
use crate::resolve::DeploymentMode;
use crate::usage::{UsageError, UsageStore};
use crate::{AccountId, Catalog, Clock, LimitName, Reply};

/// Says what an engine is made of; from [`Entitlements::builder`](crate::Entitlements::builder).
#[derive(Default)]
#[must_use]
pub struct EntitlementsBuilder {
    catalog: Option<Arc<Catalog>>,
    trusted_keys: Vec<TrustedKey>,
    sources: Sources,
    deployment_id: Option<String>,
    instance: InstanceOptions,
    data_dir: Option<PathBuf>,
    license_store: Option<Arc<dyn LicenseStore>>,
    notifiers: Vec<Arc<dyn Notifier>>,
    revalidate_every: Option<Duration>,
    deployment_mode: Option<DeploymentMode>,
    accounts: Option<Accounts>,
    usage: Option<Arc<dyn UsageStore>>,
    counters: Vec<(LimitName, Arc<Counter>)>,
    lapse_after: Option<Duration>,
    audit: Option<Arc<dyn AuditSink>>,
    client_address: ClientAddress,
    allowlists: Option<Arc<dyn AllowlistStore>>,
    rate_places: Option<usize>,
    shared_rates: Option<SharedRates>,
    switches: Switches,
    clock: Option<Arc<dyn Clock>>,
}

impl EntitlementsBuilder {
    /// Takes the catalog.
    pub fn catalog(mut self, catalog: impl Into<Arc<Catalog>>) -> Self {
        self.catalog = Some(catalog.into());
        self
    }

    /// Reads the catalog from a `.toml` or `.json` file.
    ///
    /// # Errors
    /// When the file cannot be read or the catalog has mistakes; all of them are named.
    pub fn catalog_file(self, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Ok(self.catalog(Catalog::read_file(path)?))
    }

    /// Reads the catalog from TOML, for one that is compiled in with `include_str!`.
    ///
    /// # Errors
    /// When the catalog has mistakes; all of them are named.
    pub fn catalog_toml(self, toml: &str) -> Result<Self, ConfigError> {
        Ok(self.catalog(Catalog::from_toml(toml)?))
    }

    /// Trusts a vendor's public key; there may be several.
    pub fn trusted_key(mut self, key: TrustedKey) -> Self {
        self.trusted_keys.push(key);
        self
    }

    /// Trusts a vendor's public key in PEM, for one that is compiled in with `include_bytes!`.
    ///
    /// # Errors
    /// When it is no public key, or a weak one.
    pub fn trusted_key_pem(self, pem: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        Ok(self.trusted_key(TrustedKey::from_pem(pem)?))
    }

    /// Trusts a vendor's public key from a file, in whichever form it is: PEM, DER, JWK or 32 raw bytes.
    ///
    /// # Errors
    /// When the file cannot be read, or holds no public key or a weak one.
    pub fn trusted_key_file(self, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Ok(self.trusted_key(TrustedKey::from_file(path)?))
    }

    /// Takes a license key that the program was given, such as by a command-line flag.
    pub fn license_key(mut self, key: impl Into<String>) -> Self {
        self.sources.licenses.push(TokenSource::Text(key.into()));
        self
    }

    /// Reads a license key from a file.
    pub fn license_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.licenses.push(TokenSource::File(path.into()));
        self
    }

    /// Reads a license key from the variable that the catalog names (`ENTITLEMENTS_LICENSE_KEY` unless it does), or
    /// from the file that the variable of that name and `_FILE` points to.
    pub fn license_from_env(mut self) -> Self {
        self.sources.licenses.push(TokenSource::Variable);
        self
    }

    /// Takes a revocation list that the vendor signed; there may be several, and those that the variable
    /// `ENTITLEMENTS_REVOCATIONS` holds, or the file that `ENTITLEMENTS_REVOCATIONS_FILE` names, come on top.
    ///
    /// One that does not verify is an error in the status, and no more.
    pub fn revocations(mut self, list: impl Into<String>) -> Self {
        self.sources.lists.push(TokenSource::Text(list.into()));
        self
    }

    /// Reads a revocation list from a file.
    pub fn revocations_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.lists.push(TokenSource::File(path.into()));
        self
    }

    /// Says which deployment this is, instead of the variable `ENTITLEMENTS_DEPLOYMENT_ID`. A license that is bound to
    /// deployments is in force only in these.
    pub fn deployment_id(mut self, id: impl Into<String>) -> Self {
        self.deployment_id = Some(id.into());
        self
    }

    /// The folder for what must outlast the process; made where it is missing. It keeps the licenses that are handed in
    /// (`licenses.json`), the revocation lists (`revocations.json`), what is known of time (`clock.json`) and which notices were given
    /// (`notices.json`), unless a [`license_store`](Self::license_store) keeps them; the accounts' allowlists (`allowlists.json`), unless
    /// [`allowlists`](Self::allowlists) says where else; and `instance-id`, where the machine has no id of its
    /// own and a license is bound to an instance. Several processes may share it (P7).
    ///
    /// Without either all of these are gone when the process ends.
    pub fn data_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        self.instance = self.instance.data_dir(&folder);
        self.data_dir = Some(folder);
        self
    }

    /// Keeps here, instead of in the data folder, what must outlast the process: licenses and revocation lists that are handed in, what is
    /// known of time, and which notices were given (P8). Accounts' allowlists are for [`allowlists`](Self::allowlists).
    pub fn license_store(mut self, store: impl LicenseStore) -> Self {
        self.license_store = Some(Arc::new(store));
        self
    }

    /// Salts the instance's fingerprint, so that it cannot be matched with another vendor's. `entitlements fingerprint`
    /// needs the same `--salt` then.
    pub fn fingerprint_salt(mut self, salt: impl Into<String>) -> Self {
        self.instance = self.instance.salt(salt);
        self
    }

    /// Takes the instance to be on this machine, for tests.
    pub fn machine(mut self, machine: Machine) -> Self {
        self.instance = self.instance.machine(machine);
        self
    }

    /// Reads variables from here instead of from the process.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.sources.environment = environment;
        self
    }

    /// Says who runs the product, instead of the variable `DEPLOYMENT_MODE`.
    pub const fn deployment_mode(mut self, mode: DeploymentMode) -> Self {
        self.deployment_mode = Some(mode);
        self
    }

    /// Serves many accounts, which this store knows. A request is then nobody's until a resolver, or the application's authentication, says
    /// whose it is (A3).
    ///
    /// Without it the product has one account, [`AccountId::LOCAL`](crate::AccountId::LOCAL), and others where a layer tells them from
    /// requests, kept in memory.
    pub fn accounts(mut self, store: impl AccountStore) -> Self {
        self.accounts = Some(Accounts::new(store, AccountKind::Many));
        self
    }

    /// Stores counts here instead of in memory.
    pub fn usage(mut self, store: impl UsageStore) -> Self {
        self.usage = Some(Arc::new(Watched(Arc::new(store))));
        self
    }

    /// Lets the application count a limit itself: `count` says how many of it an account has now (U1).
    ///
    /// Gates, the management API and previews then agree, and it is as exact as what the application counts: see
    /// [`Ledger`](crate::usage::Ledger). A count that fails is answered with 503.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use entitlements_core::{AccountId, Entitlements, testing};
    ///
    /// async fn count_projects(account: AccountId) -> Result<u64, std::io::Error> {
    ///     // SELECT count(*) FROM projects WHERE account = $1
    ///     Ok(2)
    /// }
    ///
    /// let builder = Entitlements::builder().catalog(testing::catalog());
    /// let (engine, _upkeep) = builder.count("projects", count_projects).build().await?;
    /// let projects = engine.limit(&AccountId::LOCAL, "projects");
    /// assert_eq!(projects.used().await.unwrap(), 2);
    /// assert!(projects.reserve(1).await.is_err(), "two is what the community has");
    /// # Ok::<(), entitlements_core::ConfigError>(())
    /// # }).unwrap();
    /// ```
    pub fn count<F, C, E>(mut self, limit: impl Into<LimitName>, count: F) -> Self
    where
        F: Fn(AccountId) -> C + Send + Sync + 'static,
        C: Future<Output = Result<u64, E>> + Send + 'static,
        E: fmt::Display,
    {
        let counter = move |account| {
            let count = count(account);
            Reply::Later(Box::pin(async move {
                Backend::UsageStore.seen(count.await.map_err(UsageError::new))
            }) as _)
        };
        self.counters.push((limit.into(), Arc::new(counter)));
        self
    }

    /// Releases reservations that nobody settles after this time instead of five minutes (U3). It should be longer than any request
    /// that reserves; none at all fails [`build`](Self::build), as no limit would hold.
    pub const fn reservations_lapse_after(mut self, time: Duration) -> Self {
        self.lapse_after = Some(time);
        self
    }

    /// Keeps audit records here instead of in the log (M14).
    pub fn audit(mut self, sink: impl AuditSink) -> Self {
        self.audit = Some(Arc::new(Guarded(Watched(Arc::new(sink)))));
        self
    }

    /// Says how the client's address is told, where proxies are in front. Unless this says otherwise the peer is the client, and no header
    /// is read: one that nobody is known to write is anybody's to write (X1).
    ///
    /// [`client_address`](crate::client_address) has a setting for each place that a server can stand in.
    ///
    /// ```
    /// use entitlements_core::Entitlements;
    /// use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
    ///
    /// let proxies = TrustedProxies::parse(["10.0.0.0/8"])?;
    /// let builder = Entitlements::builder()
    ///     .client_address(ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for()));
    /// # Ok::<(), entitlements_core::client_address::CidrError>(())
    /// ```
    pub fn client_address(mut self, settings: ClientAddress) -> Self {
        self.client_address = settings;
        self
    }

    /// Keeps the accounts' allowlists here, instead of in `allowlists.json` of the data folder (W10, W11). Without either they are gone when
    /// the process ends, and whoever they kept out gets in.
    pub fn allowlists(mut self, store: impl AllowlistStore) -> Self {
        self.allowlists = Some(Arc::new(store));
        self
    }

    /// Has places for so many keys of each rate, instead of for a million (Q13): more for a product that limits more accounts or addresses than that at
    /// the same time, fewer where memory is short. A key takes some 95 bytes, once so many are limited; whoever comes when all places
    /// are taken waits with others (Q10).
    pub const fn rate_places(mut self, keys: usize) -> Self {
        self.rate_places = Some(keys);
        self
    }

    /// Shares what is spent of rates with other processes, by a store that all of them reach: together they admit what one would (Q24).
    ///
    /// Without it each process counts for itself.
    pub fn shared_rates(mut self, shared: SharedRates) -> Self {
        self.shared_rates = Some(shared);
        self
    }

    /// Answers 403 wherever the answer would be 402, for clients and proxies that do not know 402 (D18). The codes stay what they are.
    pub const fn forbidden_instead_of_payment_required(mut self) -> Self {
        self.switches.forbidden_for_payment = true;
        self
    }

    /// Reads the time from this clock instead of the system's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Tells this too of the end of licenses (N1), beside the log; there may be several. The upkeep does the telling.
    pub fn notifier(mut self, notifier: impl Notifier) -> Self {
        self.notifiers.push(Arc::new(notifier));
        self
    }

    /// Reads everything again that licenses come from this often instead of every six hours, up to a tenth sooner (S14). The upkeep does
    /// it; a time of none is taken for a second.
    pub const fn revalidate_every(mut self, time: Duration) -> Self {
        self.revalidate_every = Some(time);
        self
    }
}

impl fmt::Debug for EntitlementsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntitlementsBuilder")
            .field(
                "catalog",
                &self.catalog.as_ref().map(|catalog| catalog.product_name()),
            )
            .finish_non_exhaustive()
    }
}
