//! Kill -9 while licenses come and go: what was answered with success is there at the next start, and nothing is half there (P3, P4).

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use entitlements_tests::wire::{Response, connect, read_to_close, request};
use serde_json::json;
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;
use crate::vendor::Vendor;

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
}

/// Lets licenses come and go until the server is gone.
fn come_and_go(server: &Server, keys: &[String], told: &mut Told, answers: &AtomicU64) {
    let (to, token) = (server.address(), server.token());
    for turn in answers.load(Ordering::SeqCst).. {
        let which = usize::try_from(turn).unwrap() * 2 % IDS.len();
        let id = IDS[which];
        let status = if told.there.contains(id) {
            try_send(to, &token, "DELETE", &format!("/api/v1/license/{id}"), b"")
        } else {
            let body = json!({ "key": keys[which] }).to_string();
            try_send(to, &token, "POST", "/api/v1/license", body.as_bytes())
        };
        match status {
            Some(200) => told.there.insert(id),
            Some(204) => told.there.remove(id),
            Some(other) => panic!("{id}: {other}"),
            None => {
                told.unanswered = Some(id);
                return;
            }
        };
        answers.fetch_add(1, Ordering::SeqCst);
    }
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
    let keys = IDS.map(|id| vendor.issue("business", &["--days", "30", "--id", id]));
    let (mut told, answers) = (Told::default(), AtomicU64::new(0));
    for round in 0..ROUNDS {
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
            let client = scope.spawn(|| come_and_go(&server, &keys, &mut told, &answers));
            while answers.load(Ordering::SeqCst) < enough && !client.is_finished() {
                std::thread::yield_now();
            }
            server.kill();
        });
    }
}
