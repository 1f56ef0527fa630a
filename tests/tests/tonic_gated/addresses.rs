//! From where calls may come: by the account's own list, and by one in front of all.

use entitlements_tests::wire::{Response, exchange, request};
use tonic::{Code, Status};
use tonic_gated::engine::{BANK_KEY, TEAM_KEY};

use crate::server::{Server, client, program};

fn told(status: &Status) -> (Code, Option<&str>) {
    let code = status.metadata().get("entitlements-code");
    (status.code(), code.map(|code| code.to_str().unwrap()))
}

const DENIED: (Code, Option<&str>) = (Code::PermissionDenied, Some("IP_NOT_ALLOWED"));

#[tokio::test]
async fn an_accounts_list_closes_its_service_and_no_other() {
    let server = Server::start();
    for to in [&server.grpc, &server.http] {
        let mut bank = client(to, BANK_KEY).await;
        for _ in 0..3 {
            let status = bank.export(1).await.unwrap_err();
            assert_eq!(told(&status), DENIED);
            assert!(!status.message().contains("192.0.2"), "{status:?}");
        }
        assert_eq!(bank.plan().await.unwrap().account, "bank");
    }
    // Nothing was counted, and whoever has no list is not restricted.
    let mut team = client(&server.grpc, TEAM_KEY).await;
    drop(team.export(1).await.unwrap());
}

#[tokio::test]
async fn a_list_in_front_of_all_asks_before_the_key() {
    let server = Server::start_with(&["--from", "192.0.2.0/24", "--from", "2001:db8::/32"]);
    for to in [&server.grpc, &server.http] {
        for key in ["", "sk_nobody", TEAM_KEY, BANK_KEY] {
            let status = client(to, key).await.plan().await.unwrap_err();
            assert_eq!(told(&status), DENIED, "{key}");
        }
    }
    let asked = request("GET", "/plan", &[("x-forwarded-for", "192.0.2.7")], b"");
    let answer = exchange(server.http_address(), &asked);
    let answer = Response::read(&answer).expect("an answer");
    assert_eq!(answer.status, 403, "{}", answer.text());

    let server = Server::start_with(&["--from", "127.0.0.0/8"]);
    for to in [&server.grpc, &server.http] {
        let shown = client(to, TEAM_KEY).await.plan().await.unwrap();
        assert_eq!(shown.account, "acme");
    }
}

#[test]
fn what_is_no_range_ends_the_start() {
    let output = program(&["serve", "--from", "192.0.2.7/24"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("its network is `192.0.2.0/24`"), "{said}");
}
