//! Bytes that no browser sends. The server answers or closes, and serves the next request.

use std::io::{Read, Write};

use entitlements_tests::wire::{Response, connect, exchange, read_to_close, request};
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;

fn status(server: &Server, bytes: &[u8]) -> Option<u16> {
    Response::read(&exchange(server.address(), bytes)).map(|answer| answer.status)
}

fn assert_it_still_serves(server: &Server) {
    assert_eq!(server.get("/ping").text(), "pong\n");
}

#[test]
fn malformed_requests_are_refused_or_cut_off() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let close = "host: x\r\nconnection: close\r\n\r\n";
    let line = |line: &str| format!("{line}\r\n{close}").into_bytes();
    let header =
        |header: &[u8]| [b"GET / HTTP/1.1\r\n", header, b"\r\n", close.as_bytes()].concat();
    let requests = [
        b"\0\0\0\0\r\n\r\n".to_vec(),
        b"\r\n\r\n\r\nnonsense\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        line("GET"),
        line("GET /"),
        line("GET / HTTP/9.9"),
        line("GET / HTTP/1.1 extra"),
        line("GET  /  HTTP/1.1"),
        line("G\0T / HTTP/1.1"),
        line("GET /\0 HTTP/1.1"),
        line("GET /\u{7f}\u{e9} HTTP/1.1"),
        line("GET nopath HTTP/1.1"),
        line(&format!("GET /{} HTTP/1.1", "x".repeat(100_000))),
        line(&format!("{} / HTTP/1.1", "X".repeat(10_000))),
        header(b"no colon"),
        header(b": no name"),
        header(b"na me: x"),
        header(b"name\0: x"),
        header(b"name: \0"),
        header(b" folded: x"),
        header(format!("large: {}", "x".repeat(1 << 20)).as_bytes()),
        header("many: x\r\n".repeat(1000).trim_end().as_bytes()),
        header(b"content-length: -1"),
        header(b"content-length: 1, 2"),
        header(b"content-length: 1\r\ncontent-length: 2"),
        header(b"content-length: 99999999999999999999999"),
        header(b"transfer-encoding: chunked, x"),
    ];
    for bytes in requests {
        let status = status(&server, &bytes);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert!(
            status.is_none_or(|status| (400..=505).contains(&status)),
            "{status:?}: {shown:?}"
        );
        assert_it_still_serves(&server);
    }
}

#[test]
fn large_bodies_are_413_and_not_read() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let bearer = format!("Bearer {}", server.token());
    let large = vec![b'x'; 1 << 20];
    let admin = ("authorization", bearer.as_str());
    for path in ["/users", "/api/v1/license"] {
        let answer = server.send("POST", path, &[admin], &large);
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (413, &"BODY_TOO_LARGE".into())
        );
        let chunk = [b"10000\r\n", &large[..0x10000], b"\r\n"].concat();
        let chunks = [chunk.as_slice(), &chunk, b"0\r\n\r\n"].concat();
        let answer = server.send(
            "POST",
            path,
            &[admin, ("transfer-encoding", "chunked")],
            &chunks,
        );
        assert_eq!(answer.status, 413, "{}", answer.text());
        // Announced and never sent.
        let answer = server.send(
            "POST",
            path,
            &[admin, ("content-length", "1099511627776")],
            b"",
        );
        assert_eq!(answer.status, 413, "{}", answer.text());
    }
    let stranger = server.send("POST", "/api/v1/license", &[], &large);
    assert_eq!(stranger.status, 401);
    // A body that no route reads does no harm either.
    assert!(
        status(&server, &request("GET", "/ping", &[], &large)).is_none_or(|status| status == 200)
    );
    assert_it_still_serves(&server);
}

#[test]
fn bodies_that_do_not_arrive_whole_are_400() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let chunked = [("transfer-encoding", "chunked")];
    for body in [
        &b"5\r\n{\"nam"[..],
        b"zz\r\n",
        b"-1\r\n",
        b"ffffffffffffffffff\r\n",
    ] {
        let mut socket = connect(server.address()).unwrap();
        socket
            .write_all(&request("POST", "/users", &chunked, body))
            .unwrap();
        socket.shutdown(std::net::Shutdown::Write).unwrap();
        let answer = Response::read(&read_to_close(&mut socket));
        assert!(answer.is_none_or(|answer| answer.status == 400));
    }
    // A body that stops coming is waited for, but not forever.
    let mut socket = connect(server.address()).unwrap();
    let slow = request(
        "POST",
        "/users",
        &[("content-length", "100")],
        b"{\"name\":",
    );
    socket.write_all(&slow).unwrap();
    let answer = Response::read(&read_to_close(&mut socket)).expect("an answer");
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (400, &"MALFORMED".into())
    );
    assert_eq!(server.get("/users").json()["users"], serde_json::json!([]));
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let one = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    let mut requests = (one("/ping") + &one("/sso") + &one("/nope")).repeat(20);
    requests.push_str("GET /ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let answers = exchange(server.address(), requests.as_bytes());
    let answers = String::from_utf8(answers).unwrap();
    let statuses: Vec<_> = answers
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| &answer[..3])
        .collect();
    let mut expected = ["200", "402", "404"].repeat(20);
    expected.push("200");
    assert_eq!(statuses, expected);
}

#[test]
fn a_body_is_not_taken_for_the_next_request() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let smuggled = "DELETE /api/v1/license HTTP/1.1\r\nhost: x\r\n\r\n";
    let both = format!(
        "POST /users HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
        smuggled.len() + 5
    );
    let answers = String::from_utf8(exchange(server.address(), both.as_bytes())).unwrap();
    assert!(answers.matches("HTTP/1.1 ").count() <= 1, "{answers}");
}

#[test]
fn many_connections_that_say_nothing_leave_room_for_others() {
    let folder = tempdir().unwrap();
    let server = PROGRAM.start(folder.path()).serve();
    let mut idle = Vec::new();
    for number in 0..300 {
        let mut socket = connect(server.address()).unwrap();
        if number % 2 == 0 {
            socket.write_all(b"POST /users HTTP/1.1\r\nho").unwrap();
        }
        idle.push(socket);
    }
    assert_it_still_serves(&server);
    // Some finish what they began.
    for socket in idle.iter_mut().step_by(2).take(50) {
        socket
            .write_all(b"st: x\r\nconnection: close\r\n\r\n")
            .unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        assert_eq!(Response::read(&answer).unwrap().status, 400);
    }
    drop(idle);
    assert_it_still_serves(&server);
}
