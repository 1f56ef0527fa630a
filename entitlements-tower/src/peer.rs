use entitlements_core::PeerAddress;
use entitlements_core::client_address::Peer;
use http::Extensions;

/// The other end of a request's connection, as the server put it into the request's extensions.
///
/// A [`PeerAddress`] comes first, which whoever runs hyper by hand puts there, or whoever speaks the PROXY protocol. Else it is what axum's
/// server tells (feature `axum-routes`: `into_make_service_with_connect_info::<SocketAddr>()`), or tonic's (feature `tonic-server`). Where tonic
/// does TLS itself, its type for that depends on the TLS that was chosen: a layer that turns `TlsConnectInfo` into a `PeerAddress` is the
/// application's.
///
/// ```
/// use entitlements_core::PeerAddress;
/// use entitlements_core::client_address::Peer;
/// use entitlements_tower::peer;
///
/// let mut request = http::Request::new(());
/// assert_eq!(peer(request.extensions()), Peer::Unknown);
///
/// // What a server does with each connection's address.
/// request.extensions_mut().insert(PeerAddress("192.0.2.7:4711".parse()?));
/// assert_eq!(peer(request.extensions()), Peer::Address("192.0.2.7".parse()?));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn peer(extensions: &Extensions) -> Peer {
    match extensions.get::<PeerAddress>() {
        Some(address) => Peer::from(*address),
        None => of_server(extensions),
    }
}

fn of_server(extensions: &Extensions) -> Peer {
    let told = [of_axum(extensions), of_tonic(extensions)];
    told.into_iter().flatten().next().unwrap_or(Peer::Unknown)
}

#[cfg(feature = "axum-routes")]
fn of_axum(extensions: &Extensions) -> Option<Peer> {
    use std::net::SocketAddr;

    use axum::extract::ConnectInfo;
    use axum::extract::connect_info::MockConnectInfo;

    let told = extensions.get::<ConnectInfo<SocketAddr>>();
    let told = told.map(|ConnectInfo(address)| *address);
    let mocked = || extensions.get::<MockConnectInfo<SocketAddr>>();
    told.or_else(|| mocked().map(|MockConnectInfo(address)| *address))
        .map(Peer::from)
}

#[cfg(not(feature = "axum-routes"))]
const fn of_axum(_: &Extensions) -> Option<Peer> {
    None
}

#[cfg(feature = "tonic-server")]
fn of_tonic(extensions: &Extensions) -> Option<Peer> {
    use tonic::transport::server::TcpConnectInfo;

    #[cfg(unix)]
    if extensions
        .get::<tonic::transport::server::UdsConnectInfo>()
        .is_some()
    {
        return Some(Peer::UnixSocket);
    }
    let told = extensions.get::<TcpConnectInfo>()?;
    told.remote_addr().map(Peer::from)
}

#[cfg(not(feature = "tonic-server"))]
const fn of_tonic(_: &Extensions) -> Option<Peer> {
    None
}
