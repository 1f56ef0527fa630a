//! What holds of every setting, peer and header.

use std::net::IpAddr;

use entitlements_core::client_address::ClientAddress;
use entitlements_tests::addresses::oracle;
use proptest::prelude::*;

use crate::made::{BELIEVED, address, lines, setting, trust};

fn told(setting: &ClientAddress, peer: IpAddr, lines: &[Vec<u8>]) -> Result<IpAddr, &'static str> {
    setting
        .resolve(peer, lines.iter().map(Vec::as_slice))
        .map_err(|error| error.reason())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, max_global_rejects: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_library_tells_what_the_page_says(
        trust in trust(), believe in 0..3_usize, peer in address(), lines in lines(),
    ) {
        let ours = told(&setting(&trust, BELIEVED[believe]), peer, &lines);
        prop_assert_eq!(ours, oracle::client(peer, &trust, BELIEVED[believe], &lines));
    }

    #[test]
    fn a_trusted_address_is_never_the_client(
        trust in trust(), believe in 0..3_usize, peer in address(), lines in lines(),
    ) {
        if let Ok(client) = told(&setting(&trust, BELIEVED[believe]), peer, &lines) {
            prop_assert!(!trust.has(client), "{} of {:?}", client, trust);
            prop_assert_eq!(client, oracle::canonical(client));
        }
    }

    #[test]
    fn what_is_added_on_the_left_changes_no_answer(
        trust in trust(), believe in 0..2_usize, peer in address(), mut more in lines(), lines in lines(), joins in any::<bool>(),
    ) {
        let setting = setting(&trust, BELIEVED[believe]);
        let before = told(&setting, peer, &lines);
        prop_assume!(before.is_ok());
        match (more.last_mut(), lines.split_first()) {
            // The client's text and the proxy's on one line.
            (Some(last), Some((first, rest))) if joins => {
                last.push(b',');
                last.extend(first);
                more.extend(rest.to_vec());
            }
            _ => more.extend(lines.clone()),
        }
        prop_assert_eq!(told(&setting, peer, &more), before);
    }

    #[test]
    fn headers_of_a_peer_that_is_not_trusted_do_not_matter(
        trust in trust(), believe in 0..3_usize, peer in address(), lines in lines(),
    ) {
        let is_proxy = matches!(trust, oracle::Trust::Hops(1..)) || trust.has(peer);
        prop_assume!(!is_proxy && !oracle::canonical(peer).is_unspecified());
        prop_assert_eq!(told(&setting(&trust, BELIEVED[believe]), peer, &lines), Ok(oracle::canonical(peer)));
    }

    #[test]
    fn however_it_is_written_a_client_is_one_address(client in address(), port in any::<u16>()) {
        let one = oracle::canonical(client);
        prop_assume!(!one.is_unspecified());
        let setting = setting(&oracle::Trust::Hops(1), "x-forwarded-for");
        let peer = IpAddr::from([127, 0, 0, 1]);
        let mapped = match one {
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        };
        let [a, b, c, d, e, f, g, h] = mapped.segments();
        for text in [
            client.to_string(), one.to_string(), mapped.to_string(), format!("[{mapped}]:{port}"),
            format!("{a:x}:{b:x}:{c:x}:{d:x}:{e:x}:{f:x}:{g:x}:{h:x}"), format!("[{a:04X}:{b:04X}:{c:04X}:{d:04X}:{e:04X}:{f:04X}:{g:04X}:{h:04X}]"),
        ] {
            prop_assert_eq!(told(&setting, peer, &[text.into_bytes()]), Ok(one));
        }
    }
}

#[test]
fn x9_what_is_looked_at_has_a_bound() {
    let setting = setting(
        &oracle::Trust::Ranges(vec![([10, 0, 0, 0].into(), 8)]),
        "forwarded",
    );
    let peer = IpAddr::from([10, 0, 0, 1]);
    // More lines than anybody could go through: the walk ends long before.
    let endless = std::iter::repeat_n(&b"for=10.0.0.2"[..], usize::MAX);
    let error = setting.resolve(peer, Endless(endless)).unwrap_err();
    assert_eq!(error.reason(), "too_long");
}

/// From the right as from the left.
struct Endless<I>(I);

impl<I: Iterator> Iterator for Endless<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }
}

impl<I: Iterator> DoubleEndedIterator for Endless<I> {
    fn next_back(&mut self) -> Option<I::Item> {
        self.0.next()
    }
}
