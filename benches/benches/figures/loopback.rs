//! Four layers, and a load that is denied altogether, over real sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use entitlements_benches::load::{Target, drive};
use entitlements_benches::report::LoadTable;

const AXUM: &str = "axum, bare";
const AXUM_AGAIN: &str = "axum, bare once more";
const AXUM_ROUTES: &str = "axum, four layers, each a `route_layer`";
const AXUM_AROUND: &str = "axum, four layers around the router";
const AXUM_NOTHING: &str = "axum, four layers that do nothing, each a `route_layer`";
const AXUM_DENIED: &str = "axum, four layers around the router, all denied";
const ACTIX: &str = "actix-web, bare";
const ACTIX_FOUR: &str = "actix-web, four layers";
const ACTIX_DENIED: &str = "actix-web, four layers, all denied";

/// What each is, which bare one it is compared to, what the program calls it, and what it answers.
const SERVERS: [(&str, &str, &str, u16); 9] = [
    (AXUM, AXUM, "axum-bare", 200),
    (AXUM_AGAIN, AXUM, "axum-bare", 200),
    (AXUM_AROUND, AXUM, "axum-around", 200),
    (AXUM_DENIED, AXUM, "axum-denied", 429),
    (AXUM_ROUTES, AXUM, "axum-routes", 200),
    (AXUM_NOTHING, AXUM, "axum-nothing", 200),
    (ACTIX, ACTIX, "actix-bare", 200),
    (ACTIX_FOUR, ACTIX, "actix-four", 200),
    (ACTIX_DENIED, ACTIX, "actix-denied", 429),
];

/// A server in a process of its own, until it is dropped.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(kind: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_loopback-server"))
            .arg(kind)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = process.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let address = line.trim().parse().unwrap();
        Self { process, address }
    }

    /// Sends a request that is to pass.
    fn ask(&self) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = "GET /ping HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its input ends.
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }
}

pub(crate) fn table() -> LoadTable {
    let servers = SERVERS.map(|(name, bare, kind, status)| {
        let server = Server::start(kind);
        if status == 429 {
            // The one that passes.
            server.ask();
        }
        let target = Target {
            name,
            bare,
            address: server.address,
            process: server.process.id(),
            status,
        };
        (server, target)
    });
    let targets: Vec<Target> = servers.iter().map(|(_, target)| target.clone()).collect();
    let mut table = LoadTable {
        title: "Over loopback",
        about: "Requests per second of a server with two threads in a process of its own, over 32 connections that are kept alive; the load generator is two threads of hyper's client, on the same two processors. The four layers are `EntitlementsLayer`, `IpAllowlist::per_account()` with a range in the list, `RateLimit` by the plan's rate, with its headers, and `RequireFeature`; the bare server has none, and is not told the other end of its connections either. What is kept is the median of turns of 40 ms, each to the bare server's turn beside it, which is before it as often as after it; in brackets the quartiles; how far two servers that are the same differ, the second bare one shows. What the server's threads compute for a request, the system's part of it included, is told beside.",
        figures: drive(&targets).unwrap(),
        bars: Vec::new(),
    };
    drop(servers);
    for (name, most) in [
        (AXUM_ROUTES, 5.0),
        (AXUM_AROUND, 5.0),
        (AXUM_DENIED, 10.0),
        (ACTIX_FOUR, 5.0),
        (ACTIX_DENIED, 10.0),
    ] {
        table.bar(name, most);
        if name == AXUM_ROUTES {
            table.known("each `route_layer` is boxed, and what it holds is cloned several times for each request: a third of what is lost is the clones of gates, and four layers that do nothing lose nothing; around the router, or as one `Require` of several demands, gates are cloned once");
        }
    }
    table
}
