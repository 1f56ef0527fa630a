//! Asking, and from where the server thinks that it was.

use std::net::SocketAddr;

use entitlements_tests::wire::{Response, request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::place::Place;

/// Header lines of `X-Forwarded-For`, as a client sends them.
pub(crate) type Lines<'a> = &'a [&'a str];

/// Nothing is pretended.
pub(crate) const HONEST: Lines<'static> = &[];

/// What liars send: somebody else's address, first, last, in lines of its own, and with what is trusted behind it.
pub(crate) const LIES: [Lines<'static>; 6] = [
    &["127.9.9.9"],
    &["127.9.9.9, 127.9.9.9"],
    &["127.9.9.9", "127.9.9.9"],
    &["127.9.9.9, 127.2.0.2"],
    &["127.9.9.9, 127.3.0.3, 127.2.0.2"],
    &["unknown, , 999", "127.9.9.9"],
];

/// What the server answers: a text, or that the address is not allowed.
async fn ask(path: &str, to: SocketAddr, lines: Lines<'_>) -> Option<String> {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| ("x-forwarded-for", *line))
        .collect();
    let mut stream = Place::Client.connect(to).await.unwrap();
    let request = request("GET", path, &lines, b"");
    stream.write_all(&request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = Response::read(&answer).expect("an answer");
    match answer.status {
        200 => Some(answer.text()),
        403 => {
            assert_eq!(answer.json()["code"], "IP_NOT_ALLOWED");
            None
        }
        other => panic!("{path}: {other}: {}", answer.text()),
    }
}

/// Where the server sees the client that asks over this way in; none where it cannot tell.
pub(crate) async fn seen(to: SocketAddr, lines: Lines<'_>) -> Option<Place> {
    let mut seen = None;
    for place in Place::ALL {
        let path = format!("/from/{}", place.address());
        if ask(&path, to, lines).await.is_some() {
            assert_eq!(seen.replace(place), None, "{lines:?}");
        }
    }
    // The account's list lets the client pass, and nobody else.
    let is_open = ask("/office", to, lines).await.is_some();
    assert_eq!(is_open, seen == Some(Place::Client), "{lines:?}");
    // Handlers are told the same.
    let told = ask("/whoami", to, lines).await;
    assert_eq!(told.as_deref(), seen.map(Place::address), "{lines:?}");
    seen
}

/// Whatever the client pretends, it is seen there.
pub(crate) async fn assert_always_seen(to: SocketAddr, place: Option<Place>) {
    assert_eq!(seen(to, HONEST).await, place);
    for lie in LIES {
        assert_eq!(seen(to, lie).await, place, "{lie:?}");
    }
}
