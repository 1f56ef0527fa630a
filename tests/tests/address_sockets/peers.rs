//! Peers of every kind, each at its own address.

use std::net::IpAddr;

use entitlements_tests::addresses::Expected;
use entitlements_tests::assert_none;

use crate::odd::{behind, refused, told};
use crate::served::Served;
use crate::table::{questions, wrong};

/// The server trusts them or not; where it listens on all addresses of both kinds, those of IPv4 come as mapped ones.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_peers_are_who_they_are() {
    let trusts: [&[&str]; 5] = [
        &["127.0.0.2/32"],
        &["127.0.0.0/30"],
        &["127.1.0.0/16", "::1"],
        &["::1/128"],
        &["::/0"],
    ];
    let sent: [&[&[u8]]; 4] = [
        &[],
        &[b"X-Forwarded-For: 203.0.113.9"],
        &[
            b"X-Forwarded-For: 127.0.0.1",
            b"X-Forwarded-For: 2001:db8::7",
        ],
        &[b"X-Forwarded-For: 203.0.113.9, unknown"],
    ];
    let mut count = 0;
    for (address, peers) in [
        ("127.0.0.1:0", &["127.0.0.1", "127.0.0.2", "127.1.2.3"][..]),
        ("[::1]:0", &["::1"]),
        ("[::]:0", &["::ffff:127.0.0.1", "::ffff:127.0.0.2", "::1"]),
    ] {
        if std::net::TcpListener::bind(address).is_err() {
            assert!(address.starts_with('['), "IPv4 is everywhere");
            continue;
        }
        let (mut served, mut asked) = (Served::default(), Vec::new());
        for trust in trusts {
            let setting = behind(trust);
            for peer in peers {
                let from: IpAddr = peer.parse().unwrap();
                for lines in sent {
                    let expect = match setting.resolve(from, lines.iter().map(|line| value(line))) {
                        Ok(address) => Expected::Address(address),
                        Err(_) => refused(),
                    };
                    check(from, trust, lines, &expect);
                    let lines: Vec<_> = lines.iter().map(|line| line.to_vec()).collect();
                    let says = format!("{peer} to {address}, trusting {trust:?}, {lines:?}");
                    let sent = (from, &*lines);
                    asked.extend(questions(&mut served, &setting, &says, sent, &expect).await);
                    count += 1;
                }
            }
        }
        assert_none(&wrong(address, served, &asked).await);
    }
    assert!(count >= 40, "only {count}");
}

fn value(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"X-Forwarded-For: ").unwrap()
}

/// What is expected, a second time: who is trusted is said by hand.
fn check(from: IpAddr, trust: &[&str], lines: &[&[u8]], expect: &Expected) {
    let peer = from.to_canonical();
    let is_trusted = match trust {
        ["127.0.0.2/32"] => peer.to_string() == "127.0.0.2",
        ["127.0.0.0/30"] => ["127.0.0.1", "127.0.0.2"].contains(&&*peer.to_string()),
        ["127.1.0.0/16", "::1"] => ["127.1.2.3", "::1"].contains(&&*peer.to_string()),
        // All of IPv6 is nothing of IPv4.
        _ => peer.is_ipv6(),
    };
    let by_hand = match (is_trusted, lines.len(), lines.last()) {
        (false, ..) => Expected::Address(peer),
        (true, 0, _) => refused(),
        (true, _, Some(last)) if last.ends_with(b"unknown") => refused(),
        // All of IPv6 is trusted, the client's included: it is one of the proxies then, and the one before it is the client.
        (true, 2, _) if trust == ["::/0"] => told("127.0.0.1"),
        (true, 2, _) => told("2001:db8::7"),
        _ => told("203.0.113.9"),
    };
    assert_eq!(*expect, by_hand, "{peer} {trust:?} {lines:?}");
}
