//! Ranges of addresses: the table, and `ipnet`, which nobody here wrote.

use std::net::IpAddr;

use entitlements_core::client_address::{Cidr, CidrErrorKind, TrustedProxies};
use entitlements_tests::{addresses, assert_none};
use ipnet::IpNet;
use proptest::prelude::*;

use crate::made::address;

#[test]
fn every_range_of_the_table_is_what_the_library_says() {
    let mut wrong = Vec::new();
    for row in addresses::ranges() {
        let read = row.range.parse::<Cidr>();
        let told = match &read {
            Ok(range) => (Some(range.to_string()), None),
            Err(error) => (None, Some(error.reason().to_owned())),
        };
        if told != (row.means.clone(), row.refused.clone()) {
            wrong.push(format!("{:?}: {told:?}", row.range));
        }
        let Ok(range) = read else {
            let error = TrustedProxies::parse([&row.range]).unwrap_err().to_string();
            if error.contains(char::is_control) || !error.contains('`') {
                wrong.push(format!("{:?}: not one line: {error:?}", row.range));
            }
            continue;
        };
        let outside = row.inside.iter().filter(|inside| !range.contains(**inside));
        wrong.extend(outside.map(|inside| format!("{inside} is not in {range}")));
        let inside = row
            .outside
            .iter()
            .filter(|outside| range.contains(**outside));
        wrong.extend(inside.map(|outside| format!("{outside} is in {range}")));
    }
    assert_none(&wrong);
}

/// Texts that are ranges, or nearly.
fn text() -> impl Strategy<Value = String> {
    let prefix = prop_oneof![
        4 => (0..=130_u16).prop_map(|prefix| format!("/{prefix}")),
        1 => "/[0-9+x ]{0,3}",
        1 => Just(String::new()),
    ];
    let network = (address(), 0..=128_u32).prop_map(|(address, zeros)| match address {
        IpAddr::V4(v4) => IpAddr::V4(
            (v4.to_bits()
                .checked_shr(zeros)
                .unwrap_or(0)
                .checked_shl(zeros)
                .unwrap_or(0))
            .into(),
        ),
        IpAddr::V6(v6) => IpAddr::V6(
            (v6.to_bits()
                .checked_shr(zeros)
                .unwrap_or(0)
                .checked_shl(zeros)
                .unwrap_or(0))
            .into(),
        ),
    });
    prop_oneof![
        4 => (network, prefix).prop_map(|(network, prefix)| format!("{network}{prefix}")),
        1 => "[0-9a-f.:/% ]{0,24}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_a_range_is_one_to_ipnet_too_and_has_the_same_addresses(text in text(), other in address()) {
        let ours = text.parse::<Cidr>();
        let theirs = text.parse::<IpNet>().ok().or_else(|| Some(text.parse::<IpAddr>().ok()?.into()));
        match (ours, theirs) {
            (Ok(ours), theirs) => {
                let again: Cidr = ours.to_string().parse().unwrap();
                prop_assert_eq!(again, ours);
                prop_assert!(ours.contains(ours.first()) || ours.to_string() == "::ffff:0.0.0.0/96");
                let theirs = theirs.expect("ours is one of theirs");
                prop_assert_eq!(theirs.trunc(), theirs, "bits after the prefix");
                let mapped = theirs.addr() != theirs.addr().to_canonical();
                if !mapped {
                    prop_assert_eq!(ours.to_string(), theirs.to_string());
                    prop_assert_eq!((ours.first(), ours.last()), (theirs.network(), theirs.broadcast()));
                }
                let canonical = other.to_canonical();
                let is_within = theirs.contains(&canonical) || mapped && ours.prefix() <= 32 && theirs.contains(&to_mapped(canonical));
                prop_assert_eq!(ours.contains(other), is_within, "{} in {}", other, ours);
            }
            (Err(error), Some(theirs)) => {
                // What they take and we do not.
                let is_loose = match error.kind() {
                    CidrErrorKind::HostBits => theirs.trunc() != theirs,
                    CidrErrorKind::Prefix => text.contains("/0") || text.contains("/+"),
                    _ => false,
                };
                prop_assert!(is_loose, "{text:?}: {error}");
                if let Some(network) = error.network() {
                    // A shorter prefix of mapped addresses is one of IPv6, which has none of them (X19).
                    let is_mapped = theirs.addr() != theirs.addr().to_canonical() && theirs.prefix_len() <= 96;
                    prop_assert!(is_mapped || network.contains(theirs.addr()));
                }
            }
            (Err(_), None) => {}
        }
    }

    #[test]
    fn a_range_covers_another_where_it_has_both_ends_of_it(one in text(), other in text()) {
        if let (Ok(one), Ok(other)) = (one.parse::<Cidr>(), other.parse::<Cidr>()) {
            prop_assert_eq!(one.covers(&other), other.first().is_ipv4() == one.first().is_ipv4()
                && one.first() <= other.first() && other.last() <= one.last());
            prop_assert!(one.covers(&one));
        }
    }
}

fn to_mapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V6(v4.to_ipv6_mapped()),
        IpAddr::V6(_) => address,
    }
}
