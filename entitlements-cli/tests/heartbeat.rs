//! `heartbeat serve`, as a process that real heartbeats beat to.
#![cfg(all(unix, feature = "heartbeat"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use common::Desk;
use entitlements_core::testing::ManualClock;
use entitlements_outbound::heartbeat::{ClusterId, Heartbeat, license_fingerprint};
use serde_json::Value;

const TOKEN: &str = "0b8f7e2a4c6d4e5fa1b2";

/// The program, while it serves.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(desk: &Desk, more: &[&str]) -> Self {
        desk.write("token", format!("{TOKEN}\n"));
        let mut command = desk.command(["heartbeat", "serve", "--listen", "127.0.0.1:0"]);
        command
            .args(["--data", "beats", "--token-file", "token"])
            .args(more);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .expect(&line);
        Self {
            address: address.to_owned(),
            child,
        }
    }

    fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn licenses(&self) -> Value {
        let answer = self.exchange(&format!(
            "GET /licenses HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
        ));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    /// Waits until the vendor sees so many clusters of the only license.
    async fn sees(&self, clusters: usize) -> Value {
        for _ in 0..10_000 {
            let report = self.licenses();
            let seen = report["licenses"][0]["clusters"].as_array();
            if seen.is_some_and(|seen| seen.len() == clusters) {
                return report;
            }
            tokio::task::yield_now().await;
        }
        panic!("not {clusters} clusters: {}", self.licenses());
    }

    fn end(mut self) {
        let terminated = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(terminated.unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A deployment that beats once.
async fn beat(server: &Server, deployment: &str) -> Heartbeat {
    let clock = Arc::new(ManualClock::at("2027-01-31T12:00:00Z".parse().unwrap()));
    let url = format!("http://{}/beats", server.address);
    let (heartbeat, worker) = Heartbeat::to(url, ClusterId::of_deployment(deployment))
        .product("Acme Panel", "1.4.2")
        .license_ids(|| vec!["lic_1".to_owned(), "lic_of_another_vendor".to_owned()])
        .nodes(|| 3)
        .clock(Arc::clone(&clock) as _)
        .build()
        .unwrap();
    tokio::spawn(worker);
    tokio::task::yield_now().await;
    clock.advance(Duration::from_secs(3600));
    heartbeat
}

#[tokio::test]
async fn one_license_on_two_clusters_is_noticed_and_not_forgotten_by_a_restart() {
    let desk = Desk::empty();
    desk.write("sold.csv", "license,nodes\nlic_1,5\n");
    let server = Server::start(&desk, &["--licenses", "sold.csv"]);

    let _first = beat(&server, "one").await;
    let report = server.sees(1).await;
    assert_eq!(report["licenses"][0]["flags"], serde_json::json!([]));
    assert_eq!(report["licenses"][0]["id"], "lic_1");
    assert_eq!(
        report["licenses"][0]["license"],
        license_fingerprint("lic_1")
    );

    // A copy of the key somewhere else.
    let _second = beat(&server, "two").await;
    let report = server.sees(2).await;
    assert_eq!(report["licenses"].as_array().unwrap().len(), 1);
    let flags = &report["licenses"][0]["flags"];
    assert!(
        flags
            .as_array()
            .unwrap()
            .contains(&"several_clusters".into()),
        "{flags}"
    );

    server.end();
    assert_eq!(desk.files("beats"), ["beats.json", "beats.lock"]);
    let server = Server::start(&desk, &["--licenses", "sold.csv"]);
    let after = server.licenses();
    assert_eq!(after["licenses"], report["licenses"]);
    server.end();
}

#[test]
fn what_cannot_start_says_why() {
    let desk = Desk::empty();
    let serve = [
        "heartbeat",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        "beats",
    ];
    let ran = desk.run(serve).exits(2);
    assert!(
        ran.stderr.contains("a token of at least 16 characters"),
        "{}",
        ran.stderr
    );
    desk.write("token", "SECRET");
    let ran = desk
        .run(serve.iter().chain(&["--token-file", "token"]))
        .exits(2);
    assert!(!ran.stderr.contains("SECRET"), "{}", ran.stderr);
    desk.write("token", TOKEN);
    desk.write("sold.csv", "id\nlic_1\n");
    let with_token = [&serve[..], &["--token-file", "token"]].concat();
    let ran = desk
        .run(with_token.iter().chain(&["--licenses", "sold.csv"]))
        .exits(2);
    assert!(
        ran.stderr.contains("column `id` is not known"),
        "{}",
        ran.stderr
    );
    let ran = desk
        .run(with_token.iter().chain(&["--window", "0d"]))
        .exits(2);
    assert!(ran.stderr.contains("not a duration"), "{}", ran.stderr);
    // One process at a time has the folder.
    let server = Server::start(&desk, &[]);
    let ran = desk.run(with_token).exits(1);
    assert!(
        ran.stderr.contains("another process has this folder"),
        "{}",
        ran.stderr
    );
    server.end();
}

#[test]
fn what_is_no_request_does_not_end_it() {
    let desk = Desk::empty();
    let server = Server::start(&desk, &[]);
    for request in [
        "\r\n\r\n\r\n".to_owned(),
        "SSH-2.0-OpenSSH_9.2\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(100_000)),
        "POST /beats HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n{".to_owned(),
    ] {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        // It may close before it has read everything.
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    assert_eq!(server.licenses()["licenses"], serde_json::json!([]));
    server.end();
}
