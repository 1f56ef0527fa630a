//! Compiled ranges answer as each range does by itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A range around an address, its low bits cleared.
fn around(address: IpAddr, bits: u8) -> Cidr {
    let network = match address.to_canonical() {
        IpAddr::V4(address) => {
            let low = u32::MAX.checked_shr(bits.min(32).into()).unwrap_or(0);
            format!(
                "{}/{}",
                Ipv4Addr::from_bits(address.to_bits() & !low),
                bits.min(32)
            )
        }
        IpAddr::V6(address) => {
            let low = u128::MAX.checked_shr(bits.into()).unwrap_or(0);
            format!("{}/{bits}", Ipv6Addr::from_bits(address.to_bits() & !low))
        }
    };
    network.parse().unwrap()
}

/// Addresses that are often close to each other, and to the ends of what there is.
fn address() -> impl Strategy<Value = IpAddr> {
    let v4 = prop_oneof![
        any::<u32>(),
        0_u32..200,
        (0_u32..200).prop_map(|n| u32::MAX - n),
        (0_u32..2000).prop_map(|n| 0xc000_0200 + n),
    ];
    let v6 = prop_oneof![
        any::<u128>(),
        0_u128..200,
        (0_u128..200).prop_map(|n| u128::MAX - n),
        (0_u128..2000).prop_map(|n| (0x2001_0db8 << 96) + n),
        (0_u128..2000).prop_map(|n| (0x2001_0db8 << 96) + (n << 64)),
        (0_u128..2000).prop_map(|n| 0xffff_0000_0000 + n),
    ];
    prop_oneof![
        v4.prop_map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))),
        v6.prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits))),
    ]
}

fn range() -> impl Strategy<Value = Cidr> {
    let bits = prop_oneof![0_u8..=128, 24_u8..=32, 120_u8..=128, 48_u8..=64, Just(128)];
    // X19: of IPv4 addresses that are written as IPv6, all or none.
    let inert = Just("::ffff:0:0/96".parse().unwrap());
    prop_oneof![
        20 => (address(), bits).prop_map(|(address, bits)| around(address, bits)),
        1 => inert,
    ]
}

/// The address and those beside it.
fn neighbours(address: IpAddr) -> Vec<IpAddr> {
    match address {
        IpAddr::V4(at) => [
            at.to_bits().wrapping_sub(1),
            at.to_bits(),
            at.to_bits().wrapping_add(1),
        ]
        .map(|bits| Ipv4Addr::from_bits(bits).into())
        .into(),
        IpAddr::V6(at) => [
            at.to_bits().wrapping_sub(1),
            at.to_bits(),
            at.to_bits().wrapping_add(1),
        ]
        .map(|bits| Ipv6Addr::from_bits(bits).into())
        .into(),
    }
}

/// All addresses at which an answer may change, and some others.
fn asked(ranges: &[Cidr], others: Vec<IpAddr>) -> Vec<IpAddr> {
    let ends = ranges
        .iter()
        .flat_map(|range| [range.first(), range.last()]);
    ends.chain(others).flat_map(neighbours).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn w4_they_hold_what_one_of_them_holds(
        ranges in vec(range(), 0..200), others in vec(address(), 0..20),
    ) {
        let compiled: AddressRanges = ranges.iter().collect();
        for address in asked(&ranges, others) {
            let held = ranges.iter().any(|range| range.contains(address));
            prop_assert_eq!(compiled.contains(address), held, "{}", address);
        }
        prop_assert_eq!(compiled.is_empty(), !ranges.iter().any(|range| range.contains(range.first())));
        prop_assert!(compiled.len() <= ranges.len());
    }

    #[test]
    fn w4_their_order_and_repeats_do_not_matter(
        (ranges, others) in vec(range(), 0..20)
            .prop_flat_map(|ranges| (Just(ranges.clone()), Just(ranges).prop_shuffle())),
    ) {
        let compiled: AddressRanges = ranges.iter().collect();
        let repeated: AddressRanges = others.iter().chain(&ranges).collect();
        prop_assert_eq!(compiled, repeated);
    }

    #[test]
    fn they_cover_others_where_no_address_of_those_is_outside(
        ranges in vec(range(), 0..20), within in vec(0_usize..20, 0..10), others in vec(range(), 0..3),
    ) {
        let others: Vec<_> = within.iter().filter_map(|at| ranges.get(*at)).copied().chain(others).collect();
        let (a, b): (AddressRanges, AddressRanges) = (ranges.iter().collect(), others.iter().collect());
        // Where the answer changes from in to out, one of these is the first address outside.
        let asked = asked(&ranges, asked(&others, Vec::new()));
        let outside = asked.iter().any(|address| b.contains(*address) && !a.contains(*address));
        prop_assert_eq!(a.covers(&b), !outside);
        prop_assert!(a.covers(&a));
    }
}

