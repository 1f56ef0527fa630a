//! From where requests come, and ranges that hold them or just do not.

use std::net::IpAddr;

use entitlements_tests::oracle::AddressesAsked;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn range() -> impl Strategy<Value = String> {
    let ranges = [
        "192.0.2.0/24",
        "192.0.2.0/29",
        "192.0.2.8/32",
        "0.0.0.0/0",
        "2001:db8::/32",
        "2001:db8::7/128",
        "::/0",
        "::ffff:0:0/96",
    ];
    select(ranges.map(str::to_owned).to_vec())
}

pub(crate) fn client() -> impl Strategy<Value = Option<IpAddr>> {
    let addresses = [
        "192.0.2.7",
        "192.0.2.8",
        "198.51.100.9",
        "::ffff:192.0.2.7",
        "2001:db8::7",
        "2001:db8::8",
        "2001:db9::",
    ];
    let address = select(addresses.map(|text| text.parse().unwrap()).to_vec());
    option::weighted(0.9, address)
}

/// The entries of an account's list, each range once.
pub(crate) fn list() -> impl Strategy<Value = Vec<(String, bool)>> {
    vec((range(), any::<bool>()), 0..4).prop_map(|mut list| {
        list.sort();
        list.dedup_by(|a, b| a.0 == b.0);
        list
    })
}

pub(crate) fn asked() -> impl Strategy<Value = AddressesAsked> {
    let fixed = prop_oneof![
        3 => Just(vec![]),
        1 => vec(vec(range(), 0..3), 1..3),
    ];
    let some =
        (any::<bool>(), fixed).prop_map(|(of_account, fixed)| AddressesAsked { of_account, fixed });
    prop_oneof![2 => Just(AddressesAsked::default()), 1 => some]
}
