//! Ten thousand races for the last unit, over connections that are kept, and with clients that hang up.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::FRONTS;
use crate::random::Random;
use crate::story::Story;

const ROUNDS: u64 = 10_000;
const RACERS: usize = 4;

/// A connection that is used again and again.
struct Client {
    address: SocketAddr,
    socket: TcpStream,
}

impl Client {
    async fn to(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Self { address, socket }
    }

    async fn send(&mut self, method: &str) {
        let request = format!("{method} /none HTTP/1.1\r\nhost: panel.example\r\n\r\n");
        self.socket.write_all(request.as_bytes()).await.unwrap();
    }

    /// Reads one answer whole, and tells its status.
    async fn status(&mut self) -> u16 {
        let mut read = Vec::new();
        let head = loop {
            if let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(self.socket.read_buf(&mut read).await.unwrap() > 0);
        };
        let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
        assert!(!text.contains("transfer-encoding"), "{text}");
        let length = text.split("content-length: ").nth(1);
        let length = length.map_or(0, |rest| {
            rest.split("\r\n").next().unwrap().parse().unwrap()
        });
        while read.len() < head + length {
            assert!(self.socket.read_buf(&mut read).await.unwrap() > 0);
        }
        text.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Asks and hangs up: at once, or after some bytes of the answer.
    async fn leave(mut self, bytes: usize) -> Self {
        self.send("POST").await;
        let mut part = vec![0; bytes];
        if bytes > 0 {
            let _ = self.socket.read(&mut part).await;
        }
        Self::to(self.address).await
    }
}

/// What one racer of a round does.
async fn race(mut client: Client, leaves_after: Option<usize>) -> (Client, Option<u16>) {
    match leaves_after {
        Some(bytes) => (client.leave(bytes).await, None),
        None => {
            client.send("POST").await;
            let status = client.status().await;
            (client, Some(status))
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u7_of_those_who_race_for_the_last_unit_over_sockets_one_gets_it_in_ten_thousand_rounds() {
    for front in FRONTS {
        let story = Arc::new(Story::new());
        let address = (front.serve)(Arc::clone(&story));
        let mut random = Random(7);
        let mut clients = Vec::new();
        for _ in 0..RACERS {
            clients.push(Client::to(address).await);
        }
        for status in [201, 201] {
            clients[0].send("POST").await;
            assert_eq!(clients[0].status().await, status);
        }
        let mut winners = 0;
        for round in 0..ROUNDS {
            let made_before = loop {
                match story.made_and_there() {
                    (made, ..=2) => break made,
                    _ => clients[0].send("DELETE").await,
                }
                assert_eq!(clients[0].status().await, 204, "{}", front.name);
            };
            let some_leave = random.below(10) == 0;
            let mut racers = JoinSet::new();
            for client in clients.drain(..) {
                let leaves = some_leave && random.below(2) == 0;
                racers.spawn(race(client, leaves.then(|| random.below(40) as usize)));
            }
            let mut statuses = Vec::new();
            while let Some(raced) = racers.join_next().await {
                let (client, status) = raced.unwrap();
                clients.push(client);
                statuses.extend(status);
            }
            if some_leave {
                // Requests of clients that are gone may still be under way.
                story.settles_at_what_is_there(front.name).await;
            }
            let why = format!("{}, round {round}: {statuses:?}", front.name);
            let won = statuses.iter().filter(|status| **status == 201).count();
            assert!(
                statuses.iter().all(|status| [201, 402].contains(status)),
                "{why}"
            );
            // One of them, or one who left in an earlier round and whose request the server had not read until now.
            let made = story.made() - made_before;
            assert!(won as u64 <= made && made <= 1, "{why}: {made} made");
            assert!(some_leave || made == 1, "{why}: none made");
            winners += won;
        }
        assert!(winners > 9000, "{}: {winners} won", front.name);
        story.settles_at_what_is_there(front.name).await;
    }
}
