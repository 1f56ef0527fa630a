//! Proxies in front, and who is believed: what `/office` answers to whom.

use std::path::Path;

use entitlements_core::allowlist::{AllowlistChange, AllowlistFiles, AllowlistStore, ChangedBy};
use entitlements_core::{AccountId, testing};
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::{Ended, Server, Start};

/// Lets the one account be reached from these ranges alone.
fn only_from(data: &Path, ranges: &[&str]) {
    let store = AllowlistFiles::in_folder(data);
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    for range in ranges {
        let change = AllowlistChange::add(range, "office", "ann", testing::NOW).unwrap();
        let by = ChangedBy::nobody();
        let changed = store.change(&AccountId::LOCAL, change, by);
        runtime.block_on(changed).unwrap();
    }
}

fn start(data: &Path, arguments: &[&str]) -> Server {
    let mut start = PROGRAM.start(data);
    start.command.args(arguments);
    start.serve()
}

/// A request, by its headers, and what it is answered.
type Case<'a> = (&'a [(&'a str, &'a str)], u16);

fn assert_answers(server: &Server, cases: &[Case<'_>]) {
    for (headers, status) in cases {
        let answer = server.send("GET", "/office", headers, b"");
        assert_eq!(answer.status, *status, "{headers:?}: {}", answer.text());
        match status {
            200 => assert_eq!(answer.text(), r#"{"office":"open"}"#),
            _ => {
                assert_eq!(answer.json()["code"], "IP_NOT_ALLOWED");
                let text = answer.text();
                let tells = ["127.0.0", "203.0.113", "198.51.100"];
                assert!(!tells.iter().any(|part| text.contains(part)), "{text}");
            }
        }
    }
}

const LIE: &str = "203.0.113.7";

#[test]
fn without_a_trusted_proxy_no_header_counts() {
    let folder = tempdir().unwrap();
    only_from(folder.path(), &["203.0.113.0/24"]);
    let server = start(folder.path(), &[]);
    let cases: &[Case<'_>] = &[
        (&[], 403),
        (&[("x-forwarded-for", LIE)], 403),
        (&[("forwarded", "for=203.0.113.7")], 403),
        (&[("x-real-ip", LIE)], 403),
        (&[("cf-connecting-ip", LIE), ("true-client-ip", LIE)], 403),
    ];
    assert_answers(&server, cases);
    // Nothing else is closed by the list.
    assert_eq!(server.get("/").status, 200);
    drop(server);
    let folder = tempdir().unwrap();
    only_from(folder.path(), &["127.0.0.0/8"]);
    let server = start(folder.path(), &[]);
    assert_answers(&server, &[(&[], 200), (&[("x-forwarded-for", LIE)], 200)]);
}

#[test]
fn a_trusted_proxy_is_believed_in_what_it_added_and_nothing_else() {
    let folder = tempdir().unwrap();
    only_from(folder.path(), &["203.0.113.0/24"]);
    let server = start(folder.path(), &["--trusted-proxy", "127.0.0.0/8"]);
    let cases: &[Case<'_>] = &[
        (&[("x-forwarded-for", LIE)], 200),
        (&[("x-forwarded-for", "198.51.100.9, 203.0.113.7")], 200),
        (&[("x-forwarded-for", "203.0.113.7, 127.0.0.3")], 200),
        (&[("x-forwarded-for", "203.0.113.7, 198.51.100.9")], 403),
        (
            &[
                ("x-forwarded-for", LIE),
                ("x-forwarded-for", "198.51.100.9"),
            ],
            403,
        ),
        (
            &[
                ("x-forwarded-for", "198.51.100.9"),
                ("x-forwarded-for", LIE),
            ],
            200,
        ),
        (&[], 403),
        (&[("x-forwarded-for", "203.0.113.7,")], 403),
        (&[("x-forwarded-for", "203.0.113.7, unknown")], 403),
        (&[("x-forwarded-for", "127.0.0.9")], 403),
        (&[("forwarded", "for=203.0.113.7")], 403),
    ];
    assert_answers(&server, cases);
}

#[test]
fn who_is_not_in_the_ranges_is_no_proxy() {
    let folder = tempdir().unwrap();
    only_from(folder.path(), &["203.0.113.0/24"]);
    let proxies = ["--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "::1"];
    let server = start(folder.path(), &proxies);
    assert_answers(&server, &[(&[], 403), (&[("x-forwarded-for", LIE)], 403)]);
}

#[test]
fn ranges_add_up_and_another_header_is_the_only_one() {
    let folder = tempdir().unwrap();
    only_from(folder.path(), &["203.0.113.0/24"]);
    let both = [
        "--trusted-proxy",
        "127.0.0.1",
        "--trusted-proxy=198.51.100.0/24",
    ];
    let server = start(folder.path(), &both);
    let through_two: &[(&str, &str)] = &[("x-forwarded-for", "203.0.113.7, 198.51.100.9")];
    assert_answers(&server, &[(through_two, 200)]);
    drop(server);
    let forwarded = [
        "--trusted-proxy",
        "127.0.0.1",
        "--forwarded-header",
        "Forwarded",
    ];
    let server = start(folder.path(), &forwarded);
    let cases: &[Case<'_>] = &[
        (
            &[("forwarded", "for=\"203.0.113.7:4711\";proto=https")],
            200,
        ),
        (&[("forwarded", "for=203.0.113.7, for=198.51.100.9")], 403),
        (&[("x-forwarded-for", LIE)], 403),
    ];
    assert_answers(&server, cases);
}

#[test]
fn a_damaged_list_opens_nothing_and_stays_as_it_is() {
    let folder = tempdir().unwrap();
    let list = folder.path().join("allowlists.json");
    for damaged in ["", "{", "[]", "{\"allowlists\":[]}"] {
        std::fs::write(&list, damaged).unwrap();
        let server = start(folder.path(), &[]);
        let answer = server.get("/office");
        assert_eq!(answer.status, 503, "{damaged}: {}", answer.text());
        assert_eq!(answer.json()["code"], "ENTITLEMENTS_UNAVAILABLE");
        assert_eq!(server.get("/").status, 200);
        assert_eq!(std::fs::read_to_string(&list).unwrap(), damaged);
        // The operator takes it away.
        std::fs::remove_file(&list).unwrap();
        drop(server);
        let server = start(folder.path(), &[]);
        assert_eq!(server.get("/office").status, 200);
    }
}

#[test]
fn the_start_says_which_proxies_are_trusted() {
    let folder = tempdir().unwrap();
    for (arguments, line) in [
        (
            &[][..],
            "trusted proxies: none; the client is whoever connects",
        ),
        (
            &["--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "::1"],
            "trusted proxies: 10.0.0.0/8, ::1/128; they say in `x-forwarded-for` whom they are for",
        ),
        (
            &["--trusted-proxy=192.0.2.1", "--forwarded-header=X-Real-IP"],
            "trusted proxies: 192.0.2.1/32; they say in `x-real-ip` whom they are for",
        ),
    ] {
        let text = start(folder.path(), arguments).stdout.text();
        assert!(text.lines().any(|told| told == line), "{line}: {text}");
    }
}

#[test]
fn what_is_no_range_or_no_header_is_a_usage_error_that_says_so() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let with = |header: &'static str| vec!["--trusted-proxy=::1", "--forwarded-header", header];
    for (arguments, said) in [
        (
            vec!["--trusted-proxy", "10.0.0.1/8"],
            "`10.0.0.1/8` has bits set after its prefix; its network is `10.0.0.0/8`",
        ),
        (
            vec!["--trusted-proxy", "10.0.0.0/33"],
            "`10.0.0.0/33` has a prefix that is not 0 to 32",
        ),
        (vec!["--trusted-proxy", "proxy.example"], "`proxy.example`"),
        (vec!["--trusted-proxy", "010.0.0.0/8"], "`010.0.0.0/8`"),
        (vec!["--trusted-proxy", "10.0.0.0/8,::1"], "10.0.0.0/8,::1"),
        (vec!["--trusted-proxy", ""], "--trusted-proxy"),
        (vec!["--trusted-proxy"], "--trusted-proxy"),
        (
            vec!["--forwarded-header", "X-Real-IP"],
            "`--forwarded-header` needs `--trusted-proxy`",
        ),
        (
            vec!["--forwarded-header", "X-Forwarded-For"],
            "`--forwarded-header` needs `--trusted-proxy`",
        ),
        (with("two words"), "not the name of a header"),
        (with(""), "--forwarded-header"),
    ] {
        let mut command = PROGRAM.command();
        command.args(&arguments).arg("--data").arg(&data);
        let Ended {
            code,
            stdout,
            stderr,
        } = Start::of(command, &data).end();
        assert_eq!((code, &*stdout), (Some(2), ""), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("error: "), "{stderr}");
        assert!(stderr.contains(said), "{said}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(!data.exists());
    }
}
