//! M13 and M15: what changes leave behind, and who reads it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use entitlements_admin::{AdminApi, BearerToken};
use entitlements_core::account::MemoryAccounts;
use entitlements_core::audit::{AuditError, AuditPage, AuditQuery, AuditRecord, AuditSink};
use entitlements_core::client_address::{ClientAddress, ForwardedHeader, Peer, TrustedProxies};
use entitlements_core::license::{RevocationDraft, SigningKey};
use entitlements_core::testing::{self, NOW, TestEngine, TestVendor};
use entitlements_core::{AccountId, PeerAddress, Reply};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::client::{ADMIN, Client, OWNER};

const DELETE: Method = Method::DELETE;
const PATCH: Method = Method::PATCH;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;

impl Client {
    /// The records, the oldest first.
    async fn audit(&self) -> Vec<Value> {
        let page = self.get("/audit?limit=1000").await.assert_json();
        assert_eq!(page["next"], Value::Null);
        let mut records = page["records"].as_array().unwrap().clone();
        records.reverse();
        records
    }
}

fn detail<'a>(record: &'a Value, name: &str) -> Option<&'a str> {
    let mut details = record["details"].as_array().unwrap().iter();
    details.find(|detail| detail["name"] == name)?["value"].as_str()
}

#[tokio::test]
async fn m13_each_change_leaves_one_record_and_what_changes_nothing_none() {
    let vendor = SigningKey::generate().unwrap();
    let draft = RevocationDraft::new().license("lic-9");
    let list = draft.sign(&vendor, NOW).unwrap();
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.trusted_key(vendor.trusted_key().clone())
    });
    let client = Client::over(engine);
    let key = json!({ "key": client.key("lic-1") }).to_string();
    let later = client
        .engine
        .key(|draft| draft.plan("enterprise").id("lic-1"));
    let later = json!({ "key": later }).to_string();
    let list = json!({ "list": list }).to_string();
    let acme = r#"{"id":"acme","name":"Acme","plan":"business"}"#;
    let add = r#"{"limit":"users","value":20,"reason":"asked for"}"#;
    for (method, path, body, status, action, about) in [
        (
            POST,
            "/license",
            &*key,
            200,
            "license.activated",
            ["lic-1", "business", ""],
        ),
        (POST, "/license", &key, 200, "", ["", "", ""]),
        (
            POST,
            "/license",
            &later,
            200,
            "license.renewed",
            ["lic-1", "enterprise", ""],
        ),
        (
            POST,
            "/license",
            r#"{"key":"x"}"#,
            422,
            "license.rejected",
            ["", "", ""],
        ),
        (
            POST,
            "/license",
            r#"{"key":""}"#,
            422,
            "license.rejected",
            ["", "", ""],
        ),
        (POST, "/license", r#"{"kez":"x"}"#, 422, "", ["", "", ""]),
        (POST, "/license", "{", 400, "", ["", "", ""]),
        (DELETE, "/license/lic-2", "", 404, "", ["", "", ""]),
        (
            DELETE,
            "/license/lic-1",
            "",
            204,
            "license.deactivated",
            ["lic-1", "enterprise", ""],
        ),
        (DELETE, "/license/lic-1", "", 404, "", ["", "", ""]),
        (DELETE, "/license", "", 204, "", ["", "", ""]),
        (
            POST,
            "/license",
            &key,
            200,
            "license.activated",
            ["lic-1", "business", ""],
        ),
        (
            DELETE,
            "/license",
            "",
            204,
            "license.deactivated",
            ["lic-1", "business", ""],
        ),
        (
            POST,
            "/license/revocations",
            &list,
            200,
            "revocations.applied",
            ["", "", ""],
        ),
        (POST, "/license/revocations", &list, 200, "", ["", "", ""]),
        (
            POST,
            "/license/revocations",
            r#"{"list":"x"}"#,
            422,
            "revocations.rejected",
            ["", "", ""],
        ),
        (
            POST,
            "/accounts",
            acme,
            201,
            "account.created",
            ["", "business", "acme"],
        ),
        (POST, "/accounts", acme, 409, "", ["", "", ""]),
        (
            PATCH,
            "/accounts/acme",
            r#"{"name":"Acme","plan":"business"}"#,
            200,
            "",
            ["", "", ""],
        ),
        (
            PATCH,
            "/accounts/acme",
            r#"{"plan":"nonsense"}"#,
            422,
            "",
            ["", "", ""],
        ),
        (
            PATCH,
            "/accounts/acme",
            r#"{"plan":"enterprise"}"#,
            200,
            "account.changed",
            ["", "enterprise", "acme"],
        ),
        (
            PATCH,
            "/accounts/beta",
            r#"{"plan":"enterprise"}"#,
            404,
            "",
            ["", "", ""],
        ),
        (
            POST,
            "/accounts/acme/overrides",
            add,
            201,
            "override.added",
            ["", "", "acme"],
        ),
        (
            DELETE,
            "/accounts/acme/overrides/x",
            "",
            404,
            "",
            ["", "", ""],
        ),
        (GET_ALL, "/license", "", 200, "", ["", "", ""]),
    ] {
        let before = client.audit().await.len();
        let answer = client.admin(method.clone(), path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        let records = client.audit().await.split_off(before);
        if action.is_empty() {
            assert!(records.is_empty(), "{method} {path} {body}: {records:?}");
            continue;
        }
        let [record] = &records[..] else {
            panic!("{method} {path} {body}: {records:?}")
        };
        let [license, plan, account] = about;
        for (member, expected) in [
            ("action", action),
            ("actor", "admin"),
            ("license", license),
            ("plan", plan),
            ("account", account),
        ] {
            assert_eq!(
                record[member].as_str().unwrap_or_default(),
                expected,
                "{record}"
            );
        }
        let refused = action.ends_with(".rejected");
        let outcome = if refused { "refused" } else { "accepted" };
        assert_eq!(record["outcome"], outcome, "{record}");
        assert_eq!(record["at"], NOW.to_string());
        let reason = refused.then(|| answer.json()["reason"].clone());
        assert_eq!(
            detail(record, "reason").map(Value::from),
            reason,
            "{record}"
        );
    }
}

const GET_ALL: Method = Method::GET;

#[tokio::test]
async fn m13_overrides_and_addons_are_recorded_with_what_they_are() {
    let catalog = entitlements_core::Catalog::from_toml(
        r#"
        schema = 1
        [product]
        name = "Panel"
        default_plan = "business"
        [features.cmek]
        [rates.api]
        [plans.business]
        [addons.regulated]
        features = ["cmek"]
        "#,
    );
    let client = Client::over(testing::without_license(Arc::new(catalog.unwrap())));
    client.admin(POST, "/accounts", r#"{"id":"acme"}"#).await;
    let body = r#"{"rate":"api","requests":5,"per":"1m","ends_at":"2027-01-01T00:00:00Z"}"#;
    let made = client.admin(POST, "/accounts/acme/overrides", body).await;
    let made = made.json()["id"].as_str().unwrap().to_owned();
    let addon = "/accounts/acme/addons/regulated";
    for (method, path) in [
        (PUT, addon),
        (PUT, addon),
        (DELETE, addon),
        (DELETE, addon),
        (DELETE, &format!("/accounts/acme/overrides/{made}")),
    ] {
        client.admin(method, path, "").await.assert_no_content();
    }
    let records = client.audit().await;
    let actions: Vec<_> = records
        .iter()
        .map(|record| record["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "account.created",
            "override.added",
            "addon.added",
            "addon.removed",
            "override.removed"
        ]
    );
    assert!(records.iter().all(|record| record["account"] == "acme"));
    for (name, value) in [
        ("override", &*made),
        ("rate", "api"),
        ("requests", "5"),
        ("per", "1m"),
        ("burst", "5"),
        ("ends_at", "2027-01-01T00:00:00Z"),
    ] {
        assert_eq!(detail(&records[1], name), Some(value));
    }
    assert_eq!(detail(&records[2], "addon"), Some("regulated"));
    assert_eq!(detail(&records[4], "override"), Some(&*made));
}

#[tokio::test]
async fn m13_records_have_the_clients_address() {
    let client = Client::unlicensed();
    let elsewhere: IpAddr = "203.0.113.9".parse().unwrap();
    let told = client.api.clone().peer(move |_| Peer::from(elsewhere));
    let on_a_socket = client.api.clone().peer(|_| Peer::UnixSocket);
    let send = async |api: &AdminApi, peer: Option<&str>| {
        let mut request = Request::post("/license")
            .header("authorization", ADMIN)
            .header("x-real-ip", "198.51.100.1")
            .body(Bytes::from_static(br#"{"key":"x"}"#))
            .unwrap();
        if let Some(peer) = peer {
            let peer: SocketAddr = peer.parse().unwrap();
            request.extensions_mut().insert(PeerAddress(peer));
        }
        assert_eq!(api.handle(request).await.status(), 422);
    };
    send(&client.api, None).await;
    send(&client.api, Some("192.0.2.7:4711")).await;
    send(&client.api, Some("[::ffff:192.0.2.7]:4711")).await;
    send(&client.api, Some("[2001:db8::1]:4711")).await;
    send(&client.api, Some("0.0.0.0:4711")).await;
    send(&told, Some("192.0.2.7:4711")).await;
    send(&on_a_socket, Some("192.0.2.7:4711")).await;
    let records = client.audit().await;
    let addresses: Vec<_> = records
        .iter()
        .map(|record| record["client_address"].clone())
        .collect();
    let expected = json!([
        null,
        "192.0.2.7",
        "192.0.2.7",
        "2001:db8::1",
        null,
        "203.0.113.9",
        null
    ]);
    assert_eq!(Value::from(addresses), expected);
}

/// It is the engine that says whom to believe, as it does for gates (X1 to X10).
#[tokio::test]
async fn m13_behind_a_proxy_the_address_is_the_clients() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        let proxies = TrustedProxies::parse(["10.0.0.0/8"]).unwrap();
        builder.client_address(ClientAddress::new(
            proxies,
            ForwardedHeader::x_forwarded_for(),
        ))
    });
    let client = Client::over(engine);
    for (peer, lines) in [
        ("10.0.0.1:80", &["203.0.113.9, 10.0.0.2"][..]),
        ("10.0.0.1:80", &["192.0.2.1", "203.0.113.9"]),
        ("[::ffff:10.0.0.1]:80", &["::ffff:203.0.113.9"]),
        ("10.0.0.1:80", &[]),
        ("10.0.0.1:80", &["203.0.113.9, unknown"]),
        ("198.51.100.1:80", &["203.0.113.9"]),
    ] {
        let mut request = Request::post("/license")
            .header("authorization", ADMIN)
            .header("x-real-ip", "192.0.2.1")
            .header("forwarded", "for=192.0.2.1");
        for line in lines {
            request = request.header("x-forwarded-for", *line);
        }
        let body = Bytes::from_static(br#"{"key":"x"}"#);
        let mut request = request.body(body).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(PeerAddress(peer));
        assert_eq!(client.api.handle(request).await.status(), 422);
    }
    let records = client.audit().await;
    let addresses = records
        .iter()
        .map(|record| record["client_address"].clone());
    let clients = "203.0.113.9";
    let expected = json!([clients, clients, clients, null, null, "198.51.100.1"]);
    assert_eq!(addresses.collect::<Value>(), expected);
}

/// A sink that is out of order.
#[derive(Debug)]
struct Broken;

impl AuditSink for Broken {
    fn record(&self, _: AuditRecord) -> Reply<Result<(), AuditError>> {
        Reply::later(async { Err(AuditError::new("the disk is full")) })
    }

    fn read(&self, _: AuditQuery) -> Reply<Result<AuditPage, AuditError>> {
        Reply::Now(Err(AuditError::new("the disk is full")))
    }
}

#[tokio::test]
async fn m13_a_sink_that_fails_undoes_no_change() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.audit(Broken)
    });
    let client = Client::over(engine);
    let key = client.key("lic-1");
    client.activate(&key).await.assert_json();
    assert_eq!(client.get("/license").await.json()["status"], "active");
    let answer = client.admin(POST, "/accounts", r#"{"id":"acme"}"#).await;
    assert_eq!(answer.status, 201);
    client.delete("/license/lic-1").await.assert_no_content();
    assert_eq!(client.get("/license").await.json()["status"], "unlicensed");
    let unread = client.get("/audit").await;
    unread.assert_problem(503, "ENTITLEMENTS_UNAVAILABLE");
}

