use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use proptest::prelude::*;

use super::v6::v6;
use super::{
    AddressErrorKind, Cidr, CidrError, ClientAddress, ForwardedHeader, Peer, TrustedProxies, node,
};
use crate::PeerAddress;

const NONE: [&[u8]; 0] = [];

#[test]
fn x1_the_default_believes_nobody() {
    let addresses = ClientAddress::default();
    assert_eq!(addresses, ClientAddress::of_peer());
    let peer: IpAddr = [192, 0, 2, 7].into();
    assert_eq!(addresses.resolve(peer, [&b"8.8.8.8"[..]]), Ok(peer));
}

#[test]
fn x3_lines_are_looked_for_where_the_peer_is_trusted_and_nowhere_else() {
    let proxies = TrustedProxies::parse(["10.0.0.0/8"]).unwrap();
    let addresses = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
    let mut looked = 0;
    let mut resolve = |peer: [u8; 4]| {
        addresses.resolve_with(IpAddr::from(peer), || {
            looked += 1;
            [&b"198.51.100.1"[..]]
        })
    };
    assert_eq!(resolve([192, 0, 2, 7]), Ok([192, 0, 2, 7].into()));
    assert_eq!(resolve([10, 0, 0, 1]), Ok([198, 51, 100, 1].into()));
    assert_eq!(resolve([11, 0, 0, 1]), Ok([11, 0, 0, 1].into()));
    assert_eq!(looked, 1);
}

#[test]
fn x12_a_peer_is_one_address_whatever_a_server_makes_of_it() {
    let socket: SocketAddr = "[::ffff:192.0.2.7]:4711".parse().unwrap();
    let expected = Ok([192, 0, 2, 7].into());
    let addresses = ClientAddress::of_peer();
    for peer in [
        Peer::from(socket),
        Peer::from(Some(socket)),
        Peer::from(socket.ip()),
        Peer::from(PeerAddress(socket)),
    ] {
        assert_eq!(addresses.resolve(peer, NONE), expected);
    }
}

#[test]
fn x20_errors_say_what_to_do_and_nothing_that_was_sent() {
    let proxies = TrustedProxies::hops(1);
    let addresses = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
    let unix = addresses.resolve(Peer::UnixSocket, NONE).unwrap_err();
    assert!(unix.to_string().contains("listen on a loopback address"));
    let unknown = addresses.resolve(Peer::Unknown, NONE).unwrap_err();
    assert!(unknown.to_string().contains("connect_info"));
    let lines = [&b"<script>"[..]];
    let sent = addresses.resolve(IpAddr::from([192, 0, 2, 7]), lines);
    assert!(!sent.unwrap_err().to_string().contains("script"));
}

#[test]
fn every_kind_has_a_word_and_a_sentence_of_its_own() {
    let words: std::collections::BTreeSet<_> = AddressErrorKind::ALL
        .iter()
        .map(|kind| kind.reason())
        .collect();
    assert_eq!(words.len(), AddressErrorKind::ALL.len());
    let is_word = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    assert!(words.iter().all(|word| is_word(word)));
}

#[test]
fn x4_what_is_no_name_of_a_header_is_refused() {
    for name in ["", "x forwarded for", "x-forwarded-for:", "x\r\nx", "é"] {
        let error = name.parse::<ForwardedHeader>().unwrap_err();
        assert!(error.to_string().ends_with("is not the name of a header"));
    }
    assert_eq!("forwarded".parse(), Ok(ForwardedHeader::forwarded()));
}

#[test]
fn x18_a_range_is_not_made_with_bits_after_its_prefix() {
    let address: IpAddr = [192, 0, 2, 7].into();
    assert!(Cidr::new(address, 24).is_err());
    assert!(Cidr::new(address, 33).is_err());
    let error = Cidr::new(address, 24).unwrap_err();
    assert_eq!(error.network(), "192.0.2.0/24".parse().ok());
    assert_eq!(Cidr::new(address, 32), Ok(Cidr::from(address)));
}

/// What takes texts, addresses and ranges alike.
fn range_of<T: TryInto<Cidr>>(from: T) -> Result<Cidr, CidrError>
where
    CidrError: From<T::Error>,
{
    Ok(from.try_into()?)
}

#[test]
fn x18_a_range_is_made_of_texts_addresses_and_ranges() {
    let address: IpAddr = [192, 0, 2, 7].into();
    let range = range_of(address).unwrap();
    assert_eq!(range_of(range), Ok(range));
    assert_eq!(range_of("192.0.2.7"), Ok(range));
    assert_eq!(range_of(String::from("::ffff:192.0.2.7/128")), Ok(range));
    assert!(range_of("192.0.2.7/24").is_err());
}

#[test]
fn x11_the_longest_address_is_read_and_nothing_longer() {
    let longest = b"0000:0000:0000:0000:0000:ffff:255.255.255.254";
    assert_eq!(node::plain(longest), Ok([255, 255, 255, 254].into()));
    let longer = [&longest[..], b"0"].concat();
    assert_eq!(node::plain(&longer), Err(AddressErrorKind::MalformedHop));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn x11_addresses_are_those_of_the_standard_library(
        bits in any::<u128>(), shift in 0..128_u32, text in "(::|:|[0-9a-fA-F]{1,4}|[0-9a-f]{1,4}:|1\\.2\\.3\\.4|25[0-9]|\\.|0){1,12}"
    ) {
        let address = Ipv6Addr::from_bits(bits >> shift << (shift / 2));
        let [a, b, c, d, e, f, g, h] = address.segments();
        let whole = format!("{a:04x}:{b:x}:{c:X}:{d:x}:{e:x}:{f:x}:{g:x}:{h:04x}");
        for text in [text, address.to_string(), whole] {
            let expected = text.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
            prop_assert_eq!(v6(text.as_bytes()), expected, "{}", text);
            let expected = text.parse::<Ipv4Addr>().ok().map(IpAddr::V4);
            prop_assert_eq!(node::v4(text.as_bytes()), expected, "{}", text);
        }
        let v4 = Ipv4Addr::from_bits(address.to_bits() as u32);
        prop_assert_eq!(node::v4(v4.to_string().as_bytes()), Some(v4.into()));
    }
}
