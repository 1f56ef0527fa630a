//! What commands go through: one connection, those to a cluster, or whatever the application has.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::io::tcp::TcpSettings;
use redis::{Client, Cmd, ConnectionInfo, RedisError, Value};
use tokio::task::AbortHandle;

use super::server::Server;

/// How long making a connection may take, greetings and all. Who asks waits no longer than its own budget.
pub(super) const CONNECT: Duration = Duration::from_secs(1);

/// How long an answer may take, until the connection counts as dead.
pub(super) const ANSWER: Duration = Duration::from_millis(500);

/// How a cluster is asked again where a slot has moved: not for long, as nobody waits for long.
const RETRIES: u32 = 4;
const RETRY_AFTER: (u64, u64) = (5, 100);

/// An established way to send commands. Clones share it.
#[derive(Clone)]
pub(super) enum Wire {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
    Given(Arc<dyn Given>),
}

impl Wire {
    pub(super) async fn send(&mut self, command: &Cmd) -> Result<Value, RedisError> {
        let value = match self {
            Self::One(connection) => connection.send_packed_command(command).await?,
            Self::Cluster(connection) => connection.req_packed_command(command).await?,
            Self::Given(given) => given.send(command).await?,
        };
        match value {
            error @ Value::ServerError(_) => error.extract_error(),
            value => Ok(value),
        }
    }
}

/// A connection of the application's own.
pub(super) trait Given: Send + Sync {
    fn send<'a>(
        &'a self,
        command: &'a Cmd,
    ) -> Pin<Box<dyn Future<Output = Result<Value, RedisError>> + Send + 'a>>;
}

impl<C: ConnectionLike + Clone + Send + Sync> Given for C {
    fn send<'a>(
        &'a self,
        command: &'a Cmd,
    ) -> Pin<Box<dyn Future<Output = Result<Value, RedisError>> + Send + 'a>> {
        let mut connection = self.clone();
        Box::pin(async move { connection.req_packed_command(command).await })
    }
}

/// Where servers are, and how to get there.
pub(super) enum Place {
    One(Box<Server>),
    Cluster {
        client: Box<ClusterClient>,
        nodes: Vec<ConnectionInfo>,
    },
}

/// What becomes of a connection that nobody looks at.
pub(super) type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Place {
    pub(super) fn one(url: &str) -> Result<Self, RedisError> {
        Ok(Self::One(Box::new(Server::at(url)?)))
    }

    pub(super) fn cluster<'a>(urls: impl Iterator<Item = &'a str>) -> Result<Self, RedisError> {
        let clients: Result<Vec<Client>, RedisError> = urls.map(Client::open).collect();
        let nodes: Vec<ConnectionInfo> = clients?
            .iter()
            .map(|client| client.get_connection_info().clone())
            .collect();
        let client = cluster_of(&nodes).build()?;
        Ok(Self::Cluster {
            client: Box::new(client),
            nodes,
        })
    }

    /// The same, where these certificates are trusted and shown.
    #[cfg(feature = "redis-tls")]
    pub(super) fn with_certificates(
        &self,
        certificates: redis::TlsCertificates,
    ) -> Result<Self, RedisError> {
        match self {
            Self::One(server) => Ok(Self::One(Box::new(
                server.with_certificates(&certificates)?,
            ))),
            Self::Cluster { nodes, .. } => {
                for node in nodes {
                    // What is wrong with them is found here, as for one server.
                    super::tls::Tls::with_certificates(node, &certificates)?;
                }
                let client = cluster_of(nodes).certs(certificates).build()?;
                Ok(Self::Cluster {
                    client: Box::new(client),
                    nodes: nodes.clone(),
                })
            }
        }
    }

    /// A connection, and what has to run for it.
    pub(super) async fn connect(&self) -> Result<(Wire, Option<Driver>), RedisError> {
        match self {
            Self::One(server) => server.connect().await,
            Self::Cluster {
                client,
                #[cfg(feature = "redis-tls")]
                nodes,
                ..
            } => {
                #[cfg(feature = "redis-tls")]
                super::tls::settle(nodes);
                Ok((Wire::Cluster(client.get_async_connection().await?), None))
            }
        }
    }

    /// What no message may show.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let nodes = match self {
            Self::One(server) => std::slice::from_ref(server.info()),
            Self::Cluster { nodes, .. } => nodes,
        };
        nodes
            .iter()
            .filter_map(|node| node.redis_settings().password())
    }
}

/// Where it is, and nothing else of what the URL says.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(server) => write!(f, "`{}`", server.info().addr()),
            Self::Cluster { nodes, .. } => {
                for (place, node) in nodes.iter().enumerate() {
                    let before = if place == 0 { "" } else { ", " };
                    write!(f, "{before}`{}`", node.addr())?;
                }
                Ok(())
            }
        }
    }
}

fn cluster_of(nodes: &[ConnectionInfo]) -> ClusterClientBuilder {
    let (least, most) = RETRY_AFTER;
    ClusterClientBuilder::new(nodes.to_vec())
        .connection_timeout(CONNECT)
        .response_timeout(ANSWER)
        .retries(RETRIES)
        .min_retry_wait(least)
        .max_retry_wait(most)
        .tcp_settings(quick())
}

/// Requests are small, and none may wait for the next one.
fn quick() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

/// Ends a task with itself.
pub(super) struct Ends(pub(super) AbortHandle);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.abort();
    }
}
