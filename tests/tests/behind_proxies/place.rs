//! Who is where. Only on Linux is all of 127.0.0.0/8 the machine's own.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpSocket, TcpStream};

/// A loopback address, by who has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Who asks honestly, or not.
    Client,
    /// Who was never there: what liars say.
    Elsewhere,
    /// The nearest proxy: alone, a balancer, an ingress.
    Proxy,
    /// A machine of a content network.
    Edge,
    /// A machine that hands connections on under its own address.
    Node,
}

impl Place {
    pub(crate) const ALL: [Self; 5] = [
        Self::Client,
        Self::Elsewhere,
        Self::Proxy,
        Self::Edge,
        Self::Node,
    ];

    pub(crate) const fn address(self) -> &'static str {
        match self {
            Self::Client => "127.1.0.50",
            Self::Elsewhere => "127.9.9.9",
            Self::Proxy => "127.2.0.2",
            Self::Edge => "127.3.0.3",
            Self::Node => "127.4.0.4",
        }
    }

    pub(crate) fn ip(self) -> IpAddr {
        self.address().parse().unwrap()
    }

    /// A connection from here.
    pub(crate) async fn connect(self, to: SocketAddr) -> io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(self.ip(), 0))?;
        socket.connect(to).await
    }
}
