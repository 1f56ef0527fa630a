//! Both quickstarts, side by side: the same bytes sent to each, and the same answers.

mod accounts;
mod answer;
mod exceptions;
mod pings;
mod requests;
mod said;
mod story;
mod year;

use std::net::SocketAddr;

use entitlements_tests::wire::{exchange, request};
use tempfile::{TempDir, tempdir};

use crate::programs::Program;
use crate::server::{Server, Start};
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
        Self::start_in(folder, vendor, |start| {
            arguments
                .iter()
                .fold(start, |start, argument| start.arg(argument))
        })
    }

    fn start_in(folder: TempDir, vendor: Vendor, prepare: impl Fn(Start) -> Start + Sync) -> Self {
        let serve = |program: Program| {
            let start = program.start(&folder.path().join(program.name()));
            let start = start.arg("--admin-token").arg(TOKEN);
            prepare(start.arg("--trusted-key").arg(&vendor.public)).serve()
        };
        let (axum, actix) = std::thread::scope(|scope| {
            let actix = scope.spawn(|| serve(Program::Actix));
            (serve(Program::Axum), actix.join().unwrap())
        });
        Self {
            axum,
            actix,
            vendor,
            folder,
        }
    }

    /// Ends both, as a loss of power does, and starts them where they were.
    fn again(self, prepare: impl Fn(Start) -> Start + Sync) -> Self {
        drop((self.axum, self.actix));
        Self::start_in(self.folder, self.vendor, prepare)
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
