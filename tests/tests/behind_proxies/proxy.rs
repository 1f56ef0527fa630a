//! Small proxies, which do with `X-Forwarded-For` what real ones do.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::place::Place;

const HEADER: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What a proxy does with the header.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Writes {
    /// Adds whom it sees to the last line: nginx with `$proxy_add_x_forwarded_for`, balancers, content networks.
    Appends,
    /// Adds a line: HAProxy's `option forwardfor`.
    AddsLine,
    /// Drops what is there: Caddy, ingress-nginx.
    Replaces,
    /// Hands on what is there: nginx that was not told.
    Nothing,
    /// Drops what is there, and says nothing.
    Removes,
}

impl Writes {
    fn write(self, headers: &mut HeaderMap, seen: IpAddr) {
        let seen = seen.to_string();
        let value = |text: &str| HeaderValue::from_str(text).unwrap();
        match self {
            Self::Appends => {
                let lines = headers.get_all(HEADER).iter();
                let mut all: Vec<_> = lines.map(|line| line.to_str().unwrap()).collect();
                all.push(&seen);
                let all = value(&all.join(", "));
                headers.insert(HEADER, all);
            }
            Self::AddsLine => drop(headers.append(HEADER, value(&seen))),
            Self::Replaces => drop(headers.insert(HEADER, value(&seen))),
            Self::Nothing => {}
            Self::Removes => drop(headers.remove(HEADER)),
        }
    }
}

/// Starts a proxy that connects from its place; gives where it listens.
pub(crate) async fn proxy(at: Place, writes: Writes, to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind((at.ip(), 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, seen)) = listener.accept().await {
            let forwarding = service_fn(move |mut request: Request<Incoming>| async move {
                writes.write(request.headers_mut(), seen.ip());
                forward(request, at, to).await
            });
            let server = hyper::server::conn::http1::Builder::new();
            tokio::spawn(server.serve_connection(TokioIo::new(stream), forwarding));
        }
    });
    address
}

async fn forward(
    request: Request<Incoming>,
    from: Place,
    to: SocketAddr,
) -> Result<Response<Incoming>, Box<dyn Error + Send + Sync>> {
    let stream = TokioIo::new(from.connect(to).await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}

/// Starts what hands connections on under its own address, as nodes of Kubernetes do; gives where it listens.
pub(crate) async fn masquerade(at: Place, to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind((at.ip(), 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(hand_on(stream, at, to));
        }
    });
    address
}

async fn hand_on(mut stream: TcpStream, from: Place, to: SocketAddr) {
    let mut other = from.connect(to).await.unwrap();
    // Whoever closes first may leave the other with half a connection.
    let _ = tokio::io::copy_bidirectional(&mut stream, &mut other).await;
}
