use std::fmt;

/// Why a client's address cannot be told. Holds nothing that the client sent.
///
/// ```
/// use std::net::IpAddr;
///
/// use entitlements_core::client_address::{
///     AddressErrorKind, ClientAddress, ForwardedHeader, TrustedProxies,
/// };
///
/// let proxies = TrustedProxies::parse(["10.0.0.0/8"])?;
/// let addresses = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
/// let proxy: IpAddr = "10.0.0.7".parse()?;
/// let lines: [&[u8]; 1] = [b"203.0.113.9, unknown, 10.0.0.8"];
/// let error = addresses.resolve(proxy, lines).unwrap_err();
/// assert_eq!(error.kind(), AddressErrorKind::MalformedHop);
/// assert_eq!(error.hop(), Some(2));
/// assert_eq!(error.to_string(), "an element of the forwarded header is not an address (2 from the right)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressError {
    kind: AddressErrorKind,
    hop: Option<u8>,
}

impl AddressError {
    pub(crate) const fn new(kind: AddressErrorKind) -> Self {
        Self { kind, hop: None }
    }

    pub(super) const fn at(kind: AddressErrorKind, hop: u8) -> Self {
        Self {
            kind,
            hop: Some(hop),
        }
    }

    /// What is wrong, for code that acts on it.
    #[must_use]
    pub const fn kind(&self) -> AddressErrorKind {
        self.kind
    }

    /// What is wrong, as one snake_case word that stays the same over versions.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.kind.reason()
    }

    /// Which element of the list is wrong, counted from the right; the first is 1.
    #[must_use]
    pub const fn hop(&self) -> Option<u8> {
        self.hop
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.sentence())?;
        match self.hop {
            Some(hop) => write!(f, " ({hop} from the right)"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for AddressError {}

macro_rules! kinds {
    ($($(#[$docs:meta])* $name:ident, $reason:literal, $sentence:literal;)*) => {
        /// What can be wrong with where a request comes from.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum AddressErrorKind {
            $($(#[$docs])* $name,)*
        }

        impl AddressErrorKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The kind as one snake_case word.
            #[must_use]
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)* }
            }

            const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

kinds! {
    /// The server does not say who is at the other end (X20).
    NoPeer, "no_peer", "the peer's address is not known; have the server hand it on (in axum: `into_make_service_with_connect_info::<SocketAddr>()`; in tonic: feature `tonic-server` of entitlements-tower; in hyper, or where tonic does TLS: a `PeerAddress` in each request), or where it listens on a Unix socket, which has none, let it listen on a loopback address";
    /// The connection is a Unix socket's (X20).
    UnixSocket, "unix_socket", "the peer is connected over a Unix socket, which has no address; listen on a loopback address, and trust the proxy by it";
    /// The peer has the unspecified address (X13).
    UnspecifiedPeer, "unspecified_peer", "the peer's address is the unspecified one, which is nobody's";
    /// A trusted peer did not send the header that is believed (X8).
    NoHeader, "no_header", "a trusted proxy did not send the forwarded header; have it send the one that is believed, or say which one it sends";
    /// All that is listed is trusted (X8).
    OnlyTrusted, "only_trusted", "the forwarded header lists trusted proxies alone; trust no range that clients are in, and have the proxy in front see who they are";
    /// The list is shorter than the number of proxies (X8).
    TooFewHops, "too_few_hops", "the forwarded header lists fewer hops than there are trusted proxies; say how many there are, and have each of them add whom it sees";
    /// The client is not within what is looked at (X9).
    TooLong, "too_long", "the forwarded header goes on for longer than is looked at";
    /// A header with a single value is there twice (X10).
    RepeatedHeader, "repeated_header", "the forwarded header has a single value, and is there more than once";
    /// An element with nothing in it (X7).
    EmptyHop, "empty_hop", "an element of the forwarded header is empty";
    /// An element that is no address, or no element at all (X11, X14 to X18).
    MalformedHop, "malformed_hop", "an element of the forwarded header is not an address";
    /// An element of `Forwarded` without a `for` (X15).
    NoForHop, "no_for_hop", "an element of the forwarded header does not say `for` whom it is";
    /// `for=unknown` (X16).
    UnknownHop, "unknown_hop", "an element of the forwarded header says that its client is unknown";
    /// `for=_hidden` (X16).
    ObfuscatedHop, "obfuscated_hop", "an element of the forwarded header hides its client";
    /// An element with the unspecified address (X13).
    UnspecifiedHop, "unspecified_hop", "an element of the forwarded header has the unspecified address, which is nobody's";
}
