//! Where requests come from, as strangers say it, and ranges as people write them.

use std::net::IpAddr;

use entitlements_core::client_address::{
    Cidr, ClientAddress, ForwardedHeader, MOST_BYTES, MOST_HOPS, TrustedProxies,
};

/// A client is never a proxy, and what is added to its left does not change it; a range has one spelling.
///
/// The first line is the peer, the second whom it is trusted by (`nobody`, a number of proxies, or ranges with spaces
/// between), the third the believed header's name, and the others are its lines. Whatever it is, each of its lines is read as
/// a range too.
///
/// # Panics
/// When a promise is broken.
pub fn addresses(data: &[u8]) {
    let all: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    for text in all.iter().filter_map(|line| std::str::from_utf8(line).ok()) {
        range(text);
        text.split(' ').for_each(range);
    }
    if let [peer, trust, name, lines @ ..] = all.as_slice()
        && let (Ok(peer), Ok(trust), Ok(name)) = (
            std::str::from_utf8(peer),
            std::str::from_utf8(trust),
            std::str::from_utf8(name),
        )
        && let (Ok(peer), Ok(header)) = (peer.parse(), name.parse())
    {
        request(peer, trust, header, lines);
    }
}

fn range(text: &str) {
    match text.parse::<Cidr>() {
        Ok(range) => {
            let again: Cidr = range.to_string().parse().expect("its own spelling");
            assert_eq!(again, range, "{text}");
            assert!(
                range.first() <= range.last() && range.covers(&range),
                "{text}"
            );
            assert_eq!(
                TrustedProxies::parse([text]).expect("it is a range"),
                TrustedProxies::ranges([range]),
            );
        }
        Err(error) => {
            let line = error.to_string();
            assert!(!line.contains(char::is_control), "not one line: {line:?}");
            if let Some(network) = error.network() {
                assert_eq!(network.to_string().parse(), Ok(network), "{text}");
            }
        }
    }
}

fn request(peer: IpAddr, trust: &str, header: ForwardedHeader, lines: &[&[u8]]) {
    let ranges: Vec<Cidr> = trust
        .split(' ')
        .filter_map(|range| range.parse().ok())
        .collect();
    let hops = trust.parse::<u8>().ok();
    let proxies = match hops {
        Some(hops) => TrustedProxies::hops(hops),
        None => TrustedProxies::ranges(ranges.iter().copied()),
    };
    let is_trusted = |address: IpAddr| ranges.iter().any(|range| range.contains(address));
    let is_list = matches!(header.name(), "x-forwarded-for" | "forwarded");
    let setting = ClientAddress::new(proxies, header);
    let resolve = |lines: &[&[u8]]| setting.resolve(peer, lines.iter().copied());
    let told = resolve(lines);
    match told {
        Ok(client) => {
            assert_eq!(client, client.to_canonical(), "it has another form");
            assert!(!client.is_unspecified(), "it is nobody's");
            assert!(hops.is_some() || !is_trusted(client), "it is a proxy's");
            if is_list {
                added_on_the_left(lines, &resolve, client);
            }
        }
        Err(error) => assert!(
            error.hop().is_none_or(|hop| (1..=MOST_HOPS).contains(&hop)),
            "{error}"
        ),
    }
    if hops.unwrap_or(0) == 0 && !is_trusted(peer) && !peer.to_canonical().is_unspecified() {
        assert_eq!(told, Ok(peer.to_canonical()), "a stranger was believed");
    }
}

fn added_on_the_left<E: std::fmt::Debug + PartialEq>(
    lines: &[&[u8]],
    resolve: &impl Fn(&[&[u8]]) -> Result<IpAddr, E>,
    client: IpAddr,
) {
    let long = vec![b'"'; MOST_BYTES + 1];
    for more in [&b"127.0.0.1"[..], b"for=\"", b"", b"\\", &long] {
        let before = [&[more], lines].concat();
        assert_eq!(resolve(&before), Ok(client), "a line changed it");
        if let [first, rest @ ..] = lines {
            let first = [more, b",", first].concat();
            let before = [&[first.as_slice()], rest].concat();
            assert_eq!(resolve(&before), Ok(client), "an element changed it");
        }
    }
}