/// X12, X19: what is written as IPv6 and is IPv4, and the other way round.
#[test]
fn x19_mapped_addresses_are_in_ranges_of_ipv4_alone() {
    let compiled =
        |text: &str| -> AddressRanges { [text.parse::<Cidr>().unwrap()].iter().collect() };
    let mapped = "::ffff:192.0.2.7".parse().unwrap();
    assert!(compiled("192.0.2.0/24").contains(mapped));
    assert!(compiled("::ffff:192.0.2.0/120").contains(mapped));
    assert!(compiled("::ffff:192.0.2.0/120").contains("192.0.2.7".parse().unwrap()));
    assert!(!compiled("::/0").contains(mapped));
    assert!(!compiled("::ffff:0:0/96").contains(mapped));
    assert!(compiled("::ffff:0:0/96").is_empty());
    assert!(AddressRanges::default().covers(&compiled("::ffff:0:0/96")));
    assert!(!compiled("::/0").contains("192.0.2.7".parse().unwrap()));
    assert!(!compiled("0.0.0.0/0").contains("::1".parse().unwrap()));
}

#[test]
fn all_of_ipv4_and_all_of_ipv6_have_no_end() {
    let all: AddressRanges = ["0.0.0.0/1", "128.0.0.0/1", "::/0", "2001:db8::/32"]
        .iter()
        .map(|text| text.parse::<Cidr>().unwrap())
        .collect();
    assert_eq!(all.len(), 2);
    for address in [
        "0.0.0.0",
        "127.255.255.255",
        "128.0.0.0",
        "255.255.255.255",
        "::",
        "ffff::",
        "::ffff:1.2.3.4",
    ] {
        assert!(all.contains(address.parse().unwrap()), "{address}");
    }
    assert!(!AddressRanges::default().contains("0.0.0.0".parse().unwrap()));
    assert!(!AddressRanges::default().contains("::".parse().unwrap()));
}

/// Networks at ever larger distances, each of many ranges: every table has a crowd.
#[test]
fn w4_crowds_within_crowds_are_found() {
    let mut ranges: Vec<Cidr> = Vec::new();
    for power in 8..120 {
        for host in 0..40_u128 {
            let address = Ipv6Addr::from_bits((1 << power) + host * 3);
            ranges.push(Cidr::from(IpAddr::from(address)));
        }
    }
    for power in 8..32 {
        for host in 0..40_u32 {
            let address = Ipv4Addr::from_bits((1 << power) + host * 3);
            ranges.push(Cidr::from(IpAddr::from(address)));
        }
    }
    let compiled: AddressRanges = ranges.iter().collect();
    let held: std::collections::BTreeSet<_> = ranges.iter().map(Cidr::first).collect();
    assert_eq!(compiled.len(), held.len());
    for address in asked(&ranges, Vec::new()) {
        let is_held = held.contains(&address.to_canonical());
        assert_eq!(compiled.contains(address), is_held, "{address}");
    }
}
