//! Both quickstarts, side by side: the same bytes sent to each, and the same answers.

mod accounts;
mod answer;
mod exceptions;
mod requests;
mod said;
mod story;

use std::net::SocketAddr;

use entitlements_tests::wire::{exchange, request};
use tempfile::{TempDir, tempdir};

use crate::programs::Program;
use crate::server::Server;
use crate::vendor::Vendor;
use answer::Answer;

const TOKEN: &str = "f0a1-the-same-token-for-both";

/// One of each, with one vendor and one token.
struct Both {
    axum: Server,
    actix: Server,
    vendor: Vendor,
    folder: TempDir,
}

impl Both {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(arguments: &[&str]) -> Self {
        let folder = tempdir().unwrap();
        let vendor = Vendor::new(folder.path(), "vendor");
        let serve = |program: Program| {
            let start = program.start(&folder.path().join(program.name()));
            let start = start.arg("--admin-token").arg(TOKEN);
            let mut start = start.arg("--trusted-key").arg(&vendor.public);
            start.command.args(arguments);
            start.serve()
        };
        Self {
            axum: serve(Program::Axum),
            actix: serve(Program::Actix),
            vendor,
            folder,
        }
    }

    /// What each answers to the same bytes.
    fn answers(&self, bytes: &[u8]) -> [Option<Answer>; 2] {
        let ask = |address: SocketAddr| Answer::read(&exchange(address, bytes));
        let addresses = [self.axum.address(), self.actix.address()];
        std::thread::scope(|scope| {
            let asked = addresses.map(|address| scope.spawn(move || ask(address)));
            asked.map(|asked| asked.join().unwrap())
        })
    }

    /// The one answer of both.
    fn agree(&self, bytes: &[u8]) -> Answer {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(120)]);
        let [axum, actix] = self.answers(bytes);
        assert_eq!(
            axum, actix,
            "axum on the left, actix on the right: {shown:?}"
        );
        axum.unwrap_or_else(|| panic!("no answer to {shown:?}"))
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.agree(&request(method, path, headers, body))
    }

    /// With the admin token.
    fn admin(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.agree(&request(
            method,
            path,
            &[("authorization", &bearer())],
            body,
        ))
    }
}

fn bearer() -> String {
    format!("Bearer {TOKEN}")
}
