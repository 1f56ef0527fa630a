use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use entitlements_admin::{Access, AdminApi, RequestParts};
use entitlements_core::account::{AccountTerms, MemoryAccounts};
use entitlements_core::license::{RevocationDraft, SigningKey};
use entitlements_core::testing::{NOW, TestEngine, TestVendor};
use entitlements_core::{AccountId, Catalog, EntitlementsBuilder};
use http::Request;
use serde_json::Value;

use crate::document::{Announced, Document};

const CATALOG: &str = r#"
schema = 1
[product]
name = "Panel"
default_plan = "community"
plan_order = ["community", "business"]
upgrade_url = "https://panel.example/pricing"
[features.sso]
name = "Single sign-on"
description = "Log in once"
[features.scim]
[features.ip_allowlist]
[limits.users]
[limits.calls]
kind = "metered"
period = "month"
overage = { percent = 25 }
[limits.nodes]
kind = "concurrent"
lease = "90s"
[rates.api]
[plans.community]
limits = { users = 3, calls = 10, nodes = 1 }
rates = { api = { requests = 60, per = "1m", burst = 100 } }
retention = { audit_days = 30 }
[plans.business]
extends = "community"
features = ["sso", "ip_allowlist"]
limits = { users = { quantity = true, default = 15 }, nodes = { licensed = true, plus = 1 }, calls = "unlimited" }
rates = { api = "unlimited" }
price = { currency = "EUR", annual_cents = 49000, per_seat_of = "users", free_seats = 3 }
stripe_prices = ["price_1"]
trial_days = 14
retention = { audit_days = "unlimited", audit_immutable = true }
[plans.custom]
[addons.more]
requires = ["business"]
features = ["scim"]
limits = { users = { add = 10 }, calls = "unlimited", nodes = 3 }
price = { currency = "EUR", monthly_cents = 900 }
"#;

/// An API, its document, and which of the answers that it announces were given.
pub(crate) struct World {
    pub(crate) engine: TestEngine,
    pub(crate) api: AdminApi,
    pub(crate) document: Document,
    /// A revocation list, as the vendor signed it.
    pub(crate) list: String,
    seen: BTreeSet<Announced>,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Admin,
    Owner,
    /// Somebody who may do nothing.
    Other,
    /// The owner, with no account to be told.
    Homeless,
    Nobody,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Value,
}

impl World {
    pub(crate) async fn new() -> Self {
        let vendor = SigningKey::generate().unwrap();
        let draft = RevocationDraft::new().license("lic-9");
        let list = draft.sign(&vendor, NOW).unwrap();
        let engine = engine(TestVendor::new(), |builder| {
            builder
                .trusted_key(vendor.trusted_key().clone())
                .accounts(MemoryAccounts::default())
        });
        // As the names in paths stand for themselves.
        let added = engine.add_account("id", "", AccountTerms::default());
        added.await.unwrap();
        let api = api(&engine);
        let answer = api
            .handle(Request::get("/openapi.json").body(Bytes::new()).unwrap())
            .await;
        assert_eq!(answer.status(), 200);
        let document = Document::new(serde_json::from_slice(answer.body()).unwrap());
        Self {
            engine,
            api,
            document,
            list,
            seen: BTreeSet::new(),
        }
    }

    /// Asks, and holds the answer against the document.
    pub(crate) async fn ask(&mut self, who: Who, method: &str, path: &str, body: &str) -> Answer {
        let api = self.api.clone();
        self.ask_of(&api, who, method, path, body).await
    }

    /// Asks an API over another engine.
    pub(crate) async fn ask_of(
        &mut self,
        api: &AdminApi,
        who: Who,
        method: &str,
        path: &str,
        sent: &str,
    ) -> Answer {
        let request = request(who, method, path, sent);
        let (head, answer) = api.handle(request).await.into_parts();
        let status = head.status.as_u16();
        let pattern = self.document.path_of(path);
        let place = format!(
            "/paths/{}/{}",
            pattern.replace('/', "~1"),
            method.to_lowercase()
        );
        let operation = self.document.value.pointer(&place);
        let operation =
            operation.unwrap_or_else(|| panic!("{method} {path} is not in the document"));
        let announced = &operation["responses"][status.to_string()];
        assert!(
            announced.is_object(),
            "{method} {path} answers {status}: {answer:?}"
        );
        for name in announced["headers"]
            .as_object()
            .into_iter()
            .flat_map(|headers| headers.keys())
        {
            assert!(
                head.headers.contains_key(name),
                "{method} {path}: {name} is not there"
            );
        }
        let id = operation["operationId"].as_str().unwrap().to_owned();
        let body = match announced["content"].as_object() {
            None => {
                assert!(answer.is_empty(), "{method} {path}: {answer:?}");
                Value::Null
            }
            Some(content) => {
                assert_eq!(content.len(), 1);
                let kind = content.keys().next().unwrap();
                assert_eq!(
                    head.headers["content-type"],
                    kind.as_str(),
                    "{method} {path}"
                );
                let value: Value = serde_json::from_slice(&answer).unwrap();
                let kind = kind.replace('/', "~1");
                let schema = format!("{place}/responses/{status}/content/{kind}/schema");
                self.document.assert_fits(&schema, &value);
                value
            }
        };
        if operation["requestBody"].is_object() && status < 300 {
            let schema = format!("{place}/requestBody/content/application~1json/schema");
            let sent = serde_json::from_str(sent).unwrap();
            self.document.assert_fits(&schema, &sent);
        }
        let code = body["code"].as_str().filter(|_| status >= 400);
        self.seen
            .insert((id, status, code.unwrap_or_default().to_owned()));
        Answer {
            status,
            headers: head.headers,
            body,
        }
    }

    /// Checks that each answer that the document announces was given.
    pub(crate) fn assert_nothing_is_missing(&self) {
        let announced = self.document.announced();
        let missing: Vec<_> = announced.difference(&self.seen).collect();
        assert!(
            missing.is_empty(),
            "announced, and never given: {missing:#?}"
        );
        let more: Vec<_> = self.seen.difference(&announced).collect();
        assert!(more.is_empty(), "given, and not announced: {more:#?}");
    }
}

pub(crate) fn engine(
    vendor: TestVendor,
    say: impl FnOnce(EntitlementsBuilder) -> EntitlementsBuilder,
) -> TestEngine {
    TestEngine::build(catalog(), vendor, say).0
}

pub(crate) fn catalog() -> Arc<Catalog> {
    Arc::new(Catalog::from_toml(CATALOG).unwrap())
}

/// The API, with guards that believe whatever a request says.
pub(crate) fn api(engine: &TestEngine) -> AdminApi {
    let says = |head: &RequestParts| {
        head.headers
            .get("x-who")
            .map(|who| who.to_str().unwrap().to_owned())
    };
    let guard = move |passes: &'static [&'static str]| {
        move |head: &RequestParts| match says(head) {
            Some(who) if passes.contains(&who.as_str()) => Access::granted(who),
            Some(_) => Access::Forbidden,
            None => Access::Unauthenticated,
        }
    };
    let account = move |head: &RequestParts| {
        let is_there = says(head).is_some_and(|who| who != "Homeless");
        is_there.then(|| AccountId::new("acme"))
    };
    AdminApi::new(
        engine.entitlements().clone(),
        guard(&["Admin"]),
        guard(&["Owner", "Homeless"]),
        account,
    )
}

fn request(who: Who, method: &str, path: &str, body: &str) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(path);
    if who != Who::Nobody {
        request = request.header("x-who", format!("{who:?}"));
    }
    if body == "the same" {
        request = request.header("if-none-match", "*");
    }
    request
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap()
}
