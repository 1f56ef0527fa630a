//! One server, and how to get a connection to it.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ErrorKind, RedisError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

#[cfg(feature = "redis-tls")]
use super::tls::Tls;
use super::wire::{ANSWER, CONNECT, Driver, Wire};

/// Where a server is.
pub(super) struct Server {
    info: ConnectionInfo,
    #[cfg(feature = "redis-tls")]
    /// Or why not, which is told when it is needed: certificates may be given until then.
    tls: Result<Tls, RedisError>,
}

impl Server {
    pub(super) fn at(url: &str) -> Result<Self, RedisError> {
        let info = Client::open(url)?.get_connection_info().clone();
        Ok(Self {
            #[cfg(feature = "redis-tls")]
            tls: Tls::of_system(&info),
            info,
        })
    }

    /// The same, where these certificates are trusted and shown.
    #[cfg(feature = "redis-tls")]
    pub(super) fn with_certificates(
        &self,
        certificates: &redis::TlsCertificates,
    ) -> Result<Self, RedisError> {
        Ok(Self {
            tls: Ok(Tls::with_certificates(&self.info, certificates)?),
            info: self.info.clone(),
        })
    }

    pub(super) fn info(&self) -> &ConnectionInfo {
        &self.info
    }

    /// A connection, and what has to run for it: we run it ourselves, so that its end is heard of when it comes and not when it is used.
    pub(super) async fn connect(&self) -> Result<(Wire, Option<Driver>), RedisError> {
        match self.info.addr() {
            ConnectionAddr::Tcp(host, port) => self.over(reach(host, *port).await?).await,
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => {
                self.over(tokio::net::UnixStream::connect(path).await?)
                    .await
            }
            #[cfg(feature = "redis-tls")]
            ConnectionAddr::TcpTls { host, port, .. } => {
                let tls = self.tls.as_ref().map_err(Clone::clone)?;
                let stream = reach(host, *port).await?;
                self.over(tls.greet(stream).await?).await
            }
            _ => Err(not_here()),
        }
    }

    async fn over(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Result<(Wire, Option<Driver>), RedisError> {
        let settings = self.info.redis_settings();
        let making = MultiplexedConnection::new_with_config(settings, stream, how());
        let (connection, driver) = making.await?;
        Ok((Wire::One(connection), Some(Box::pin(driver))))
    }
}

async fn reach(host: &str, port: u16) -> Result<TcpStream, RedisError> {
    let stream = TcpStream::connect((host, port)).await?;
    // Requests are small, and none may wait for the next one.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The driver's own number of commands that are written at once stays: with all that wait in one go, server and program take turns
/// where they could work at the same time.
fn how() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(ANSWER))
}

fn not_here() -> RedisError {
    (
        ErrorKind::InvalidClientConfig,
        "there is no way to such a server here",
    )
        .into()
}
