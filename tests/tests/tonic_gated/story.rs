//! The README's commands, as they are written there, and what they print.

use entitlements_tests::root;
use entitlements_tests::wire::{Response, exchange, request};

use crate::server::{Server, program};

/// A command of the README, with what it prints.
struct Step {
    command: String,
    prints: String,
}

fn steps() -> Vec<Step> {
    let readme = std::fs::read_to_string(root().join("examples/tonic-gated/README.md")).unwrap();
    let mut steps: Vec<Step> = Vec::new();
    let blocks = readme.split("```console\n").skip(1);
    for line in blocks.flat_map(|rest| rest.split("```").next().unwrap().lines()) {
        match line.strip_prefix("$ ") {
            Some(command) => steps.push(Step {
                command: command.to_owned(),
                prints: String::new(),
            }),
            None => {
                let prints = &mut steps.last_mut().expect("a command first").prints;
                prints.push_str(line);
                prints.push('\n');
            }
        }
    }
    steps
}

/// As a shell would split it, as far as the README needs one.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in command.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn the_readme_is_true() {
    let server = Server::start();
    let steps = steps();
    let [start, calls @ ..] = &*steps else {
        panic!("the README has no commands")
    };
    assert_eq!(start.command, "cargo run -p tonic-gated -- serve");
    let (grpc, http) = ("http://127.0.0.1:50051", "http://127.0.0.1:8080");
    assert_eq!(
        start.prints,
        format!("gRPC on {grpc}\nHTTP and gRPC on {http}\n")
    );
    assert!(calls.len() > 10, "the README tells the whole story");
    for Step { command, prints } in calls {
        let words = words(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = match &*words {
            ["cargo", "run", "-q", "-p", "tonic-gated", "--", rest @ ..] => {
                let mut arguments = rest.to_vec();
                match arguments.iter_mut().find(|word| **word == http) {
                    Some(address) => *address = &server.http,
                    None => arguments.extend(["--to", &server.grpc]),
                }
                let output = program(&arguments).output().unwrap();
                assert!(output.stderr.is_empty(), "{command}: {output:?}");
                String::from_utf8(output.stdout).unwrap()
            }
            ["curl", "-sS", url, "-H", header] => {
                let (name, value) = header.split_once(": ").unwrap();
                let path = url.strip_prefix(http).unwrap();
                let asked = request("GET", path, &[(name, value)], b"");
                let answer = exchange(server.http_address(), &asked);
                Response::read(&answer).expect("an answer").text() + "\n"
            }
            _ => panic!("no test knows this command: {command}"),
        };
        assert_eq!(&said, prints, "{command}");
    }
}
