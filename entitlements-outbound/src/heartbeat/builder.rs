use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::{Clock, Entitlements, SystemClock};
use tokio::sync::Notify;

use super::beat::is_name;
use super::handle::{Shared, Tell};
use super::{ClusterId, Heartbeat, HeartbeatWorker};
use crate::alive::Alive;
use crate::wire::{Dialer, Plain, Roots, RootsError, Target, UrlError};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = HOUR.saturating_mul(24);

/// What a [`Heartbeat`] is made of. A product must be named; what else is not given is sent as nothing, and one node.
#[must_use = "a builder does nothing until it is built"]
pub struct HeartbeatBuilder {
    url: String,
    plain: Plain,
    roots: Roots,
    cluster: ClusterId,
    product: String,
    version: String,
    license_ids: Tell<Vec<String>>,
    nodes: Tell<u32>,
    features: Tell<Vec<String>>,
    clock: Arc<dyn Clock>,
    every: Duration,
    timeout: Duration,
}

/// Why there is no heartbeat. The URL is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeartbeatError {
    /// Nothing is sent to that URL.
    #[error("the heartbeat's url: {0}")]
    Url(#[from] UrlError),
    /// Nobody could be believed about the receiver's name.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// The product has no name or no version.
    #[error("name the product and its version, each of 1 to 128 bytes on one line")]
    Product,
}

impl HeartbeatBuilder {
    pub(super) fn new(url: String, cluster: ClusterId) -> Self {
        Self {
            url,
            plain: Plain::ToLoopback,
            roots: Roots::of_system(),
            cluster,
            product: String::new(),
            version: String::new(),
            license_ids: Box::new(Vec::new),
            nodes: Box::new(|| 1),
            features: Box::new(Vec::new),
            clock: Arc::new(SystemClock::new()),
            every: DAY,
            timeout: Duration::from_secs(10),
        }
    }

    /// The product's name and version.
    pub fn product(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.product = name.into();
        self.version = version.into();
        self
    }

    /// The ids of the licenses, asked for at each beat. Only their hashes are sent.
    pub fn license_ids(mut self, tell: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        self.license_ids = Box::new(tell);
        self
    }

    /// The licenses that are in force for the deployment, and the time, as an engine has them. The engine lives as long as the heartbeat.
    pub fn of(mut self, entitlements: &Entitlements) -> Self {
        self.clock = Arc::clone(entitlements.clock());
        let entitlements = entitlements.clone();
        self.license_ids(move || {
            let current = entitlements.current();
            let licenses = current.set().licenses().iter();
            licenses
                .filter(|license| license.is_in_force)
                .filter_map(|license| license.id.clone())
                .collect()
        })
    }

    /// How many nodes the deployment has, asked for at each beat.
    pub fn nodes(mut self, tell: impl Fn() -> u32 + Send + Sync + 'static) -> Self {
        self.nodes = Box::new(tell);
        self
    }

    /// The names of the features that were used since the start, asked for at each beat: as the application counts them.
    pub fn features_used(mut self, tell: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        self.features = Box::new(tell);
        self
    }

    /// How long it is from one beat to the next, from an hour to 30 days; a day else. Each is up to a tenth shorter or longer by chance.
    pub fn every(mut self, time: Duration) -> Self {
        self.every = time.clamp(HOUR, DAY.saturating_mul(30));
        self
    }

    /// How long a beat may take; 10 seconds else.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Who is believed about the receiver's name; the operating system's authorities else.
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = roots;
        self
    }

    /// Where the time comes from; the system's clock else.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Lets an `http` URL lead to another machine: everybody on the way reads the beats. Only the network in between can protect them.
    pub fn insecure_allow_http(mut self) -> Self {
        self.plain = Plain::ToAnyone;
        self
    }

    /// Checks the URL, and gives the handle and the work to spawn. Nothing is connected to here.
    ///
    /// # Errors
    /// Where nothing is sent to that URL, no authority is there to believe, or the product has no name.
    pub fn build(self) -> Result<(Heartbeat, HeartbeatWorker), HeartbeatError> {
        let target = Target::parse(&self.url, self.plain)?;
        if !is_name(&self.product) || !is_name(&self.version) {
            return Err(HeartbeatError::Product);
        }
        let tls = target.needs_tls().then(|| self.roots.tls()).transpose()?;
        let wake = Arc::new(Notify::new());
        let shared = Shared {
            cluster: self.cluster,
            product: self.product,
            version: self.version,
            license_ids: self.license_ids,
            nodes: self.nodes,
            features: self.features,
            clock: self.clock,
            every: self.every,
            timeout: self.timeout,
            dialer: Dialer::new(target, tls),
        };
        let heartbeat = Heartbeat {
            shared: Arc::new(shared),
            alive: Arc::new(Alive(Arc::clone(&wake))),
        };
        let worker = HeartbeatWorker::new(&heartbeat, wake);
        Ok((heartbeat, worker))
    }
}

/// Does not say where to.
impl fmt::Debug for HeartbeatBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeartbeatBuilder")
            .field("plain", &self.plain)
            .field("roots", &self.roots)
            .field("cluster", &self.cluster)
            .field("product", &self.product)
            .field("version", &self.version)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}
