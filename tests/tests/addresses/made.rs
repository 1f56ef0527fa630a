//! Made settings, peers and headers, near enough to each other that proxies and clients meet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use entitlements_core::client_address::{Cidr, ClientAddress, TrustedProxies};
use entitlements_tests::addresses::oracle;
use proptest::collection::vec;
use proptest::prelude::*;

pub(crate) const BELIEVED: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

/// Addresses of which many lie beside each other.
pub(crate) fn address() -> impl Strategy<Value = IpAddr> {
    let near = (0..4_u8, 0..4_u8).prop_map(|(c, d)| Ipv4Addr::new(10, 0, c, d));
    let v6 = (0..3_u16, 0..4_u16).prop_map(|(b, h)| Ipv6Addr::from([0x2001, b, 0, 0, 0, 0, 0, h]));
    prop_oneof![
        6 => near.clone().prop_map(IpAddr::V4),
        2 => near.prop_map(|v4| IpAddr::V6(v4.to_ipv6_mapped())),
        3 => v6.prop_map(IpAddr::V6),
        1 => any::<u32>().prop_map(|bits| IpAddr::V4(bits.into())),
        1 => any::<u128>().prop_map(|bits| IpAddr::V6(bits.into())),
        1 => Just(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        1 => Just(IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
    ]
}

/// Whom the server trusts, as both readers take it.
pub(crate) fn trust() -> impl Strategy<Value = oracle::Trust> {
    let v4 = (0..4_u8, 0..4_u8, 22..=32_u8).prop_map(|(c, d, prefix)| {
        let bits = Ipv4Addr::new(10, 0, c, d).to_bits();
        let network = bits >> (32 - prefix) << (32 - prefix);
        (IpAddr::V4(network.into()), usize::from(prefix))
    });
    let v6 = (0..3_u16).prop_map(|b| (IpAddr::V6([0x2001, b, 0, 0, 0, 0, 0, 0].into()), 32));
    let everybody = prop_oneof![
        Just((IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0)),
        Just((IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0))
    ];
    let range = prop_oneof![6 => v4, 3 => v6, 1 => everybody];
    prop_oneof![
        1 => Just(oracle::Trust::Nobody),
        6 => vec(range, 0..5).prop_map(oracle::Trust::Ranges),
        3 => (0..5_usize).prop_map(oracle::Trust::Hops),
    ]
}

/// The setting that the library is asked with.
pub(crate) fn setting(trust: &oracle::Trust, believe: &str) -> ClientAddress {
    let proxies = match trust {
        oracle::Trust::Nobody => TrustedProxies::none(),
        oracle::Trust::Hops(hops) => TrustedProxies::hops(u8::try_from(*hops).unwrap()),
        oracle::Trust::Ranges(ranges) => {
            TrustedProxies::ranges(ranges.iter().map(|(network, prefix)| {
                Cidr::new(*network, u8::try_from(*prefix).unwrap()).unwrap()
            }))
        }
    };
    ClientAddress::new(proxies, believe.parse().unwrap())
}

/// What may stand between two commas: mostly addresses, in the forms of both headers.
fn element() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => plain(),
        2 => with_port(),
        6 => plain().prop_map(|text| format!("for={text}")),
        6 => quoted(),
        2 => (quoted(), "[;, =a\\\\\"]{0,5}").prop_map(|(node, text)| format!("{node};x=\"{text}\"")),
        2 => odd(),
        1 => "[0-9:.a-f\\[\\]]{0,12}",
    ]
}

fn plain() -> impl Strategy<Value = String> {
    address().prop_map(|address| address.to_string())
}

fn with_port() -> impl Strategy<Value = String> {
    (address(), any::<u16>()).prop_map(|(address, port)| match address {
        IpAddr::V4(v4) => format!("{v4}:{port}"),
        IpAddr::V6(v6) => format!("[{v6}]:{port}"),
    })
}

fn quoted() -> impl Strategy<Value = String> {
    prop_oneof![plain(), with_port(), odd()].prop_map(|node| format!("for=\"{node}\""))
}

fn odd() -> impl Strategy<Value = String> {
    let odd = [
        "",
        " ",
        "unknown",
        "for=unknown",
        "_hidden",
        "for=_hidden",
        "10.0.0.01",
        "0x0a.0.0.1",
        "10.1",
        "167772161",
        "１０.0.0.1",
        "fe80::1%eth0",
        "[10.0.0.1]",
        "10.0.0.1:",
        "10.0.0.1:65536",
        "10.0.0.1:_p",
        "[2001::1",
        "2001::1]",
        "\"10.0.0.1\"",
        "by=10.0.0.1",
        "for=10.0.0.1;for=10.0.0.2",
        "for=\"10.0.0.1",
        "\\",
        "\"",
        ";",
        "FOR=10.0.0.1 ; by=x",
        "for=\"\\10.0.\\0.1\"",
        "10.0.0.1\t",
        "10.0.0.1\u{a0}",
        "::ffff:0:0",
        "localhost",
    ];
    proptest::sample::select(odd.to_vec()).prop_map(str::to_owned)
}

/// The lines of a header.
pub(crate) fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let made = vec(element(), 1..6).prop_map(|elements| elements.join(", ").into_bytes());
    let letters = r#"(for=|,|;|=|"|\\|:|\.|1|10\.0\.0\.1|\[|\]|_| |x){0,12}"#;
    let noise = prop_oneof![
        letters.prop_map(String::into_bytes),
        vec(any::<u8>(), 0..24),
    ];
    vec(prop_oneof![4 => made, 1 => noise], 0..4)
}
