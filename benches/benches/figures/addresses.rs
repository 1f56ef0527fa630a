//! What it costs to tell whom a request is from.

use std::hint::black_box;
use std::net::IpAddr;

use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;
use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};

const PLAIN: &str = "`X-Forwarded-For`, five hops";
const FORWARDED: &str = "`Forwarded`, five hops";
const HOPS: &str = "1,000 trusted hops";
const MEGABYTE: &str = "a megabyte within quotes";

fn resolve(setting: &ClientAddress, peer: IpAddr, lines: &[&[u8]], expected: &str) {
    let told = setting.resolve(black_box(peer), lines.iter().copied());
    match told {
        Ok(client) => assert_eq!(Ok(client), expected.parse()),
        Err(error) => assert_eq!(error.reason(), expected),
    }
}

pub(crate) fn table() -> Table {
    // As many ranges as a content network publishes.
    let ranges = (0..32).map(|n| format!("198.18.{n}.0/24"));
    let ranges = ranges.chain(["10.0.0.0/8", "2001:db8:5::/48"].map(str::to_owned));
    let proxies = TrustedProxies::parse(ranges).expect("these are ranges");
    let plain = ClientAddress::new(proxies.clone(), ForwardedHeader::x_forwarded_for());
    let forwarded = ClientAddress::new(proxies, ForwardedHeader::forwarded());
    let alone = ClientAddress::of_peer();
    let proxy: IpAddr = [10, 0, 0, 7].into();
    let five: &[u8] = b"203.0.113.9, 10.1.2.3, 198.18.7.7, 2001:db8:5::8, 10.0.0.8";
    let five_elements: &[u8] =
        b"for=203.0.113.9, for=10.1.2.3, for=198.18.7.7, for=\"[2001:db8:5::8]\", for=10.0.0.8";
    let hops = "10.0.0.8, ".repeat(1_000);
    let hops = hops.trim_end_matches(", ").as_bytes();
    let megabyte = format!("for=\"{}\"", "\\\"".repeat(500_000));
    let figures = compare(vec![
        Case::new("no proxies: the peer", || {
            resolve(&alone, proxy, &[five], "10.0.0.7");
        }),
        Case::new("`X-Forwarded-For`, one hop", || {
            resolve(&plain, proxy, &[b"203.0.113.9"], "203.0.113.9");
        }),
        Case::new(PLAIN, || resolve(&plain, proxy, &[five], "203.0.113.9")),
        Case::new(FORWARDED, || {
            resolve(&forwarded, proxy, &[five_elements], "203.0.113.9");
        }),
        Case::new(HOPS, || resolve(&plain, proxy, &[hops], "too_long")),
        Case::new(MEGABYTE, || {
            resolve(&forwarded, proxy, &[megabyte.as_bytes()], "too_long");
        }),
    ]);
    let mut table = Table {
        title: "The client's address",
        about: "From the peer and the lines of a header to one address, with 34 trusted ranges of which those of the hops are some. Each includes reading the expected answer. What is longer than is looked at is refused.",
        figures,
        bars: Vec::new(),
    };
    for name in [PLAIN, FORWARDED] {
        let (nanoseconds, allocations) = (table.nanoseconds(name), table.allocations(name));
        table.bar(name, nanoseconds, 300.0, " ns");
        table.bar(name, allocations, 0.0, " allocations");
    }
    for name in [HOPS, MEGABYTE] {
        let microseconds = table.nanoseconds(name) / 1_000.0;
        table.bar(name, microseconds, 50.0, " µs");
    }
    table
}
