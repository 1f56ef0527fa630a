//! Several hundred clients that hang up wherever it pleases them.

use std::net::SocketAddr;
use std::sync::Arc;

use entitlements_tests::wire::request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::FRONTS;
use crate::random::Random;
use crate::story::Story;

const CLIENTS: u64 = 8;
const REQUESTS: u64 = 60;

/// One request, left at a random point: while it is written, at once after it, after some bytes of the answer, or at the end.
async fn ask(address: SocketAddr, random: &mut Random) {
    let method = if random.below(3) == 0 {
        "DELETE"
    } else {
        "POST"
    };
    let path = match random.below(8) {
        0 => "/panic".to_owned(),
        1 => "/refuse".to_owned(),
        2 => "/break".to_owned(),
        3 => "/stream".to_owned(),
        yields => format!("/{}", (yields - 4) * 3),
    };
    let asked = request(method, &path, &[], b"");
    let mut socket = TcpStream::connect(address).await.unwrap();
    let to_write = match random.below(4) {
        0 => random.below(asked.len() as u64) as usize,
        _ => asked.len(),
    };
    if socket.write_all(&asked[..to_write]).await.is_err() || to_write < asked.len() {
        return;
    }
    let mut to_read = match random.below(3) {
        0 => 0,
        1 => random.below(200) as usize,
        _ if path == "/stream" => 12,
        _ => usize::MAX,
    };
    let mut part = [0; 256];
    while to_read > 0 {
        let room = to_read.min(part.len());
        match socket.read(&mut part[..room]).await {
            Ok(0) | Err(_) => return,
            Ok(length) => to_read -= length,
        }
        if path == "/stream" {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn u8_after_a_storm_of_clients_that_hang_up_exactly_what_succeeded_is_used() {
    for front in FRONTS {
        let story = Arc::new(Story::new());
        let address = (front.serve)(Arc::clone(&story));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let story = Arc::clone(&story);
                tokio::spawn(async move {
                    let mut random = Random(client);
                    for _ in 0..REQUESTS {
                        ask(address, &mut random).await;
                        let used = story.used("users").await;
                        assert!(used <= 3, "{used} of 3");
                    }
                })
            })
            .collect();
        for client in clients {
            client.await.unwrap();
        }
        // Handlers may still be at work for clients that are gone.
        story.settles_at_what_is_there(front.name).await;
        assert!(story.there() <= 3);
        // Rooms were taken and given back all the while.
        assert!(story.made() > 20, "{}: {} made", front.name, story.made());
    }
}
