//! The form of the table, as `spec/addresses/README.md` says.

use std::net::IpAddr;

use entitlements_core::client_address::{CidrError, ClientAddress, Peer, TrustedProxies};
use serde::Deserialize;

/// One file: what its rows share, and the rows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What the rows are about.
    pub about: String,
    #[serde(default)]
    pub trust: Option<Trust>,
    #[serde(default)]
    pub believe: Option<String>,
    pub rows: Vec<Row>,
}

/// One request, and where it comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub rules: Vec<String>,
    pub says: String,
    #[serde(default)]
    pub peer: Option<String>,
    #[serde(default)]
    pub trust: Option<Trust>,
    #[serde(default)]
    pub believe: Option<String>,
    pub headers: Vec<Header>,
    #[serde(default = "yes")]
    pub over_sockets: bool,
    pub expect: Expected,
}

const fn yes() -> bool {
    true
}

/// Whom the server trusts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Trust {
    Nobody(Nobody),
    Ranges(Vec<String>),
    Hops { hops: u8 },
}

impl Trust {
    /// The proxies.
    ///
    /// # Errors
    /// When what should be a range is none.
    pub fn proxies(&self) -> Result<TrustedProxies, CidrError> {
        Ok(match self {
            Self::Nobody(_) => TrustedProxies::none(),
            Self::Ranges(ranges) => TrustedProxies::parse(ranges)?,
            Self::Hops { hops } => TrustedProxies::hops(*hops),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nobody {
    Nobody,
}

/// A line of the request's head, or many.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Header {
    Line(String),
    Made(Made),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    pub line: String,
    #[serde(default)]
    pub repeat: String,
    #[serde(default)]
    pub times: usize,
    #[serde(default)]
    pub then: String,
    #[serde(default = "one")]
    pub lines: usize,
}

const fn one() -> usize {
    1
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Expected {
    Address(IpAddr),
    Refused { refused: String },
}

/// A row with what its file says for all rows.
#[derive(Debug, Clone)]
pub struct Case {
    /// Such as `walk.json[7]`.
    pub place: String,
    pub rules: Vec<String>,
    pub says: String,
    /// `None` where it is connected over a Unix socket, or the server does not say.
    pub peer_address: Option<IpAddr>,
    pub peer: Peer,
    pub trust: Trust,
    /// The name of the header that is believed, as the row writes it.
    pub believe: String,
    /// The lines of the request's head, as they stand on the wire.
    pub lines: Vec<String>,
    pub expect: Expected,
    over_sockets: bool,
}

impl Case {
    /// The setting under test.
    ///
    /// # Panics
    /// When the row's setting is none.
    #[must_use]
    pub fn setting(&self) -> ClientAddress {
        let place = &self.place;
        let proxies = self.trust.proxies();
        let proxies = proxies.unwrap_or_else(|error| panic!("{place}: {error}"));
        let header = self.believe.parse();
        ClientAddress::new(
            proxies,
            header.unwrap_or_else(|error| panic!("{place}: {error}")),
        )
    }

    /// The values of the believed header, as a server hands them on.
    ///
    /// # Panics
    /// When a line is no header's.
    #[must_use]
    pub fn values(&self) -> Vec<&[u8]> {
        let header = |line: &'_ String| {
            line.split_once(':')
                .map(|(name, _)| name.to_owned())
                .unwrap_or_else(|| panic!("{}: no header: {line}", self.place))
        };
        let believed = |line: &&String| header(line).eq_ignore_ascii_case(&self.believe);
        let lines = self.lines.iter().filter(believed);
        lines
            .map(|line| line.split_once(':').map_or("", |(_, value)| value))
            .map(|value| value.trim_matches([' ', '\t']))
            .map(str::as_bytes)
            .collect()
    }

    /// What the library says.
    #[must_use]
    pub fn told(&self) -> Expected {
        match self.setting().resolve(self.peer, self.values()) {
            Ok(address) => Expected::Address(address),
            Err(error) => Expected::Refused {
                refused: error.reason().to_owned(),
            },
        }
    }

    /// Whether the row can be shown over a socket of this machine: from a loopback address of IPv4, with lines that servers take.
    #[must_use]
    pub fn is_over_sockets(&self) -> bool {
        self.over_sockets
            && matches!(self.peer_address, Some(IpAddr::V4(peer)) if peer.is_loopback())
    }
}

impl File {
    /// The rows, each with what the file says for all.
    ///
    /// # Panics
    /// When a peer is none.
    #[must_use]
    pub fn cases(self, name: &str) -> Vec<Case> {
        let usual = ["127.0.0.1", "10.0.0.0/8", "2001:db8:5::/48"].map(str::to_owned);
        let trust = self.trust.unwrap_or_else(|| Trust::Ranges(usual.into()));
        let believe = self.believe.unwrap_or_else(|| "X-Forwarded-For".to_owned());
        let case = |(number, row): (usize, Row)| {
            let place = format!("{name}[{number}]");
            let (peer, peer_address) = match row.peer.as_deref().unwrap_or("127.0.0.1") {
                "unix" => (Peer::UnixSocket, None),
                "unknown" => (Peer::Unknown, None),
                address => {
                    let address: IpAddr = address
                        .parse()
                        .unwrap_or_else(|error| panic!("{place}: {error}"));
                    (Peer::Address(address), Some(address))
                }
            };
            Case {
                rules: row.rules,
                says: row.says,
                peer_address,
                peer,
                trust: row.trust.unwrap_or_else(|| trust.clone()),
                believe: row.believe.unwrap_or_else(|| believe.clone()),
                lines: row.headers.iter().flat_map(lines).collect(),
                expect: row.expect,
                over_sockets: row.over_sockets,
                place,
            }
        };
        self.rows.into_iter().enumerate().map(case).collect()
    }
}

fn lines(header: &Header) -> Vec<String> {
    match header {
        Header::Line(line) => vec![line.clone()],
        Header::Made(made) => {
            let line = format!(
                "{}{}{}",
                made.line,
                made.repeat.repeat(made.times),
                made.then
            );
            vec![line; made.lines]
        }
    }
}

/// A range as people write it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub rules: Vec<String>,
    pub range: String,
    /// The one spelling that it has.
    #[serde(default)]
    pub means: Option<String>,
    /// The reason, where it is none.
    #[serde(default)]
    pub refused: Option<String>,
    #[serde(default)]
    pub inside: Vec<IpAddr>,
    #[serde(default)]
    pub outside: Vec<IpAddr>,
}
