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
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, RedisError, Value,
};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;

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
    One(Box<Client>),
    Cluster {
        client: Box<ClusterClient>,
        nodes: Vec<ConnectionInfo>,
    },
}

/// What becomes of a connection that nobody looks at.
pub(super) type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Place {
    pub(super) fn one(url: &str) -> Result<Self, RedisError> {
        let client = Client::open(url)?;
        let info = client.get_connection_info().clone();
        let client = Client::open(info.set_tcp_settings(quick()))?;
        Ok(Self::One(Box::new(client)))
    }

    pub(super) fn cluster<'a>(urls: impl Iterator<Item = &'a str>) -> Result<Self, RedisError> {
        let clients: Result<Vec<Client>, RedisError> = urls.map(Client::open).collect();
        let nodes: Vec<ConnectionInfo> = clients?
            .iter()
            .map(|client| client.get_connection_info().clone())
            .collect();
        let (least, most) = RETRY_AFTER;
        let client = ClusterClientBuilder::new(nodes.clone())
            .connection_timeout(CONNECT)
            .response_timeout(ANSWER)
            .retries(RETRIES)
            .min_retry_wait(least)
            .max_retry_wait(most)
            .tcp_settings(quick())
            .build()?;
        Ok(Self::Cluster {
            client: Box::new(client),
            nodes,
        })
    }

    /// A connection, and what has to run for it.
    pub(super) async fn connect(&self) -> Result<(Wire, Option<Driver>), RedisError> {
        match self {
            Self::One(client) => connect_one(client).await,
            Self::Cluster { client, .. } => {
                Ok((Wire::Cluster(client.get_async_connection().await?), None))
            }
        }
    }

    /// What no message may show.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        let nodes = match self {
            Self::One(client) => std::slice::from_ref(client.get_connection_info()),
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
            Self::One(client) => write!(f, "`{}`", client.get_connection_info().addr()),
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

/// Requests are small, and none may wait for the next one.
fn quick() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

/// The driver's own number of commands that are written at once stays: with all that wait in one go, server and program take turns
/// where they could work at the same time.
fn settings() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(ANSWER))
}

async fn connect_one(client: &Client) -> Result<(Wire, Option<Driver>), RedisError> {
    let info = client.get_connection_info();
    match info.addr() {
        ConnectionAddr::Tcp(host, port) => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            stream.set_nodelay(true)?;
            driven(info, stream).await
        }
        #[cfg(unix)]
        ConnectionAddr::Unix(path) => {
            driven(info, tokio::net::UnixStream::connect(path).await?).await
        }
        // The driver has its own way with TLS, and runs by itself.
        _ => {
            let settings = settings();
            let connecting = client.get_multiplexed_async_connection_with_config(&settings);
            Ok((Wire::One(connecting.await?), None))
        }
    }
}

/// A connection that we run ourselves, so that its end is heard of when it comes and not when it is used.
async fn driven(
    info: &ConnectionInfo,
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
) -> Result<(Wire, Option<Driver>), RedisError> {
    let making = MultiplexedConnection::new_with_config(info.redis_settings(), stream, settings());
    let (connection, driver) = making.await?;
    Ok((Wire::One(connection), Some(Box::pin(driver))))
}

/// Ends a task with itself.
pub(super) struct Ends(pub(super) AbortHandle);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.abort();
    }
}
