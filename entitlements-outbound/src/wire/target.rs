use std::fmt;
use std::net::IpAddr;

use http::Uri;
use http::uri::Scheme;

/// Longer than any URL that is meant.
const MOST_URL_BYTES: usize = 2048;

/// Where something is sent.
///
/// `Debug` and `Display` show scheme, host and port: paths and queries of webhooks are often secrets.
#[derive(Clone)]
pub(crate) struct Target {
    pub(super) is_tls: bool,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    /// Which of the host's addresses may be connected to.
    pub(super) reach: Reach,
    /// As the `host` header has it.
    pub(super) authority: String,
    pub(super) path_and_query: String,
}

/// Which addresses may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Any,
    /// Those of this machine.
    Loopback,
    /// Those of the internet.
    Public,
}

/// Whether `http` URLs may lead to other machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain {
    ToLoopback,
    ToAnyone,
}

/// Why nothing is sent to a URL. The URL is not repeated: it may hold secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// It is no `https` or `http` URL.
    #[error(
        "not a URL that begins with `https://` and a host, without spaces, of at most 2048 bytes"
    )]
    Form,
    /// It has a user name or a password in it, which end up in logs of proxies and servers.
    #[error("a URL with a user name or a password is not taken")]
    UserInfo,
    /// It has a fragment, which is never sent.
    #[error("a URL with a `#` is not taken")]
    Fragment,
    /// It is an `http` URL of another machine: everybody on the way reads what is sent.
    #[error("`http` is only taken for this machine, use `https`")]
    NotEncrypted,
}

impl Target {
    pub(crate) fn parse(url: &str, plain: Plain) -> Result<Self, UrlError> {
        if url.len() > MOST_URL_BYTES {
            return Err(UrlError::Form);
        }
        if url.contains('#') {
            return Err(UrlError::Fragment);
        }
        let uri: Uri = url.parse().map_err(|_| UrlError::Form)?;
        let is_tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(UrlError::Form),
        };
        let authority = uri.authority().ok_or(UrlError::Form)?;
        if authority.as_str().contains('@') {
            return Err(UrlError::UserInfo);
        }
        let bracketed = authority.host();
        // The library takes a port that is too large for none.
        let port = match authority.as_str().strip_prefix(bracketed) {
            Some("") if is_tls => 443,
            Some("") => 80,
            Some(rest) => rest
                .strip_prefix(':')
                .and_then(|port| port.parse().ok())
                .ok_or(UrlError::Form)?,
            None => return Err(UrlError::Form),
        };
        let host = bracketed.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || port == 0 {
            return Err(UrlError::Form);
        }
        let is_loopback_only = !is_tls && plain == Plain::ToLoopback;
        if is_loopback_only && !is_of_this_machine(host) {
            return Err(UrlError::NotEncrypted);
        }
        Ok(Self {
            is_tls,
            host: host.to_owned(),
            port,
            reach: if is_loopback_only {
                Reach::Loopback
            } else {
                Reach::Any
            },
            authority: authority.as_str().to_owned(),
            path_and_query: match uri.query() {
                Some(query) => format!("{}?{query}", uri.path()),
                None => uri.path().to_owned(),
            },
        })
    }

    /// The same, where only addresses of the internet may be connected to.
    pub(crate) const fn in_public(mut self) -> Self {
        self.reach = Reach::Public;
        self
    }

    pub(crate) const fn needs_tls(&self) -> bool {
        self.is_tls
    }
}

/// By its name alone; the addresses that the name turns out to have are looked at when connecting.
fn is_of_this_machine(host: &str) -> bool {
    host.parse::<IpAddr>().map_or_else(
        |_| host.eq_ignore_ascii_case("localhost"),
        |address| address.is_loopback(),
    )
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for url in [
            "http://localhost/hook",
            "http://LOCALHOST:8080",
            "http://127.0.0.1:80/",
            "http://127.3.2.1/",
            "http://[::1]:9000/x?y=z",
            "https://hooks.example/t?token=1",
        ] {
            assert!(Target::parse(url, Plain::ToLoopback).is_ok(), "{url}");
        }
        for url in [
            "http://hooks.example/",
            "http://10.0.0.1/",
            "http://localhost.example/",
            "http://0.0.0.0/",
            "http://[::]/",
        ] {
            let refused = Target::parse(url, Plain::ToLoopback);
            assert_eq!(refused.unwrap_err(), UrlError::NotEncrypted, "{url}");
            assert!(Target::parse(url, Plain::ToAnyone).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_no_target_is_refused_by_kind() {
        let long = format!("https://hooks.example/{}", "a".repeat(2048));
        for (url, error) in [
            ("", UrlError::Form),
            ("hooks.example", UrlError::Form),
            ("/hook", UrlError::Form),
            ("ftp://hooks.example/", UrlError::Form),
            ("file:///etc/passwd", UrlError::Form),
            ("https://", UrlError::Form),
            ("https://:443/", UrlError::Form),
            ("https://hooks.example:0/", UrlError::Form),
            ("https://hooks.example:65536/", UrlError::Form),
            ("https://hooks.example/a b", UrlError::Form),
            ("https://hooks.example/\r\nx: y", UrlError::Form),
            (&long, UrlError::Form),
            ("https://user:password@hooks.example/", UrlError::UserInfo),
            ("https://user@hooks.example/", UrlError::UserInfo),
            ("http://hooks.example@127.0.0.1/", UrlError::UserInfo),
            ("https://hooks.example/#x", UrlError::Fragment),
        ] {
            assert_eq!(
                Target::parse(url, Plain::ToAnyone).unwrap_err(),
                error,
                "{url}"
            );
        }
    }

    #[test]
    fn paths_and_queries_are_not_shown() {
        let url = "https://hooks.example:8443/services/SECRET?token=SECRET";
        let target = Target::parse(url, Plain::ToLoopback).unwrap();
        assert_eq!(target.to_string(), "https://hooks.example:8443");
        assert_eq!(format!("{target:?}"), "https://hooks.example:8443");
        assert_eq!(target.path_and_query, "/services/SECRET?token=SECRET");
        let bare = Target::parse("https://hooks.example?x", Plain::ToLoopback).unwrap();
        assert_eq!((bare.port, &*bare.path_and_query), (443, "/?x"));
    }
}