#[tokio::test]
async fn m15_pages_and_filters() {
    let client = Client::unlicensed();
    for id in ["a", "b", "c"] {
        client.engine.clock().advance_days(1);
        let body = json!({ "id": id }).to_string();
        assert_eq!(client.admin(POST, "/accounts", &body).await.status, 201);
    }
    client.activate(&client.key("lic-1")).await.assert_json();
    let all = client.audit().await;
    let accounts = |page: &Value| -> Vec<String> {
        let records = page["records"].as_array().unwrap().iter();
        records
            .map(|record| record["account"].as_str().unwrap_or("-").to_owned())
            .collect()
    };
    for (query, expected) in [
        ("", &["-", "c", "b", "a"][..]),
        ("?", &["-", "c", "b", "a"]),
        ("?limit=2", &["-", "c"]),
        ("?action=account.created", &["c", "b", "a"]),
        ("?action=account.created&account=b", &["b"]),
        ("?actor=admin&license=lic-1", &["-"]),
        ("?actor=Admin", &[]),
        (
            "?since=2026-01-03T12:00:00Z&until=2026-01-04T12:00:00Z",
            &["b"],
        ),
        ("?since=2026-01-03T14:00:00%2B02:00", &["-", "c", "b"]),
        ("?account=", &["-", "c", "b", "a"]),
    ] {
        let page = client.get(&format!("/audit{query}")).await.assert_json();
        assert_eq!(accounts(&page), expected, "{query}");
    }
    let page = client.get("/audit?limit=3").await.assert_json();
    assert_eq!(page["next"], all[1]["id"]);
    let rest = format!("/audit?limit=3&before={}", page["next"].as_str().unwrap());
    let rest = client.get(&rest).await.assert_json();
    assert_eq!(
        (accounts(&rest), &rest["next"]),
        (vec!["a".to_owned()], &Value::Null)
    );
    for (query, fields) in [
        ("?limit=0", &["limit"][..]),
        ("?limit=1001&x=1", &["limit", "x"]),
        ("?since=yesterday&until=2026-01-01", &["since", "until"]),
        ("?since=2026-01-03T14:00:00+02:00", &["since"]),
        ("?query=a", &["query"]),
    ] {
        let problem = client.get(&format!("/audit{query}")).await;
        let problem = problem.assert_problem(422, "INVALID");
        let wrong: Vec<_> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| &error["field"])
            .collect();
        assert_eq!(wrong, fields, "{query}");
    }
}

