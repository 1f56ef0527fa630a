//! Each row of the table, through each server.

use std::net::IpAddr;
use std::sync::Arc;

use entitlements_core::client_address::ClientAddress;
use entitlements_tests::addresses::{self, Case, Expected};
use entitlements_tests::assert_none;
use futures_util::{StreamExt, stream};

use crate::client::{exchange, head, said};
use crate::serve_on;
use crate::served::{PEER, Served};

/// All that a stranger is told.
pub(crate) const DENIED: &str = r#"{"type":"urn:entitlements:problem:ip-not-allowed","title":"Address not allowed","status":403,"code":"IP_NOT_ALLOWED","detail":"requests from this address are not allowed"}"#;

/// Nobody of the table has this address.
const SOMEBODY_ELSE: &str = "192.88.99.77";

/// A request to a gate, and whether it passes.
pub(crate) struct Question {
    pub(crate) says: String,
    pub(crate) path: String,
    pub(crate) from: IpAddr,
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) passes: bool,
}

/// The questions by which a server tells what it makes of these lines.
pub(crate) async fn questions(
    served: &mut Served,
    told: &ClientAddress,
    says: &str,
    (from, lines): (IpAddr, &[Vec<u8>]),
    expect: &Expected,
) -> Vec<Question> {
    let lists = match expect {
        Expected::Address(address) => vec![
            (vec![address.to_string()], true),
            (vec![SOMEBODY_ELSE.to_owned()], false),
        ],
        // Whoever has any address at all is on this list.
        Expected::Refused { .. } => vec![(vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()], false)],
    };
    let mut questions = Vec::new();
    for (ranges, passes) in lists {
        let ranges: Vec<_> = ranges.iter().map(String::as_str).collect();
        for is_of_account in [false, true] {
            let path = served.path(told, &ranges, is_of_account).await;
            questions.push(Question {
                says: format!("{says}: {ranges:?}, of an account: {is_of_account}"),
                lines: lines.to_vec(),
                path,
                from,
                passes,
            });
        }
    }
    questions
}

/// What servers on this address answer otherwise.
pub(crate) async fn wrong(address: &str, served: Served, questions: &[Question]) -> Vec<String> {
    let served = Arc::new(served);
    let fronts = serve_on(address, &served);
    let asked = stream::iter(questions).map(|question| {
        let fronts = fronts.clone();
        async move {
            let mut wrong = Vec::new();
            let expected = if question.passes {
                (200, String::new(), "welcome".to_owned())
            } else {
                (
                    403,
                    "application/problem+json".to_owned(),
                    DENIED.to_owned(),
                )
            };
            for (name, at) in fronts {
                let bytes = head(&question.path, &question.lines);
                let got = said(&exchange(question.from, at, &bytes).await);
                if got != expected {
                    wrong.push(format!("{name}: {}: {got:?}", question.says));
                }
            }
            wrong
        }
    });
    let wrong: Vec<Vec<String>> = asked.buffered(16).collect().await;
    wrong.concat()
}

/// Where a row comes from, and what it sends: from its peer itself, or as one that the test's own layer says.
fn sent(case: &Case, is_there: bool) -> (IpAddr, Vec<Vec<u8>>) {
    let peer = case.peer_address.unwrap();
    let mut lines: Vec<_> = case.lines.iter().map(|line| line.clone().into()).collect();
    if is_there {
        return (peer, lines);
    }
    lines.insert(0, format!("{PEER}: {peer}").into_bytes());
    (IpAddr::from([127, 0, 0, 1]), lines)
}

async fn ask(rows: &[Case], are_there: bool) -> Vec<String> {
    let (mut served, mut asked) = (Served::default(), Vec::new());
    for case in rows {
        let (from, lines) = sent(case, are_there);
        let says = format!("{}: {}", case.place, case.says);
        let sent = (from, &*lines);
        asked.extend(questions(&mut served, &case.setting(), &says, sent, &case.expect).await);
    }
    wrong("127.0.0.1:0", served, &asked).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_is_told_over_sockets_from_the_peer_that_it_names() {
    let mut rows = addresses::all();
    rows.retain(Case::is_over_sockets);
    assert!(rows.len() >= 280, "only {} rows", rows.len());
    assert_none(&ask(&rows, true).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn peers_that_this_machine_does_not_have_are_told_as_the_application_says() {
    let mut rows = addresses::all();
    rows.retain(|case| case.peer_address.is_some() && case.lines.len() < 80);
    rows.retain(|case| !case.is_over_sockets() && case.lines.iter().all(|line| is_sent(line)));
    assert!(rows.len() >= 6, "only {} rows", rows.len());
    assert_none(&ask(&rows, false).await);
}

/// Whether a server takes a line.
fn is_sent(line: &str) -> bool {
    line.len() < 10_000 && line.bytes().all(|byte| byte == b'\t' || byte >= b' ')
}
