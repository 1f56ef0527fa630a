//! Which proxies are in front, and what is believed of them.

use std::fmt::Write as _;

use entitlements_core::client_address::{Cidr, ClientAddress, ForwardedHeader, TrustedProxies};

use crate::accounts;
use crate::arguments::{Arguments, is_secret};

/// How the client's address is told.
pub(crate) fn client_address(arguments: &Arguments) -> ClientAddress {
    let proxies = TrustedProxies::ranges(arguments.trusted_proxy.iter().copied());
    ClientAddress::new(proxies, header(arguments))
}

/// The same, in a line for whoever starts the program.
pub(crate) fn told(arguments: &Arguments) -> String {
    let mut ranges = String::new();
    for range in &arguments.trusted_proxy {
        let comma = if ranges.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(ranges, "{comma}{range}");
    }
    if ranges.is_empty() {
        return "trusted proxies: none; the client is whoever connects".into();
    }
    let header = header(arguments);
    format!(
        "trusted proxies: {ranges}; they say in `{}` whom they are for",
        header.name()
    )
}

fn header(arguments: &Arguments) -> ForwardedHeader {
    arguments.forwarded_header.clone().unwrap_or_default()
}

/// What cannot be meant: a header of proxies, and none that is trusted.
pub(crate) fn contradiction(arguments: &Arguments) -> Option<&'static str> {
    let is_idle = arguments.forwarded_header.is_some() && arguments.trusted_proxy.is_empty();
    is_idle.then_some(
        "`--forwarded-header` needs `--trusted-proxy`: nobody's header is believed without it",
    )
}

pub(crate) fn read_range(text: &str) -> Result<Cidr, String> {
    text.parse().map_err(|error| match is_secret(text) {
        // What is that long may be a key that was typed in the wrong place.
        true => "not a range of addresses".to_owned(),
        false => format!("{error}"),
    })
}

pub(crate) fn read_header(text: &str) -> Result<ForwardedHeader, &'static str> {
    let name = accounts::read_header_name(text)?;
    name.parse().map_err(|_| "not the name of a header")
}