#[tokio::test]
async fn m15_an_owner_sees_what_is_about_their_account() {
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.accounts(MemoryAccounts::default())
    });
    let guard = |header: &str| BearerToken::new(header.replace("Bearer ", "")).unwrap();
    let api = AdminApi::new(
        engine.entitlements().clone(),
        guard(ADMIN).named("admin"),
        guard(OWNER).named("owner"),
        |head: &entitlements_admin::RequestParts| {
            let account = head.headers.get("x-account")?.to_str().ok()?;
            Some(AccountId::new(account))
        },
    );
    let client = Client { engine, api };
    for id in ["acme", "beta"] {
        let body = json!({ "id": id }).to_string();
        assert_eq!(client.admin(POST, "/accounts", &body).await.status, 201);
    }
    client.activate(&client.key("lic-1")).await.assert_json();
    let ask = async |authorization: &str, account: &str, query: &str| {
        let headers = [("authorization", authorization), ("x-account", account)];
        let headers = headers.into_iter().filter(|(_, value)| !value.is_empty());
        let headers: Vec<_> = headers.collect();
        client
            .send(Method::GET, &format!("/audit{query}"), &headers, "")
            .await
    };
    for query in ["", "?account=acme"] {
        let page = ask(OWNER, "acme", query).await.assert_json();
        assert_eq!(page["records"].as_array().unwrap().len(), 1);
        assert_eq!(page["records"][0]["account"], "acme");
    }
    let none = ask(OWNER, "acme", "?license=lic-1").await.assert_json();
    assert_eq!(none, json!({ "records": [], "next": null }));
    let others = ask(OWNER, "acme", "?account=beta").await;
    others.assert_problem(403, "FORBIDDEN");
    let nobodys = ask(OWNER, "", "").await;
    nobodys.assert_problem(401, "ACCOUNT_UNKNOWN");
    // An admin needs no account.
    let all = ask(ADMIN, "", "").await.assert_json();
    assert_eq!(all["records"].as_array().unwrap().len(), 3);
    let stranger = ask("", "acme", "").await;
    stranger.assert_problem(401, "UNAUTHORIZED");
    let wrong = ask("Bearer x", "acme", "?x=1").await;
    wrong.assert_problem(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn m15_of_two_refusals_the_better_one_is_told() {
    use entitlements_admin::{Access, FixedAccount, RequestParts};

    let engine = testing::without_license(testing::catalog());
    let guard = |says: &'static str| {
        move |_: &RequestParts| match says {
            "yes" => Access::granted("ada"),
            "no" => Access::Forbidden,
            _ => Access::Unauthenticated,
        }
    };
    for (admin, owner, status) in [
        ("yes", "who", 200),
        ("no", "yes", 200),
        ("who", "yes", 200),
        ("no", "who", 403),
        ("who", "no", 403),
        ("no", "no", 403),
        ("who", "who", 401),
    ] {
        let account = FixedAccount(AccountId::LOCAL);
        let api = AdminApi::new(
            engine.entitlements().clone(),
            guard(admin),
            guard(owner),
            account,
        );
        let request = Request::get("/audit").body(Bytes::new()).unwrap();
        let answer = api.handle(request).await;
        assert_eq!(answer.status(), status, "{admin} {owner}");
    }
}

