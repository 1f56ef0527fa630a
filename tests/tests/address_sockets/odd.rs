//! What no text can say: bytes, spellings of names, folded and repeated lines, trailers, connections that go on.

use std::net::IpAddr;

use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
use entitlements_tests::addresses::Expected;
use entitlements_tests::assert_none;
use entitlements_tests::wire::Response;

use crate::client::{exchange, head, said};
use crate::serve_on;
use crate::served::{PEER, Served};
use crate::table::{DENIED, questions, wrong};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

pub(crate) fn behind(ranges: &[&str]) -> ClientAddress {
    let proxies = TrustedProxies::parse(ranges.iter().copied()).unwrap();
    ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for())
}

pub(crate) fn told(address: &str) -> Expected {
    Expected::Address(address.parse().unwrap())
}

pub(crate) fn refused() -> Expected {
    Expected::Refused {
        refused: String::new(),
    }
}

fn odd_lines() -> Vec<(&'static str, Vec<Vec<u8>>, Expected)> {
    let line = |text: &str| text.as_bytes().to_vec();
    let long = |before: usize, then: &str| {
        vec![line(&format!(
            "X-Forwarded-For: {}{then}",
            "x".repeat(before)
        ))]
    };
    let hops = |many: usize, then: &str| {
        let hops = "10.0.0.1, ".repeat(many);
        vec![line(&format!("X-Forwarded-For: {hops}{then}"))]
    };
    vec![
        (
            "a name in odd case",
            vec![line("x-FORWARDED-fOR: 203.0.113.9")],
            told("203.0.113.9"),
        ),
        (
            "one name in two cases",
            vec![
                line("X-Forwarded-For: 8.8.8.8"),
                line("x-forwarded-for: 203.0.113.9"),
            ],
            told("203.0.113.9"),
        ),
        (
            "one name in two cases, the other way round",
            vec![
                line("x-forwarded-for: 8.8.8.8"),
                line("X-FORWARDED-FOR: 203.0.113.9"),
                line("X-Forwarded-For: 10.0.0.1"),
            ],
            told("203.0.113.9"),
        ),
        (
            "underscores make another name",
            vec![line("X_Forwarded_For: 203.0.113.9")],
            refused(),
        ),
        (
            "underscores beside the name",
            vec![
                line("X-Forwarded-For: 203.0.113.9"),
                line("X_Forwarded_For: 8.8.8.8"),
            ],
            told("203.0.113.9"),
        ),
        (
            "no space after the colon",
            vec![line("X-Forwarded-For:203.0.113.9")],
            told("203.0.113.9"),
        ),
        (
            "tabs and spaces around it",
            vec![line("X-Forwarded-For: \t 203.0.113.9 \t ")],
            told("203.0.113.9"),
        ),
        (
            "a name that is said to belong to the connection",
            vec![
                line("Connection: X-Forwarded-For"),
                line("X-Forwarded-For: 203.0.113.9"),
            ],
            told("203.0.113.9"),
        ),
        (
            "a byte that is no text",
            vec![b"X-Forwarded-For: \xff".to_vec()],
            refused(),
        ),
        (
            "a byte that is no text, before the client",
            vec![b"X-Forwarded-For: \xff, 203.0.113.9".to_vec()],
            told("203.0.113.9"),
        ),
        (
            "a line that is no text, before the client's",
            vec![
                b"X-Forwarded-For: \x80\xfe\xff".to_vec(),
                line("X-Forwarded-For: 203.0.113.9"),
            ],
            told("203.0.113.9"),
        ),
        (
            "a line that is no text, after the client's",
            vec![
                line("X-Forwarded-For: 203.0.113.9"),
                b"X-Forwarded-For: \x80\xfe\xff".to_vec(),
            ],
            refused(),
        ),
        (
            "a space of Latin-1 after it",
            vec![b"X-Forwarded-For: 203.0.113.9\xa0".to_vec()],
            refused(),
        ),
        (
            "digits that only end in bytes of UTF-8",
            vec![b"X-Forwarded-For: 203.0.113.\xef\xbc\x99".to_vec()],
            refused(),
        ),
        ("1,000 trusted hops", hops(1000, "10.0.0.1"), refused()),
        (
            "1,000 trusted hops before the client",
            hops(1000, "203.0.113.9"),
            told("203.0.113.9"),
        ),
        (
            "1,000 hops, and 254 trusted ones after the client",
            {
                let after = ", 10.0.0.1".repeat(254);
                hops(1000, &format!("203.0.113.9{after}"))
            },
            told("203.0.113.9"),
        ),
        (
            "1,000 hops, and 255 trusted ones after the client",
            {
                let after = ", 10.0.0.1".repeat(255);
                hops(1000, &format!("203.0.113.9{after}"))
            },
            refused(),
        ),
        ("17 KiB without a comma", long(17 * 1024, ""), refused()),
        (
            "17 KiB before the client",
            long(17 * 1024, ", 203.0.113.9"),
            told("203.0.113.9"),
        ),
        (
            "60 KiB before the client",
            long(60 * 1024, ", 203.0.113.9"),
            told("203.0.113.9"),
        ),
        (
            "80 lines of rubbish before the client's",
            {
                let mut lines = vec![line("X-Forwarded-For: \"unknown"); 80];
                lines.push(line("X-Forwarded-For: 203.0.113.9"));
                lines
            },
            told("203.0.113.9"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_lines_are_told_as_the_page_says() {
    let (mut served, mut asked) = (Served::default(), Vec::new());
    let setting = behind(&["127.0.0.1", "10.0.0.0/8"]);
    for (says, lines, expect) in odd_lines() {
        asked.extend(questions(&mut served, &setting, says, (HERE, &lines), &expect).await);
    }
    assert_none(&wrong("127.0.0.1:0", served, &asked).await);
}

/// What servers refuse before anybody reads it, each in its own words: nothing of it may reach a handler.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_http_reaches_nobody() {
    let mut served = Served::default();
    let setting = behind(&["127.0.0.1", "10.0.0.0/8"]);
    let path = served.path(&setting, &["203.0.113.9"], false).await;
    let fronts = serve_on("127.0.0.1:0", &std::sync::Arc::new(served));
    let many_lines = "X-Forwarded-For: 203.0.113.9\r\n".repeat(150);
    let cases: [(&str, &[u8]); 6] = [
        ("a space before the colon", b"X-Forwarded-For : 203.0.113.9"),
        (
            "a folded line",
            b"X-Forwarded-For: 8.8.8.8,\r\n 203.0.113.9",
        ),
        ("a null byte", b"X-Forwarded-For: 203.0.113.9\0"),
        ("a bare carriage return", b"X-Forwarded-For: 203.0.113.9\r8"),
        ("a name with a space", b"X-Forwarded For: 203.0.113.9"),
        (
            "150 lines: hyper and axum take 100, actix-web 96",
            many_lines.trim_end().as_bytes(),
        ),
    ];
    let mut wrong = Vec::new();
    for (says, line) in cases {
        for (name, at) in &fronts {
            let answer = exchange(HERE, *at, &head(&path, &[line])).await;
            // A server may also hang up without a word.
            let status = Response::read(&answer).map(|answer| answer.status);
            if !matches!(status, None | Some(400 | 431)) {
                wrong.push(format!("{name}: {says}: {status:?}"));
            }
        }
    }
    // 300 KiB: actix-web takes at most 128 KiB of head, hyper and axum more than 400.
    let line = format!("X-Forwarded-For: {}, 203.0.113.9", "x".repeat(300 * 1024));
    for (name, at) in &fronts {
        let answer = exchange(HERE, *at, &head(&path, &[line.as_bytes()])).await;
        let status = Response::read(&answer).map(|answer| answer.status);
        let is_right = match *name {
            "actix" => matches!(status, None | Some(400 | 413 | 431)),
            _ => status == Some(200),
        };
        if !is_right {
            wrong.push(format!("{name}: 300 KiB: {status:?}"));
        }
    }
    assert_none(&wrong);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trailers_are_no_headers() {
    let mut served = Served::default();
    let setting = behind(&["127.0.0.1", "10.0.0.0/8"]);
    let claimed = served.path(&setting, &["203.0.113.9"], false).await;
    let true_one = served.path(&setting, &["198.51.100.7"], false).await;
    let fronts = serve_on("127.0.0.1:0", &std::sync::Arc::new(served));
    for (path, passes) in [(claimed, false), (true_one, true)] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: panel.example\r\nConnection: close\r\nX-Forwarded-For: 198.51.100.7\r\nTrailer: X-Forwarded-For\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"
        );
        for (name, at) in &fronts {
            let answer = exchange(HERE, *at, request.as_bytes()).await;
            let status = Response::read(&answer).map(|answer| answer.status);
            let expected = if passes { 200 } else { 403 };
            assert_eq!(status, Some(expected), "{name}");
        }
    }
}

/// Each request of a connection is told for itself: frameworks use the memory of one request for the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_of_one_connection_do_not_borrow_addresses() {
    let mut served = Served::default();
    let setting = behind(&["127.0.0.1", "10.0.0.0/8"]);
    let path = served.path(&setting, &["203.0.113.9"], false).await;
    let fronts = serve_on("127.0.0.1:0", &std::sync::Arc::new(served));
    let lines = [
        ("X-Forwarded-For: 203.0.113.9", 200),
        ("X-Forwarded-For: 8.8.8.8", 403),
        ("Accept: */*", 403),
        ("X-Forwarded-For: 203.0.113.9", 200),
        // Who is not the proxy is the client: here by the test's own layer.
        ("x-test-peer: 203.0.113.9", 200),
        ("Accept: */*", 403),
        ("X-Forwarded-For: 203.0.113.9, unknown", 403),
        ("X-Forwarded-For: 203.0.113.9", 200),
    ];
    assert!(PEER == "x-test-peer");
    let mut request = Vec::new();
    for (number, (line, _)) in lines.iter().enumerate() {
        let how = if number + 1 == lines.len() {
            "close"
        } else {
            "keep-alive"
        };
        request.extend_from_slice(
            format!(
                "GET {path} HTTP/1.1\r\nHost: panel.example\r\nConnection: {how}\r\n{line}\r\n\r\n"
            )
            .as_bytes(),
        );
    }
    for (name, at) in &fronts {
        let answers = exchange(HERE, *at, &request).await;
        let answers = String::from_utf8(answers).unwrap();
        let statuses: Vec<u16> = answers
            .split("HTTP/1.1 ")
            .skip(1)
            .map(|answer| answer.split(' ').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(statuses, lines.map(|(_, status)| status), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denial_says_the_same_to_everybody() {
    let mut served = Served::default();
    let path = served
        .path(&ClientAddress::of_peer(), &["203.0.113.9"], true)
        .await;
    let fronts = serve_on("127.0.0.1:0", &std::sync::Arc::new(served));
    for (name, at) in fronts {
        for line in [
            "Accept: */*",
            "X-Forwarded-For: 203.0.113.9",
            "Forwarded: for=203.0.113.9",
        ] {
            let answer = exchange(HERE, at, &head(&path, &[line])).await;
            let denied = (
                403,
                "application/problem+json".to_owned(),
                DENIED.to_owned(),
            );
            assert_eq!(said(&answer), denied, "{name} {line}");
            let text = String::from_utf8(answer).unwrap();
            assert!(
                !text.contains("203.0.113") && !text.contains("127.0.0.1"),
                "{text}"
            );
        }
    }
}
