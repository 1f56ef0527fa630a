use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::Clock;

use super::{Beat, ClusterId, HeartbeatBuilder};
use crate::alive::Alive;
use crate::wire::Dialer;

/// Tells a vendor once a day that a deployment is there. There is none unless an application builds one, which it should do only
/// where its operator said so and gave the URL.
///
/// Its [`worker`](super::HeartbeatWorker) ends when the last handle is dropped: that is how it is turned off again.
///
/// ```
/// use entitlements_outbound::heartbeat::{ClusterId, Heartbeat};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let cluster = ClusterId::of_deployment("acme-prod");
/// let (heartbeat, worker) = Heartbeat::to("https://beats.acme.example/beats", cluster)
///     .product("Acme Panel", "1.4.2")
///     .license_ids(|| vec!["lic_1".to_owned()])
///     .nodes(|| 3)
///     .features_used(|| vec!["sso".to_owned(), "audit".to_owned()])
///     .build()?;
/// // In an application: `tokio::spawn(worker);`
/// # drop(worker);
///
/// // For an operator who wants to see what would leave.
/// assert_eq!(
///     heartbeat.preview(),
///     concat!(
///         r#"{"schema":1,"cluster":"d2a6270688d57ee35b87d874e945a186","product":"Acme Panel","version":"1.4.2","#,
///         r#""licenses":["sha256:d14d29fea47b7a4ae9c9497d085128b126a49154480c54fc1632671a7ef22a9f"],"#,
///         r#""nodes":3,"features":["audit","sso"]}"#,
///     ),
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Heartbeat {
    pub(super) shared: Arc<Shared>,
    pub(super) alive: Arc<Alive>,
}

/// Tells what it is asked for when a beat is made.
pub(super) type Tell<T> = Box<dyn Fn() -> T + Send + Sync>;

pub(super) struct Shared {
    pub(super) cluster: ClusterId,
    pub(super) product: String,
    pub(super) version: String,
    pub(super) license_ids: Tell<Vec<String>>,
    pub(super) nodes: Tell<u32>,
    pub(super) features: Tell<Vec<String>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) every: Duration,
    pub(super) timeout: Duration,
    pub(super) dialer: Dialer,
}

impl Heartbeat {
    /// A heartbeat to a URL, which is checked when this is built.
    #[must_use = "a builder does nothing until it is built"]
    pub fn to(url: impl Into<String>, cluster: ClusterId) -> HeartbeatBuilder {
        HeartbeatBuilder::new(url.into(), cluster)
    }

    /// The body that would be sent now, byte for byte. Nothing is sent.
    #[must_use]
    pub fn preview(&self) -> String {
        self.shared.body()
    }
}

impl Shared {
    pub(super) fn body(&self) -> String {
        let beat = Beat::new(
            self.cluster.as_str(),
            (&self.product, &self.version),
            &(self.license_ids)(),
            (self.nodes)(),
            (self.features)(),
        );
        serde_json::to_string(&beat).unwrap_or_default()
    }
}

impl fmt::Debug for Heartbeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heartbeat")
            .field("to", self.shared.dialer.target())
            .field("cluster", &self.shared.cluster)
            .finish_non_exhaustive()
    }
}