/// Whoever adds the records up comes to what is held.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m13_racing_changes_leave_one_record_each() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, _upkeep) = TestEngine::build(testing::catalog(), TestVendor::new(), |builder| {
        builder.data_dir(folder.path())
    });
    let client = Client::over(engine);
    let key = json!({ "key": client.key("lic-1") }).to_string();
    let race = async |calls: &[(Method, &str, &str)]| {
        let calls = (0..64)
            .zip(calls.iter().cycle())
            .map(|(_, (method, path, body))| {
                let api = client.api.clone();
                let request = Request::builder().method(method).uri(*path);
                let request = request.header("authorization", ADMIN);
                let request = request.body(Bytes::copy_from_slice(body.as_bytes()));
                tokio::spawn(async move { api.handle(request.unwrap()).await.status() })
            });
        let mut statuses = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            statuses.push(call.await.unwrap().as_u16());
        }
        statuses
    };
    let count = |records: &[Value], action: &str| {
        records
            .iter()
            .filter(|record| record["action"] == action)
            .count()
    };

    let statuses = race(&[(POST, "/license", &key)]).await;
    assert_eq!(statuses, [200; 64]);
    let records = client.audit().await;
    assert_eq!(
        (records.len(), count(&records, "license.activated")),
        (1, 1)
    );

    let both = [(DELETE, "/license/lic-1", ""), (POST, "/license", &*key)];
    let statuses = race(&both).await;
    let gone = statuses.iter().filter(|status| **status == 204).count();
    let records = client.audit().await;
    assert_eq!(count(&records, "license.deactivated"), gone);
    let is_held = client.get("/license").await.json()["status"] == "active";
    assert_eq!(
        count(&records, "license.activated"),
        gone + usize::from(is_held)
    );
}
