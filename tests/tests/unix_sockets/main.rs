//! Servers that cannot say who is at the other end: hyper, axum and actix-web on Unix sockets, and axum without its connect info. A list
//! that restricts denies everybody then, and the log says once what to do.
//!
//! A program of its own: whether a place in the code logs is settled for all threads at once.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests: a failure stops the test, and says why"
)]

mod log;
mod servers;

use std::path::Path;

use entitlements_core::Entitlements;
use entitlements_core::account::MemoryAccounts;
use entitlements_core::allowlist::{AllowlistChange, AllowlistStore, ChangedBy, MemoryAllowlists};
use entitlements_core::client_address::{ClientAddress, ForwardedHeader, TrustedProxies};
use entitlements_core::{AccountId, testing};
use entitlements_tests::wire::{PATIENCE, Response};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use servers::SERVERS;

/// The accounts that the paths are for: each has a list of its kind.
const LISTS: [(&str, &[(&str, bool)]); 4] = [
    ("restricted", &[("192.0.2.0/24", true)]),
    ("everybody", &[("0.0.0.0/0", true), ("::/0", true)]),
    ("off", &[("192.0.2.0/24", false)]),
    ("none", &[]),
];

async fn engine() -> Entitlements {
    let store = MemoryAllowlists::default();
    for (account, entries) in LISTS {
        let account = AccountId::new(account);
        let by = ChangedBy::nobody();
        for (range, is_active) in entries {
            let add = AllowlistChange::add(range, "", "test", testing::NOW).unwrap();
            let id = add.id().to_owned();
            store.change(&account, add, by).await.unwrap();
            if !is_active {
                let patch = entitlements_core::allowlist::EntryPatch {
                    is_active: Some(false),
                    ..Default::default()
                };
                let off = AllowlistChange::change(id, patch);
                store.change(&account, off, by).await.unwrap();
            }
        }
    }
    // Trusting everybody changes nothing: there is nobody to trust.
    let proxies = TrustedProxies::parse(["0.0.0.0/0", "::/0"]).unwrap();
    let told = ClientAddress::new(proxies, ForwardedHeader::x_forwarded_for());
    let builder = Entitlements::builder()
        .catalog(testing::catalog())
        .accounts(MemoryAccounts::default())
        .allowlists(store)
        .client_address(told);
    builder.build().await.unwrap().0
}

async fn exchange(mut socket: impl AsyncRead + AsyncWrite + Unpin, path: &str) -> Response {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: panel.example\r\nConnection: close\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n"
    );
    let exchange = async {
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.unwrap();
        Response::read(&answer).unwrap()
    };
    let answered = tokio::time::timeout(PATIENCE, exchange).await;
    answered.expect("the server answers and closes")
}

async fn status(at: &servers::At, path: &str) -> u16 {
    let response = match at {
        servers::At::Path(at) => exchange(connect(at).await, path).await,
        servers::At::Port(at) => exchange(TcpStream::connect(at).await.unwrap(), path).await,
    };
    if response.status == 403 {
        let text = response.text();
        assert!(
            text.contains("IP_NOT_ALLOWED") && !text.contains("socket"),
            "{text}"
        );
    }
    response.status
}

/// actix-web's server is there a moment after it was started, on a thread of its own.
async fn connect(at: &Path) -> UnixStream {
    let connected = async {
        loop {
            match UnixStream::connect(at).await {
                Ok(socket) => return socket,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    let connected = tokio::time::timeout(PATIENCE, connected).await;
    connected.expect("the server listens")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_address_a_list_that_restricts_denies_and_the_log_says_once_what_to_do() {
    log::listen();
    let folder = tempfile::tempdir().unwrap();
    for (name, serve) in SERVERS {
        let engine = engine().await;
        let at = serve(&engine, &folder.path().join(format!("{name}.sock")));
        for _ in 0..3 {
            for (path, expected) in [
                ("/off", 200),
                ("/none", 200),
                ("/fixed-open", 200),
                ("/restricted", 403),
                ("/everybody", 403),
                ("/fixed", 403),
            ] {
                assert_eq!(status(&at, path).await, expected, "{name} {path}");
            }
        }
        let lines = log::take();
        let said = |path: &str| {
            let of_path = lines.iter().filter(|line| {
                line.starts_with("ERROR") && line.contains(&format!("path=\"{path}\""))
            });
            of_path.cloned().collect::<Vec<_>>()
        };
        for path in ["/restricted", "/everybody", "/fixed"] {
            let said = said(path);
            assert_eq!(said.len(), 1, "{name} {path}: {lines:#?}");
            let advice = if name == "axum without connect info" {
                "into_make_service_with_connect_info::<SocketAddr>()"
            } else {
                "loopback address"
            };
            assert!(said[0].contains(advice), "{name}: {}", said[0]);
        }
        for path in ["/off", "/none", "/fixed-open"] {
            assert!(said(path).is_empty(), "{name} {path}: {lines:#?}");
        }
        assert!(
            lines.iter().all(|line| !line.contains("192.0.2.")),
            "{name}: {lines:#?}"
        );
    }
}
