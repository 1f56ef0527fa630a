//! What they print and log, which is the same but for the program's name.

use std::net::TcpListener;
use std::process::Command;

use entitlements_tests::root;
use tempfile::tempdir;

use crate::programs::Program;
use crate::server::{Ended, Start};

/// A text as if it were of no program in particular.
fn of_any(program: Program, text: &str) -> String {
    let framework = match program {
        Program::Axum => "entitlements with axum",
        Program::Actix => "entitlements with actix-web",
    };
    text.replace(program.name(), "quickstart")
        .replace(framework, "entitlements with it")
}

/// Both, with what each says.
fn both(says: impl Fn(Program) -> String) -> [String; 2] {
    [Program::Axum, Program::Actix].map(|program| of_any(program, &says(program)))
}

#[test]
fn arguments_are_read_and_refused_in_the_same_words() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["--nope"],
        &["positional"],
        &["--listen", "3000"],
        &["--trusted-proxy", "10.0.0.1/8"],
        &["--forwarded-header", "x-real-ip"],
        &["--listen", &taken],
        &["--listen", "127.0.0.1:0", "--catalog", "/nowhere.toml"],
        &["--listen", "127.0.0.1:0", "--trusted-key", "/nowhere.pem"],
        &["--listen", "127.0.0.1:0", "--admin-token", "two words"],
    ] {
        let [axum, actix] = both(|program| {
            let folder = tempdir().unwrap();
            let mut command = program.command();
            command.args(arguments).arg("--data").arg(folder.path());
            let Ended {
                code,
                stdout,
                stderr,
            } = Start::of(command, folder.path()).end();
            let here = folder.path().display().to_string();
            let stderr: Vec<_> = stderr.lines().map(without_what_is_new).collect();
            format!("{code:?}\n{stdout}\n{}", stderr.join("\n")).replace(&here, "(folder)")
        });
        assert_eq!(axum, actix, "{arguments:?}");
    }
}

#[test]
fn a_start_and_a_stop_print_and_log_the_same() {
    let [axum, actix] = both(|program| {
        let folder = tempdir().unwrap();
        let mut server = program.start(folder.path()).serve();
        assert_eq!(server.get("/sso").status, 402);
        let refused = server.activate("garbage");
        assert_eq!(refused.status, 422);
        let pid = server.pid().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(server.wait().code(), Some(0));
        let log = server.stderr.text();
        let log: Vec<_> = log.lines().map(without_what_is_new).collect();
        let here = folder.path().display().to_string();
        (server.stdout.text() + &log.join("\n"))
            .replace(&server.address().to_string(), "(address)")
            .replace(&server.token(), "(token)")
            .replace(&here, "(folder)")
    });
    assert_eq!(axum, actix);
    assert!(
        axum.contains("stopping; requests under way are finished"),
        "{axum}"
    );
}

#[test]
fn the_readmes_tell_the_same_but_for_names() {
    let [axum, actix] = [Program::Axum, Program::Actix].map(|program| {
        let path = format!("examples/{}/README.md", program.name());
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        text.replace("actix-web", "axum")
            .replace("quickstart-actix", "quickstart-axum")
    });
    let (told, _) = actix.split_once("\n## With axum\n").unwrap();
    assert_eq!(told, axum);
}

/// A line of the log without the time before it, and without the id and the time of an audit record.
fn without_what_is_new(line: &str) -> String {
    let line = match line.split_once(' ') {
        Some((time, rest)) if time.starts_with("20") && time.ends_with('Z') => rest,
        _ => line,
    };
    let is_new = |word: &&str| ["id=", "at="].iter().any(|name| word.starts_with(name));
    let words: Vec<_> = line.split(' ').filter(|word| !is_new(word)).collect();
    words.join(" ")
}
