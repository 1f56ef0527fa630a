use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use entitlements_core::Clock;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::address::is_public;
use super::post::PostError;
use super::target::Reach;
use super::{Target, within};

/// One address that swallows everything must not take the time of the others.
const LONGEST_CONNECT: Duration = Duration::from_secs(4);

/// A target, and what it takes to connect to it.
#[derive(Debug, Clone)]
pub(crate) struct Dialer {
    target: Target,
    tls: Option<Arc<ClientConfig>>,
}

/// A connection, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Dialer {
    /// `tls` is there where the target needs it.
    pub(crate) const fn new(target: Target, tls: Option<Arc<ClientConfig>>) -> Self {
        Self { target, tls }
    }

    pub(crate) const fn target(&self) -> &Target {
        &self.target
    }

    /// Connects to the first address that answers. No proxy is asked, whatever the environment says.
    pub(super) async fn connect(&self, clock: &dyn Clock) -> Result<Box<dyn Stream>, PostError> {
        let tcp = self.tcp(clock).await?;
        if !self.target.is_tls {
            return Ok(Box::new(tcp));
        }
        let config = self.tls.as_ref().ok_or(PostError::Tls)?;
        let name = ServerName::try_from(self.target.host.clone()).map_err(|_| PostError::Tls)?;
        let connector = TlsConnector::from(Arc::clone(config));
        let stream = connector.connect(name, tcp).await;
        // Why is the library's to say, and a stranger's certificate may say anything.
        Ok(Box::new(stream.map_err(|_| PostError::Tls)?))
    }

    async fn tcp(&self, clock: &dyn Clock) -> Result<TcpStream, PostError> {
        let mut why = PostError::NoAddress;
        for address in self.addresses().await? {
            match within(clock, LONGEST_CONNECT, TcpStream::connect(address)).await {
                Some(Ok(stream)) => return Ok(stream),
                Some(Err(_)) => why = PostError::NotConnected,
                None => why = PostError::TooSlow,
            }
        }
        Err(why)
    }

    async fn addresses(&self) -> Result<Vec<SocketAddr>, PostError> {
        let target = &self.target;
        let found: Vec<SocketAddr> = match target.host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, target.port)],
            Err(_) => lookup_host((target.host.as_str(), target.port))
                .await
                .map_err(|_| PostError::NoAddress)?
                .collect(),
        };
        // Looked at here and not by the name, which may lead anywhere, and elsewhere the next time it is asked for.
        let is_allowed = |address: &SocketAddr| match target.reach {
            Reach::Any => true,
            Reach::Loopback => address.ip().is_loopback(),
            Reach::Public => is_public(address.ip()),
        };
        Ok(found.into_iter().filter(is_allowed).collect())
    }
}
