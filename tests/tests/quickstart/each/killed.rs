//! Kill -9 while licenses come and go and lists are handed in: what was answered with success is there at the next start, and nothing is
//! half there (P3, P4, P8).

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use entitlements_core::Timestamp;
use entitlements_core::license::Collection;
use entitlements_core::strict::base64url;
use entitlements_tests::wire::{Response, connect, read_to_close, request};
use serde_json::{Value, json};
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;
use crate::vendor::{Vendor, license_key, revocation_list};

const ROUNDS: u64 = 200;
const IDS: [&str; 3] = ["a", "b", "c"];

/// Sends a request to a server that may be gone before it answers.
fn try_send(to: SocketAddr, token: &str, method: &str, path: &str, body: &[u8]) -> Option<u16> {
    let bearer = format!("Bearer {token}");
    let mut socket = connect(to).ok()?;
    let bytes = request(method, path, &[("authorization", &bearer)], body);
    socket.write_all(&bytes).ok()?;
    Some(Response::read(&read_to_close(&mut socket))?.status)
}

/// What a client was told.
#[derive(Default)]
struct Told {
    there: BTreeSet<&'static str>,
    /// The license whose coming or going was not answered.
    unanswered: Option<&'static str>,
    /// When the newest list that was taken was issued, in seconds.
    newest_list: i64,
    /// When the newest key that was taken was issued.
    newest_issue: i64,
}

/// When what is handed in at a turn was issued: later than all before.
fn issued_at(turn: u64) -> Timestamp {
    Timestamp::from_unix_seconds(1_700_000_000 + i64::try_from(turn).unwrap())
}

/// Lets licenses come and go, and lists come, until the server is gone.
fn come_and_go(server: &Server, vendor: &Vendor, told: &mut Told, answers: &AtomicU64) {
    let (to, token) = (server.address(), server.token());
    let post = |path: &str, body: Value| {
        let body = body.to_string();
        try_send(to, &token, "POST", path, body.as_bytes())
    };
    for turn in answers.load(Ordering::SeqCst).. {
        let (id, at) = (
            IDS[usize::try_from(turn).unwrap() * 2 % IDS.len()],
            issued_at(turn),
        );
        let is_list = turn % 4 == 3;
        let status = if is_list {
            let list = revocation_list(vendor, &format!("gone-{turn}"), at);
            post("/api/v1/license/revocations", json!({ "list": list }))
        } else if told.there.contains(id) {
            try_send(to, &token, "DELETE", &format!("/api/v1/license/{id}"), b"")
        } else {
            let key = license_key(vendor, "business", id, at);
            post("/api/v1/license", json!({ "key": key }))
        };
        match status {
            Some(200) if is_list => told.newest_list = at.unix_seconds(),
            Some(200) => {
                told.there.insert(id);
                told.newest_issue = at.unix_seconds();
            }
            Some(204) => {
                told.there.remove(id);
            }
            Some(other) => panic!("{id}: {other}"),
            None => {
                told.unanswered = (!is_list).then_some(id);
                return;
            }
        }
        answers.fetch_add(1, Ordering::SeqCst);
    }
}

/// What a file of the data folder keeps, each by its name; whole, or not there.
fn kept(data: &Path, collection: Collection) -> Vec<(String, String)> {
    let Ok(text) = std::fs::read_to_string(data.join(format!("{collection}.json"))) else {
        return Vec::new();
    };
    let file: Value = serde_json::from_str(&text).unwrap();
    let entries = file[collection.name()].as_object().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    entries
        .map(|(id, value)| (id.clone(), text(value)))
        .collect()
}

/// The newest list, and the newest issue that was seen, as the files have them after a kill.
fn assert_kept(data: &Path, told: &Told, round: u64) {
    let issued = |list: &str| {
        let claims = base64url::decode(list.split('.').nth(1).unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        claims["iat"].as_i64().unwrap()
    };
    let lists = kept(data, Collection::Revocations);
    let newest = lists.iter().map(|(_, list)| issued(list)).max();
    assert!(
        newest.unwrap_or(0) >= told.newest_list,
        "round {round}: {lists:?}"
    );
    let clock = kept(data, Collection::Clock);
    let newest = clock.iter().find(|(id, _)| id == "newest_issue");
    let newest = newest.map(|(_, time)| time.parse::<Timestamp>().unwrap().unix_seconds());
    assert!(
        newest.unwrap_or(0) >= told.newest_issue,
        "round {round}: {clock:?}"
    );
    kept(data, Collection::Licenses);
}

fn licenses(server: &Server) -> BTreeSet<String> {
    let list = server.admin("GET", "/api/v1/license", b"").json();
    let licenses = list["licenses"].as_array().unwrap().iter();
    licenses
        .map(|license| license["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn p3_what_was_answered_is_there_after_a_kill_and_nothing_is_half_there() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    drop(PROGRAM.start(&data).serve());
    let vendor = Vendor::of_data(&data);
    let (mut told, answers) = (Told::default(), AtomicU64::new(0));
    for round in 0..ROUNDS {
        assert_kept(&data, &told, round);
        let server = PROGRAM.start(&data).serve();
        let errors = server.license_status()["errors"].clone();
        assert_eq!(errors, json!([]), "round {round}");
        let there = licenses(&server);
        for id in IDS {
            let is_told = told.unanswered != Some(id);
            assert!(
                !is_told || there.contains(id) == told.there.contains(id),
                "round {round}: {id} was answered for, and {there:?} is there"
            );
        }
        told.there = IDS.into_iter().filter(|id| there.contains(*id)).collect();
        told.unanswered = None;
        // After so many answers, and then wherever the next request is.
        let enough = answers.load(Ordering::SeqCst) + 1 + round * 7 % 5;
        std::thread::scope(|scope| {
            let client = scope.spawn(|| come_and_go(&server, &vendor, &mut told, &answers));
            while answers.load(Ordering::SeqCst) < enough && !client.is_finished() {
                std::thread::yield_now();
            }
            server.kill();
        });
    }
    assert!(told.newest_list > 0 && told.newest_issue > 0);
}
