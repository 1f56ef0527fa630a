//! SIGTERM and Ctrl-C: what is under way is finished, and nobody can keep the program from ending.

use std::io::{Read, Write};
use std::process::Command;

use entitlements_tests::wire::{Response, connect, read_to_close, request};
use tempfile::tempdir;

use super::PROGRAM;
use crate::server::Server;

fn signal(server: &Server, name: &str) {
    let pid = server.pid().to_string();
    let sent = Command::new("kill").args([name, &pid]).status();
    assert!(sent.unwrap().success());
}

fn is_stopping(server: &Server) -> bool {
    server
        .stderr
        .wait(|log| log.contains("stopping; requests under way are finished"))
}

#[test]
fn a_request_under_way_is_finished_and_the_program_ends_well() {
    for name in ["-TERM", "-INT"] {
        let folder = tempdir().unwrap();
        let mut server = PROGRAM.start(folder.path()).serve();
        let body = br#"{"name":"Ada"}"#;
        let whole = request("POST", "/users", &[("expect", "100-continue")], body);
        let (first, last) = whole.split_at(whole.len() - 5);
        let mut socket = connect(server.address()).unwrap();
        socket.write_all(first).unwrap();
        // The server asks for the body once the request is with its handler.
        let mut asked = [0; 25];
        socket.read_exact(&mut asked).unwrap();
        assert!(asked.starts_with(b"HTTP/1.1 100 Continue"));
        signal(&server, name);
        assert!(is_stopping(&server));
        socket.write_all(last).unwrap();
        let answer = Response::read(&read_to_close(&mut socket)).expect("an answer");
        assert_eq!(answer.status, 201);
        assert_eq!(server.wait().code(), Some(0));
    }
}

#[test]
fn idle_connections_do_not_keep_it() {
    let folder = tempdir().unwrap();
    let mut server = PROGRAM.start(folder.path()).serve();
    let mut kept: Vec<_> = (0..8).map(|_| connect(server.address()).unwrap()).collect();
    for socket in &mut kept[..4] {
        socket
            .write_all(b"GET /ping HTTP/1.1\r\nhost: x\r\n\r\n")
            .unwrap();
        socket.read_exact(&mut [0; 12]).unwrap();
    }
    signal(&server, "-TERM");
    assert_eq!(server.wait().code(), Some(0));
    assert!(!server.stderr.text().contains("cut off"));
}

#[test]
fn half_a_request_keeps_it_for_seconds_only() {
    let folder = tempdir().unwrap();
    let mut server = PROGRAM.start(folder.path()).serve();
    let mut socket = connect(server.address()).unwrap();
    socket
        .write_all(b"GET /ping HTTP/1.1\r\nhost: x\r\n\r\nGET /pi")
        .unwrap();
    socket.read_exact(&mut [0; 12]).unwrap();
    signal(&server, "-TERM");
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn told_twice_it_ends_at_once() {
    let folder = tempdir().unwrap();
    let mut server = PROGRAM.start(folder.path()).serve();
    let mut socket = connect(server.address()).unwrap();
    let head =
        b"POST /users HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n";
    socket.write_all(head).unwrap();
    socket.read_exact(&mut [0; 25]).unwrap();
    signal(&server, "-INT");
    assert!(is_stopping(&server));
    signal(&server, "-INT");
    assert_eq!(server.wait().code(), Some(0));
    assert!(!server.stderr.text().contains("cut off"));
}
